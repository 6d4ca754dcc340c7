"""Step 6: one change at a time, kept where it helps beyond the noise."""

import json
import re

from recipes.errors import UserError
from recipes.lint.finding import as_flags
from recipes.six_steps import names
from recipes.six_steps.again import look_again, paired, verdict
from recipes.six_steps.became import changed
from recipes.six_steps.budget import said
from recipes.six_steps.costs import epoch_cost, seconds_lacking
from recipes.six_steps.proposals import applied, evidence_of, proposals
from recipes.six_steps.rounds import ENDED, compared


def improve(work, winner, seeds=None, tried=None):
    """Try one change at a time, with the winner's seeds, and keep what helps.

    One that is promising, and no more, is looked at again with as many seeds
    more. After a change is kept the new winner is judged again. It ends when
    the budget, less what the last fit takes, is spent, or nothing is left to
    try.

    Args:
        work: The `Work`.
        winner: A `Measured`.
        seeds: With how many it was trained first; None for all that it has.
        tried: Set of what is known of recipes that were tried in an earlier
            round, which is added to; None for none.

    Returns:
        The `Measured` that is left.
    """
    seeds = len(winner.scores) if seeds is None else seeds
    if not compared(winner):
        return _left_out(work, winner)
    tried = set() if tried is None else tried
    tried |= {_key(work.recipe), _key(winner.recipe)}
    late, number = [], 0
    while True:
        found = _next(work, winner, tried)
        if found is None:
            break
        title, why, changes, recipe = found
        tried.add(_key(recipe))
        number += 1
        name = work.at(f"{names.CHANGES}/{number:02d}-{_slug(title)}")
        factor = work.state.once(
            f"{name}-cost",
            lambda: epoch_cost(work, winner, recipe),  # noqa: B023
        )
        lacking = work.state.once(
            f"{name}-plan",
            lambda: seconds_lacking(work, recipe, seeds, factor),  # noqa: B023
        )
        if lacking is not None:
            late.append((title, lacking, _key(recipe)))
            continue
        proposal = title, why, changes, recipe
        told = work.state.once(
            name,
            lambda: _try(work, name, winner, proposal, factor, seeds),  # noqa: B023
        )
        winner = work.measured(told["winner"])
    work.state.once(work.at(ENDED), lambda: _ended(work, winner, late, number))
    tried.difference_update(key for _, _, key in late)
    return winner


def _left_out(work, winner):
    def compute():
        why = "no time for a change and its seeds"
        work.decide(6, "one change at a time", f"Left out: {why}.")
        return {"late": True}

    work.state.once(work.at(ENDED), compute)
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


def _try(work, name, winner, proposal, factor, seeds):
    """Train a changed recipe with the winner's seeds; log whether it helps.

    Returns:
        {"winner": the one that goes on, as plain values}.
    """
    title, why, changes, recipe = proposal
    new = work.measure(name, recipe, seeds, factor)
    flags = as_flags(winner.recipe.to_dict(), changes)
    more = {"changes": flags, "folder": name}
    if not new.scores:
        words = f"{why} Tried: {_told(winner, new)}. It has no score: "
        words += f"{new.message} Dropped."
        work.decide(6, title, words, kept=False, **more)
        return {"winner": winner.to_dict()}
    new, winner = look_again(work, name, new, winner, seeds)
    found = paired(work, new, winner)
    kept, gain, noise = verdict(found)
    words = (
        f"{why} Tried: {_told(winner, new)}. {work.score} {winner} → {new}; "
        f"over {len(found)} paired seeds the gain is {gain:.2g}, and "
        f"{noise:.2g} is noise: {'kept' if kept else 'dropped'}."
    )
    if len(found) > seeds:
        words += f" The first {seeds} seeds were promising, and no more."
    numbers = {**new.about(), "gain": gain, "noise": noise}
    numbers["seeds"] = float(len(found))
    work.decide(6, title, words, numbers=numbers, kept=kept, **more)
    if kept:
        for path, _, _ in changed(winner.recipe, recipe):
            work.state.why[path] = (
                f"{title}: {work.score} {winner} → {new}, a gain of "
                f"{gain:.2g} where {noise:.2g} is noise"
            )
    return {"winner": (new if kept else winner).to_dict()}


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
        # One that was late twice is told once.
        each = {title: seconds for title, seconds, _ in late}.items()
        told = ", ".join(f"{n} ({said(s)} expected)" for n, s in each)
        left = max(0.0, work.clock.left)
        kept = work.reserve(winner.recipe.epochs, winner.factor)
        kept = min(kept, left)  # what is there of it
        words += f"No time for: {told}; {said(left - kept)} are left beside "
        words += f"{said(kept)} kept for the winner's fit."
    else:
        words += "Nothing is left to try."
    numbers = {k: v for k, v in winner.about().items() if v is not None}
    numbers["tried"] = float(tried)
    work.decide(6, "one change at a time", words, numbers=numbers)
    return {"late": bool(late)}
