"""Step 6: one change at a time, kept where it helps beyond the noise."""

import json
import math
import re
import statistics

from recipes.errors import UserError
from recipes.lint.finding import as_flags
from recipes.six_steps import names
from recipes.six_steps.became import changed
from recipes.six_steps.budget import said
from recipes.six_steps.proposals import applied, evidence_of, proposals
from recipes.six_steps.seeds import TIMES, beyond_noise, gains

WIDER = 4.0
AUGMENTED = 2.0  # what an epoch costs at most with augmentation, by without


def improve(work, winner):
    """Try one change at a time, with the winner's seeds, and keep what helps.

    After a change is kept the new winner is judged again. It ends when the
    budget, less what the last fit takes, is spent, or nothing is left to try.

    Args:
        work: The `Work`.
        winner: A `Measured`.

    Returns:
        The `Measured` that is left.
    """
    if len(winner.scores) < 2:
        return _left_out(work, winner)
    tried = {_key(work.recipe), _key(winner.recipe)}
    late, number = {}, 0
    while True:
        found = _next(work, winner, tried)
        if found is None:
            break
        title, why, changes, recipe = found
        tried.add(_key(recipe))
        number += 1
        name = f"{names.CHANGES}/{number:02d}-{_slug(title)}"
        factor = work.state.once(
            f"{name}-cost",
            lambda: _cost(work, winner, recipe),  # noqa: B023
        )
        needed = work.state.once(
            f"{name}-plan",
            lambda: _needed(work, winner, recipe, factor),  # noqa: B023
        )
        if needed is not None:
            late[title] = needed
            continue
        proposal = title, why, changes, recipe
        new = work.measured(
            work.state.once(
                name,
                lambda: _try(work, name, winner, proposal, factor),  # noqa: B023
            )
        )
        if new.scores and beyond_noise(_gains(work, new, winner)):
            winner = new
    work.state.once("ended", lambda: _ended(work, winner, late, number))
    return winner


def _left_out(work, winner):
    def compute():
        why = "no time for a change and its seeds"
        work.decide(6, "one change at a time", f"Left out: {why}.")

    work.state.once("ended", compute)
    return winner


def _next(work, winner, tried):
    """Return the next proposal that is a recipe not tried yet, or None."""
    for title, why, changes in proposals(evidence_of(work, winner)):
        recipe = applied(winner.recipe, changes)
        if recipe is not None and _key(recipe) not in tried:
            return title, why, changes, recipe
    return None


def _key(recipe):
    """Return what is the same for recipes that train the same."""
    try:
        return recipe.resolve().replace(regularization="none").to_json()
    except UserError:
        return recipe.to_json()


def _slug(title):
    return re.sub(r"[^a-z]+", "-", title.lower()).strip("-")


def _gains(work, new, old):
    return gains(new.scores, old.scores, work.direction)


def _cost(work, winner, recipe):
    """Return what an epoch may cost at most, by one of the recipe as given."""
    factor = winner.factor
    if recipe.augmentation and not winner.recipe.augmentation:
        factor *= AUGMENTED
    if recipe.network != winner.recipe.network:
        factor *= max(1.0, _times_the_weights(work, winner.recipe, recipe))
    if recipe.strategy != winner.recipe.strategy:
        factor *= WIDER  # of a backbone that is trained, and was not
    return factor


def _times_the_weights(work, old, new):
    """Return how many times as many weights a network has; 4 of one for texts.

    Its layers are built without the data, which texts need for their words.
    """
    data = work.data
    if data.features == "text":
        return WIDER
    before, now = (
        each.build(data.input_shape, data.num_outputs).count_params()
        for each in (old, new)
    )
    return now / max(1, before)


def _needed(work, winner, recipe, factor):
    """Return None where there is time to try a recipe, else its seconds."""
    count = len(winner.scores)
    needed = work.pace.sweep(count, recipe.epochs, factor)
    room = work.clock.left - work.reserve(recipe.epochs, factor)
    return None if needed <= room else needed


def _try(work, name, winner, proposal, factor):
    """Train a changed recipe with the winner's seeds; log whether it helps."""
    title, why, changes, recipe = proposal
    seeds = len(winner.scores)
    new = work.measure(name, recipe, seeds, factor)
    flags = as_flags(winner.recipe.to_dict(), changes)
    more = {"changes": flags, "folder": name}
    if not new.scores:
        words = f"{why} Tried: {_told(winner, new)}. It has no score: "
        words += f"{new.message} Dropped."
        work.decide(6, title, words, kept=False, **more)
        return new.to_dict()
    found = _gains(work, new, winner)
    kept = beyond_noise(found)
    gain, noise = statistics.fmean(found), statistics.stdev(found)
    bound = TIMES * noise / math.sqrt(seeds)
    words = (
        f"{why} Tried: {_told(winner, new)}. {work.score} {winner} → {new}; "
        f"over {seeds} paired seeds the gain is {gain:.2g}, and {bound:.2g} is "
        f"noise: {'kept' if kept else 'dropped'}."
    )
    numbers = {**new.about(), "gain": gain, "noise": bound}
    work.decide(6, title, words, numbers=numbers, kept=kept, **more)
    if kept:
        for path, _, _ in changed(winner.recipe, recipe):
            work.state.why[path] = (
                f"{title}: {work.score} {winner} → {new}, a gain of "
                f"{gain:.2g} where {bound:.2g} is noise"
            )
    return new.to_dict()


def _told(winner, new):
    """Say what a change changes."""
    rows = changed(winner.recipe, new.recipe)
    return ", ".join(f"{path} {_shown(a)} → {_shown(b)}" for path, a, b in rows)


def _shown(value):
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    return f"{value:g}" if isinstance(value, (int, float)) else str(value)


def _ended(work, winner, late, number):
    """Log why no further change is tried."""
    tried = number - len(late)
    words = f"{tried} change{'s' * (tried != 1)} tried. "
    if late:
        told = ", ".join(f"{n} ({said(s)} expected)" for n, s in late.items())
        left = work.clock.left - work.reserve(
            winner.recipe.epochs, winner.factor
        )
        words += f"No time for: {told}; {said(max(0.0, left))} are left."
    else:
        words += "Nothing is left to try."
    numbers = {k: v for k, v in winner.about().items() if v is not None}
    numbers["tried"] = float(tried)
    work.decide(6, "one change at a time", words, numbers=numbers)
