"""A second look at a change that is promising: as many seeds again."""

import math
import statistics

from recipes.six_steps.seeds import TIMES, beyond_noise, gains

PROMISING = 1.0  # standard errors of the mean gain


def promising(found):
    """Whether gains are no more than noise, and near to being more.

    Their mean is above one standard error of it, and not above two.

    >>> promising([0.1, 0.3, 0.5]), promising([0.1, 0.2, 0.8])
    (False, True)
    """
    error = statistics.stdev(found) / math.sqrt(len(found))
    near = statistics.fmean(found) > PROMISING * error
    return near and not beyond_noise(found)


def paired(work, new, winner):
    """Return the gains over the seeds that two `Measured` share."""
    count = min(len(new.scores), len(winner.scores))
    scores = new.scores[:count], winner.scores[:count]
    return gains(*scores, work.direction)


def look_again(work, name, new, winner, seeds):
    """Train both with as many seeds again, where that may tell and there is
    time; what was more trained before keeps what it has.

    Args:
        work: The `Work`.
        name: Of the change.
        new: The `Measured` of the changed recipe.
        winner: The `Measured` that it is compared with.
        seeds: With how many each was trained first.

    Returns:
        (new, winner), with more scores or as they were.
    """
    if not promising(paired(work, new, winner)):
        return new, winner
    both = [each for each in (new, winner) if len(each.scores) == seeds]

    def fits():
        needed = sum(
            work.pace.sweep(seeds, each.recipe.epochs, each.factor)
            for each in both
        )
        kept = work.reserve(new.recipe.epochs, new.factor)
        return needed <= work.clock.left - kept

    if not work.state.once(f"{name}-again-plan", fits):
        return new, winner
    return tuple(
        _more(work, each, seeds) if each in both else each
        for each in (new, winner)
    )


def _more(work, each, seeds):
    """Return a `Measured` with the scores of as many seeds again."""
    where = f"{each.folder}-again"
    recipe = each.recipe.replace(seed=each.recipe.seed + seeds)
    found = work.measured(
        work.state.once(
            where,
            lambda: work.measure(where, recipe, seeds, each.factor).to_dict(),
        )
    )
    return each._replace(scores=each.scores + found.scores)


def verdict(found):
    """Return (whether to keep, the mean gain, what is noise)."""
    noise = TIMES * statistics.stdev(found) / math.sqrt(len(found))
    return beyond_noise(found), statistics.fmean(found), noise
