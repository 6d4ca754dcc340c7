"""Step 5, its end: the two best and the recipe as given, over seeds."""

import math

from recipes.lint.finding import as_flags
from recipes.six_steps import names
from recipes.six_steps.arguments import LEAST_SEEDS
from recipes.six_steps.became import changed
from recipes.six_steps.budget import said
from recipes.six_steps.grid import own_decay, own_rate, two_best
from recipes.six_steps.seeds import Measured, refuse_state

GIVEN, BEST, SECOND = "as given", "best of the grid", "second of the grid"
MARGIN = 1.3  # times what a choice is expected to take, that is kept for it
TRIFLE = 0.1  # of the budget, that the coarse grid may take in any case
ROUND_UP = 10  # seconds to which a budget that would do is rounded up
FOLDERS = {GIVEN: "given", BEST: "best", SECOND: "second"}


def choose(work, center, checked, rows):
    """Train the two best and the recipe as given, and choose one.

    Args:
        work: The `Work`.
        center: As of `find_center`.
        checked: As of `look`.
        rows: Of the finest grid, the best first, or [].

    Returns:
        (a `Measured`: the one that is chosen, the same of the recipe as it
        was given or None).
    """
    contestants = _contestants(work, center, checked, rows)
    tried, seeds = work.state.once(
        work.at(f"{names.SEEDS}-plan"),
        lambda: _affordable(work, list(contestants)),
    )
    fits = set(tried) <= set(contestants) and seeds <= work.seeds
    refuse_state(fits, f"{names.SEEDS}-plan")
    measured = {n: _measure(work, n, contestants[n], seeds) for n in tried}
    chosen = work.state.once(
        work.at(names.SEEDS),
        lambda: _chosen(work, contestants, measured, checked),
    )
    refuse_state(chosen in contestants, names.SEEDS)
    given = measured.get(GIVEN)
    if chosen in measured and measured[chosen].scores:
        return measured[chosen], given
    return Measured(contestants[chosen], None, ()), given


def smallest_choice(work):
    """Return the seconds to keep for two recipes over two seeds.

    One is traced for both.
    """
    return MARGIN * work.pace.sweep(2 * LEAST_SEEDS, work.recipe.epochs)


def _contestants(work, center, checked, rows):
    """Return name → recipe, each once."""
    contestants = {GIVEN: work.recipe}
    if rows:
        found = {
            name: work.with_values(work.recipe, row["rate"], row["decay"])
            for name, row in zip((BEST, SECOND), two_best(rows), strict=False)
        }
    elif center["found"] or checked["mended"]:
        found = {BEST: work.with_values(work.recipe, center["rate"], None)}
    else:
        found = {}
    for name, recipe in found.items():
        if recipe.resolve() != work.recipe.resolve():
            contestants[name] = recipe
    return contestants


def _affordable(work, contestants):
    """Return [names, seeds] of what there is time for, or [[], 0].

    Fewer seeds where all are too many; the recipe as given is always one of
    them, as the others are compared with it.
    """
    if not work.pace.known:
        return [[], 0]
    room = work.clock.left - work.reserve(work.recipe.epochs)
    least = min(2, len(contestants))
    for seeds in range(work.seeds, 0, -1):
        for count in range(len(contestants), least - 1, -1):
            needed = work.pace.sweep(count * seeds, work.recipe.epochs)
            if needed <= room:
                return [contestants[:count], seeds]
    return [[], 0]


def _measure(work, name, recipe, seeds):
    """Train one of them with several seeds, once."""
    where = work.at(f"{names.SEEDS}/{FOLDERS[name]}")

    def compute():
        found = work.measure(where, recipe, seeds)
        numbers = {"rate": own_rate(recipe), "decay": own_decay(recipe)}
        for key, value in (found.about() or {}).items():
            if value is not None:
                numbers[key] = value
        words = f"{_values(recipe)}: {work.score} {found} over {_many(seeds)} "
        words += f"and all {recipe.epochs} epochs."
        if found.message:
            words += f" {found.message}"
        changes = as_flags(work.recipe.to_dict(), _changes(work, recipe))
        more = {"numbers": numbers, "changes": changes, "folder": where}
        work.decide(5, name, words, **more)
        return found.to_dict()

    return work.measured(work.state.once(where, compute))


def _many(seeds):
    return f"{seeds} seed" + "s" * (seeds != 1)


def _values(recipe):
    decay = own_decay(recipe)
    return f"Rate {own_rate(recipe):g}, weight decay {decay:g}"


def _chosen(work, contestants, measured, checked):
    """Return the name of the one that goes on, and log why."""
    sign = 1 if work.direction == "min" else -1
    scored = {n: sign * m.mean for n, m in measured.items() if m.scores}
    if not scored:
        return _unmeasured(work, contestants, measured, checked)
    chosen = min(scored, key=scored.get)
    winner, given = measured[chosen], measured[GIVEN]
    equal = list(scored.values()).count(scored[chosen]) > 1
    by = "The best means are equal:" if equal else "By the mean,"
    columns = ["recipe", "learning rate", "weight decay", "mean", "deviation"]
    rows = [
        [name, own_rate(each.recipe), own_decay(each.recipe)]
        + list((each.about() or {"mean": None, "deviation": None}).values())
        for name, each in measured.items()
    ]
    told = "; ".join(f"{name} {each}" for name, each in measured.items())
    why = f"{work.score} over {_many(len(winner.scores))}: {told}"
    numbers = {k: v for k, v in winner.about().items() if v is not None}
    work.decide(
        5,
        "choice",
        f"{why}. {by} {chosen} goes on.",
        numbers=numbers,
        changes=as_flags(work.recipe.to_dict(), _changes(work, winner.recipe)),
        kept=True,
        folder=winner.folder,
        table={"columns": columns, "rows": rows},
    )
    words = f"range of rates and grids: {work.score} {winner}, as given {given}"
    _remember(work, winner.recipe, words)
    return chosen


def _unmeasured(work, contestants, measured, checked):
    """Choose without a comparison: the recipe as given, if it can train."""
    broken = checked["rate"] or (GIVEN in measured)
    chosen = BEST if broken and BEST in contestants else GIVEN
    recipe = contestants[chosen]
    why = "no recipe has a score"
    if not measured:
        left = said(max(0.0, work.clock.left))
        why = f"there is no time to train with several seeds, {left} are left"
        if work.pace.known:
            enough = said(would_do(work))
            why += f"; with a budget of {enough} there would be a choice"
    words = "The recipe stays as it was given."
    if chosen == BEST:
        words = (
            "The rate that was given fails, so that of the steps before is "
            f"taken, {own_rate(recipe):g}."
        )
    work.decide(
        5,
        "choice",
        f"Left out: {why}. {words}",
        changes=as_flags(work.recipe.to_dict(), _changes(work, recipe)),
    )
    _remember(work, recipe, words)
    return chosen


def would_do(work):
    """Return the seconds of a budget with which there would be a choice.

    Two last fits are in it: that which follows now, and that of its winner.
    """
    fits = 2 * work.reserve(work.recipe.epochs)
    needed = (work.clock.spent + fits + smallest_choice(work)) / (1 - TRIFLE)
    return math.ceil(needed / ROUND_UP) * ROUND_UP


def _changes(work, recipe):
    if recipe.optimizer == work.recipe.optimizer:
        return {}
    return {"optimizer": recipe.optimizer}


def _remember(work, recipe, words):
    for path, _, _ in changed(work.recipe, recipe):
        work.state.why[path] = words
