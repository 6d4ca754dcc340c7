"""Steps 1 to 3: check, a handful by heart, the range of rates, the pace."""

from recipes.errors import CheckFailedError
from recipes.lint.finding import as_flags
from recipes.preflight.checking import check
from recipes.range_test.arguments import NUMBERS, PICTURE
from recipes.range_test.range_test import range_test
from recipes.six_steps import names
from recipes.six_steps.budget import said
from recipes.six_steps.grid import RATE, own_rate

LEAST = 20.0  # seconds of a budget, below which nothing is tried first
HANDFUL = "handful"
PER_SEED = 0.7  # of a check's seconds, that a seed of the range test takes
SHARE = 0.15  # of the budget, for the range test
SEEDS = 2
EPOCHS = 2  # of the first fits, which tell the pace


def look(work, force):
    """Check the data and the network; what fails ends the tune.

    What is about the learning rate does not: it is found next. What fails
    with it is tried again at the rate that the finding names.

    Args:
        work: The `Work`.
        force: Whether to go on in spite of what fails.

    Returns:
        {"seconds": of one check or None, "rate": whether the rate failed,
        "mended": the rate that was named, or None}.

    Raises:
        CheckFailedError: With the words of what fails.
    """
    return work.state.once(names.CHECK, lambda: _look(work, force))


def _look(work, force):
    if work.clock.budget < LEAST:
        work.decide(
            1,
            "check",
            f"Left out, as a budget of {said(work.clock.budget)} is below "
            f"{said(LEAST)}.",
        )
        return {"seconds": None, "rate": False, "mended": None}
    found = _check(work, work.recipe, names.CHECK)
    failed = _failed(found)
    rates = [each for each in failed if about_rate(each, work.recipe)]
    seconds, mended, words = found.seconds, None, ""
    if rates:
        mended = rates[0].changes["optimizer"].config[RATE]
        words = f" {_words(rates)} The rate is what the next steps find."
        if len(failed) > len(rates):
            again = work.recipe.replace(**rates[0].changes)
            found = _check(work, again, names.AGAIN)
            words += f" At {mended:g} the check was made again."
            failed = _failed(found)
    failed = [each for each in failed if not about_rate(each, work.recipe)]
    _decide(work, found, failed, words, force)
    if failed and not force:
        raise CheckFailedError(
            f"The check fails: {_words(failed)} Mend it, or go on in spite of "
            "it with force=True (--force on the command line)."
        )
    return {"seconds": seconds, "rate": bool(rates), "mended": mended}


def _check(work, recipe, name):
    where = work.path / name
    return check(recipe, work.data, directory=where, verbose=False)


def _failed(found):
    return [each for each in found.findings if each.verdict == "fail"]


def about_rate(finding, recipe):
    """Whether a finding asks for another learning rate, and nothing else."""
    changes = finding.changes or {}
    if set(changes) != {"optimizer"}:
        return False
    rate = changes["optimizer"].config.get(RATE)
    return changes["optimizer"] == recipe.optimizer.replace(
        **{RATE: rate}
    ) and rate != own_rate(recipe)


def _words(findings):
    """Return what findings say, and what to do, in sentences."""
    said = []
    for each in findings:
        mends = [text for text in (each.mend, each.code) if text]
        mend = f" Mend: {'; '.join(mends)}." if mends else ""
        said.append(f"{each.name}: {each.words}{mend}")
    return " ".join(said)


def _decide(work, found, failed, words, force):
    """Log the check, and in step 2 what it says of a handful."""
    handful = found[HANDFUL]
    data = [each for each in failed if each.name != HANDFUL]
    went_on = " Gone on, as force=True." if force else ""
    warned = [each for each in found.findings if each.verdict == "warn"]
    count = f"{len(failed)} of" if failed else "None of"
    fail = "fails" if len(failed) < 2 else "fail"
    said = f"{count} {len(found.findings)} checks {fail}.{words}"
    if data:
        said += f" {_words(data)}{went_on}"
    if warned:
        said += f" Warned of: {_words(warned)}"
    work.decide(
        1,
        "check",
        said,
        numbers={
            "failed": float(len(failed)),
            "warned": float(len(warned)),
        },
        changes=_flags(work, data),
        kept=not data,
        folder=names.CHECK if not words.endswith("again.") else names.AGAIN,
    )
    bad = handful in failed
    said = _words([handful]) + (went_on if bad else "")
    number = {} if handful.number is None else {"loss": handful.number}
    work.decide(
        2,
        "a handful by heart",
        said,
        numbers=number,
        changes=_flags(work, [handful] if bad else []),
        kept=not bad,
        folder=names.CHECK,
    )


def _flags(work, findings):
    for each in findings:
        if each.changes:
            return as_flags(work.recipe.to_dict(), each.changes)
    return ""


def find_center(work, checked):
    """Return the learning rate that the range test suggests, or the own one.

    Args:
        work: The `Work`.
        checked: As of `look`.

    Returns:
        {"rate": the center, "found": whether the range test has found it}.
    """
    return work.state.once(
        names.RANGE_TEST, lambda: _find_center(work, checked)
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
    where = work.path / names.RANGE_TEST
    for name in (PICTURE, NUMBERS):  # of one that was killed
        (where / name).unlink(missing_ok=True)
    found = range_test(
        work.recipe, work.data, seeds=seeds, directory=where, verbose=False
    )
    if found.suggestion is None:
        words = f"{' '.join(found.notes)} The center is the recipe's own rate, "
        words += f"{own:g}."
        work.decide(3, "range of rates", words, folder=names.RANGE_TEST)
        return center
    rate = found.suggestion.learning_rate
    least, most = found.suggestion.least, found.suggestion.most
    rows = [
        [name, each.learning_rate, each.least, each.most]
        for name, each in found.suggestions.items()
    ]
    seeds = f"{seeds} seeds: " if seeds > 1 else "One seed: "
    work.decide(
        3,
        "range of rates",
        f"{seeds}the loss falls along a valley that speaks for {rate:g} "
        f"({least:g} to {most:g}); the recipe has {own_rate(work.recipe):g}. "
        f"The grid is laid around {rate:g}, and well below it.",
        numbers={"rate": rate, "least": least, "most": most},
        folder=names.RANGE_TEST,
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

    def compute():
        if work.clock.budget < LEAST or work.clock.left < 0:
            return None
        epochs = min(EPOCHS, work.recipe.epochs)
        recipe = work.with_values(work.recipe, center, None)
        found = work.measure(names.FIRST, recipe.replace(epochs=epochs), 2)
        expected = work.pace.sweep(1, work.recipe.epochs)
        once = work.pace.sweep(0, 0)
        work.decide(
            3,
            "the pace",
            f"By two fits of {epochs} epoch{'s' * (epochs != 1)} one of all "
            f"{work.recipe.epochs} epochs is expected to take "
            f"{said(expected)}, of which {said(once)} for tracing.",
            numbers={"fit_seconds": expected, "once_seconds": once},
            folder=names.FIRST,
        )
        return found.to_dict()

    work.state.once(names.FIRST, compute)
