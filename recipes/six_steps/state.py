"""What is done and decided, on disk: nothing is done or decided twice."""

import hashlib

from recipes.errors import RunError
from recipes.six_steps import outcomes
from recipes.six_steps.kinds import MEND, odd_decisions, taken, wrong
from recipes.six_steps.names import DECISIONS, STATE
from recipes.training import folder


class State:
    """The outcomes of a tune's steps by name, and its decisions in order.

    An outcome and the decisions that were made with it are written as one: a
    process that is killed has made both or neither.

    Args:
        path: The tune's folder, which exists.

    Attributes:
        decisions: A dict for each, as decisions.json has them.
        pace: Rows of measured fits, as of `Pace`.
        why: Path of a field → why it was changed.
    """

    def __init__(self, path):
        self.path = path
        found = _read(path / STATE)
        self.outcomes = found["outcomes"]
        self.decisions = found["decisions"]
        self.pace, self.why = found["pace"], found["why"]

    def once(self, name, compute):
        """Return the outcome of a step, which is computed the first time.

        Args:
            name: Of the step.
            compute: Called without arguments; returns plain values.
        """
        if name not in self.outcomes:
            self.outcomes[name] = compute()
            self.write()
        return self.outcomes[name]

    def write(self):
        """Write all of it."""
        kept = {
            "outcomes": self.outcomes,
            "decisions": self.decisions,
            "pace": self.pace,
            "why": self.why,
        }
        kept["sha256"] = _own(kept)
        folder.write_json(self.path / STATE, kept)
        self.tell()

    def tell(self):
        """Write the decisions, for who reads them while it goes on."""
        folder.write_json(self.path / DECISIONS, self.decisions)


def _read(file):
    kinds = {"outcomes": dict, "decisions": list, "pace": list, "why": dict}
    if not file.exists():
        return {name: kind() for name, kind in kinds.items()}
    found = folder.read_json(file)
    given = found if isinstance(found, dict) else {}
    known = {name: given.get(name) for name in kinds}
    if wrong(known, kinds) or given.get("sha256") != _own(known):
        raise RunError(f"{file} is not what a tune writes. {MEND}")
    names = odd_decisions(known["decisions"])
    names += outcomes.odd(known["outcomes"], known["pace"], known["why"])
    return taken(file, known, names)


def _own(kept):
    return hashlib.sha256(folder.to_json(kept).encode()).hexdigest()
