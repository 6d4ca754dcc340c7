"""The groups of a sweep: what was compiled for one serves the next like it."""

from collections import OrderedDict

from recipes.errors import UserError
from recipes.tuning import failures
from recipes.tuning.vectorized.group import fit_group
from recipes.tuning.vectorized.network import share
from recipes.tuning.vectorized.steps import Steps

KEPT = 4  # architectures whose compiled steps are kept
MEMORY = 2**31  # bytes that the states of a group may take


class Groups:
    """Trains groups of fits, a bounded number of members at a time.

    Args:
        data: Loaded `Data`.
        console: Says what is computed.
    """

    def __init__(self, data, console):
        self.data, self.console = data, console
        self._kept = OrderedDict()

    def fit(self, key, members):
        """Fit what is alike.

        Args:
            key: Their likeness.
            members: Pairs of a closed recipe and its folder, which exists,
                of one seed.

        Returns:
            Folder → `Candidate`, or the error that its fit would have raised.
            Those that are missing are to be fitted by themselves: a single
            one, what has no room in memory or cannot be built, and what the
            backend crashed with.

        Raises:
            Exception: The user's own, as it was.
        """
        if len(members) < 2:
            return {}
        try:
            steps = self._steps(key, members[0][0])
        except UserError:
            return {}  # each says so when it is fitted by itself
        except Exception as error:
            if failures.kind_of(error) == failures.USER:
                raise
            return {}
        if steps is None:
            return {}
        width = max(1, MEMORY // (4 * steps.bytes))  # old, new, gradients
        found = {}
        for start in range(0, len(members), width):
            found.update(_fitted(steps, members[start : start + width]))
        return found

    def _steps(self, key, recipe):
        """Return compiled steps that know where a recipe's seed begins."""
        steps = self._kept.get(key)
        if steps is None and key in self._kept:
            return None
        if steps is None or recipe.seed not in steps.starts:
            shared = share(recipe, self.data, self.console)
            if steps is not None:
                steps.starts[recipe.seed] = shared.state()
            elif shared is not None:
                steps = Steps(shared)
        self._kept[key] = steps
        self._kept.move_to_end(key)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return steps


def _fitted(steps, members):
    """Return what came of each, in halves where memory does not suffice.

    Nothing after a crash: a trial alone may fit again, and is counted then.
    """
    if len(members) < 2:
        return {}
    recipes, places = zip(*members, strict=True)
    try:
        return fit_group(steps, recipes, places)
    except Exception as error:
        kind = failures.kind_of(error)
        if kind == failures.USER:
            raise
    if kind != failures.MEMORY:
        return {}
    half = len(members) // 2
    return {
        **_fitted(steps, members[:half]),
        **_fitted(steps, members[half:]),
    }
