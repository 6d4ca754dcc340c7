"""Of what kinds the values in a tune's files are, before one is used."""

from recipes.errors import RunError
from recipes.six_steps.names import DECISIONS, TUNE
from recipes.training import folder

MEND = (
    "Bring it back, or begin anew with overwrite=True (--overwrite on the "
    "command line)."
)
NUMBER = (int, float)
MAYBE = (int, float, type(None))
TOLD = (str, type(None))
ABOUT = {
    "recipe": dict,
    "data": dict,
    "budget": NUMBER,
    "spent": NUMBER,
    "seeds": int,
    "objective": str,
    "backend": str,
    "library": TOLD,
    "finished": bool,
    "given": (dict, type(None)),
    "winner": (dict, type(None)),
    "changed": list,
}
DATA = {"name": str, "spec": TOLD}
SCORE = {"mean": NUMBER, "deviation": MAYBE}
CHANGE = {
    "field": str,
    "from": (str, bool, *MAYBE),
    "to": (str, bool, *MAYBE),
    "why": str,
}
DECISION = {
    "step": int,
    "title": str,
    "words": str,
    "numbers": dict,
    "changes": str,
    "kept": (bool, type(None)),
    "seconds": NUMBER,
    "folder": TOLD,
    "table": (dict, type(None)),
}


def wrong(found, kinds):
    """Return the names of what is missing, or of another kind.

    >>> wrong({"mean": True}, {"mean": float, "deviation": float})
    ['mean', 'deviation']
    """
    given = found if isinstance(found, dict) else {}
    return [n for n, kind in kinds.items() if not _fits(given, n, kind)]


def _fits(given, name, kind):
    value = given.get(name, ...)
    kind = kind if isinstance(kind, tuple) else (kind,)
    if isinstance(value, bool):  # which Python takes for a whole number
        return bool in kind
    return isinstance(value, kind)


def about(path):
    """Return what a folder's tune.json says.

    Raises:
        RunError: For a folder without a tune, or a damaged file.
    """
    file = path / TUNE
    if not file.exists():
        raise RunError(f"{path} holds no tune: {TUNE} is missing.")
    found = folder.read_json(file)
    names = wrong(found, ABOUT)
    if not names:
        names = [f"data/{name}" for name in wrong(found["data"], DATA)]
        for who in ("given", "winner"):
            if found[who] is not None:
                names += [f"{who}/{name}" for name in wrong(found[who], SCORE)]
        for row in found["changed"]:
            names += [f"changed/{name}" for name in wrong(row, CHANGE)]
    return taken(file, found, names)


def decisions(path):
    """Return a folder's decisions, in their order.

    Raises:
        RunError: For a file that is missing or damaged.
    """
    file = path / DECISIONS
    found = folder.read_json(file)
    return taken(file, found, odd_decisions(found))


def odd_decisions(found):
    """Return the names of what no tune writes in its decisions."""
    names = [] if isinstance(found, list) else ["a list"]
    for each in [] if names else found:
        lacking = wrong(each, DECISION)
        numbers = {} if "numbers" in lacking else each["numbers"]
        names += lacking
        names += wrong(numbers, dict.fromkeys(numbers, NUMBER))
        names += ["deviation"] * _below(numbers.get("deviation"))
    return names


def _below(value):
    return isinstance(value, NUMBER) and value < 0


def taken(file, found, names):
    """Return what was found in a file; refuse it where names are odd.

    Raises:
        RunError: With the names.
    """
    if names:
        said = ", ".join(name[:40] for name in dict.fromkeys(names))
        raise RunError(
            f"{file} is not what a tune writes: {said[:200]} cannot be read. "
            f"{MEND}"
        )
    return found
