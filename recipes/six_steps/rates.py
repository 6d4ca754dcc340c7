"""Step 3: the range of rates, and how long a fit takes."""

from recipes.range_test.arguments import NUMBERS, PICTURE
from recipes.range_test.range_test import range_test
from recipes.six_steps import names
from recipes.six_steps.budget import said
from recipes.six_steps.grid import own_rate
from recipes.six_steps.looking import LEAST

PER_SEED = 0.7  # of a check's seconds, that a seed of the range test takes
SHARE = 0.15  # of the budget, for the range test
SEEDS = 2
EPOCHS = 2  # of the first fits, which tell the pace


def find_center(work, checked):
    """Return the learning rate that the range test suggests, or the own one.

    Args:
        work: The `Work`.
        checked: As of `look`.

    Returns:
        {"rate": the center, "found": whether the range test has found it}.
    """
    return work.state.once(
        work.at(names.RANGE_TEST), lambda: _find_center(work, checked)
    )


def _find_center(work, checked):
    own = checked["mended"] or own_rate(work.recipe)
    center = {"rate": own, "found": False}
    if checked["seconds"] is None:
        work.decide(3, "range of rates", f"Left out; the rate stays {own:g}.")
        return center
    each = PER_SEED * checked["seconds"]
    room = min(SHARE * work.clock.budget, work.clock.left)
    seeds = min(SEEDS, int(room / each))
    if not seeds:
        work.decide(
            3,
            "range of rates",
            f"Left out: a seed would take some {said(each)}, and there are "
            f"{said(max(0.0, room))} for it. The rate stays {own:g}.",
        )
        return center
    where = work.path / work.at(names.RANGE_TEST)
    for name in (PICTURE, NUMBERS):  # of one that was killed
        (where / name).unlink(missing_ok=True)
    found = range_test(
        work.recipe, work.data, seeds=seeds, directory=where, verbose=False
    )
    if found.suggestion is None:
        words = f"{' '.join(found.notes)} The center is the recipe's own rate, "
        words += f"{own:g}."
        work.decide(
            3, "range of rates", words, folder=work.at(names.RANGE_TEST)
        )
        return center
    rate = found.suggestion.learning_rate
    least, most = found.suggestion.least, found.suggestion.most
    rows = [
        [name, each.learning_rate, each.least, each.most]
        for name, each in found.suggestions.items()
    ]
    beside = f" ({least:g} to {most:g})" if seeds > 1 else ""
    seeds = f"{seeds} seeds: " if seeds > 1 else "One seed: "
    work.decide(
        3,
        "range of rates",
        f"{seeds}the loss falls along a valley that speaks for {rate:g}"
        f"{beside}; the recipe has {own_rate(work.recipe):g}. "
        f"The grid is laid around {rate:g}, and well below it.",
        numbers={"rate": rate, "least": least, "most": most},
        folder=work.at(names.RANGE_TEST),
        table={
            "columns": ["suggestion", "rate", "least", "most"],
            "rows": rows,
        },
    )
    return {"rate": rate, "found": True}


def find_pace(work, center):
    """Fit two seeds for two epochs, to know what a fit takes.

    Args:
        work: The `Work`.
        center: A learning rate.
    """
    where = work.at(names.FIRST)

    def compute():
        if work.clock.budget < LEAST or work.clock.left < 0:
            return None
        epochs = min(EPOCHS, work.recipe.epochs)
        recipe = work.with_values(work.recipe, center, None)
        found = work.measure(where, recipe.replace(epochs=epochs), 2)
        expected = work.pace.sweep(1, work.recipe.epochs)
        once = work.pace.sweep(0, 0)
        work.decide(
            3,
            "the pace",
            f"By two fits of {epochs} epoch{'s' * (epochs != 1)} one of all "
            f"{work.recipe.epochs} epochs is expected to take "
            f"{said(expected)}, of which {said(once)} for tracing.",
            numbers={"fit_seconds": expected, "once_seconds": once},
            folder=where,
        )
        return found.to_dict()

    work.state.once(where, compute)
