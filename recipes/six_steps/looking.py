"""Steps 1 and 2: check, and what it says of a handful learned by heart."""

from recipes.errors import CheckFailedError
from recipes.lint.finding import as_flags
from recipes.preflight.checking import check
from recipes.six_steps import names
from recipes.six_steps.budget import said
from recipes.six_steps.grid import RATE, own_rate

LEAST = 20.0  # seconds of a budget, below which nothing is tried first
HANDFUL = "handful"


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
    return work.state.once(work.at(names.CHECK), lambda: _look(work, force))


def _look(work, force):
    if work.clock.budget < LEAST:
        work.decide(
            1,
            "check",
            f"Left out, as a budget of {said(work.clock.budget)} is below "
            f"{said(LEAST)}.",
        )
        return {"seconds": None, "rate": False, "mended": None}
    found = _check(work, work.recipe, work.at(names.CHECK))
    failed = _failed(found)
    rates = [each for each in failed if about_rate(each, work.recipe)]
    seconds, mended, words = found.seconds, None, ""
    if rates:
        mended = rates[0].changes["optimizer"].config[RATE]
        words = f" {_words(rates)} The rate is what the next steps find."
        if len(failed) > len(rates):
            again = work.recipe.replace(**rates[0].changes)
            found = _check(work, again, work.at(names.AGAIN))
            words += f" At {mended:g} the check was made again."
            failed = _failed(found)
    failed = [each for each in failed if not about_rate(each, work.recipe)]
    _decide(work, found, failed, words, force)
    if failed and not force:
        raise CheckFailedError(
            f"The check fails: {_words(failed)} To go on in spite of it: "
            "force=True (--force on the command line)."
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
        mend = f" Mend: {'; '.join(mends)}" if mends else ""
        if mend and mend[-1] not in ".?!":
            mend += "."
        said.append(f"{each.name}: {each.words}{mend}")
    return " ".join(said)


def _decide(work, found, failed, words, force):
    """Log the check, and in step 2 what it says of a handful."""
    handful = found[HANDFUL]
    data = [each for each in failed if each.name != HANDFUL]
    went_on = " Gone on, as force=True." if force else ""
    warned = [each for each in found.findings if each.verdict == "warn"]
    count = str(len(failed)) if failed else "none"
    fail = "fails" if len(failed) < 2 else "fail"
    beside = " beside the rate" if words else ""
    again = words.endswith("again.")
    head = f"Of {len(found.findings)} checks {count} {fail}{beside}"
    ends = bool(failed) and not force
    told = f"{head}: {', '.join(each.name for each in failed)}.{words}"
    said = f"{head}.{words}"
    if data:
        said += f" {_words(data)}{went_on}"
    if warned:
        more = f" Warned of: {_words(warned)}"
        said, told = said + more, told + more
    work.decide(
        1,
        "check",
        said,
        told if ends else None,  # the error that follows has all of it
        numbers={
            "failed": float(len(failed)),
            "warned": float(len(warned)),
        },
        changes=_flags(work, data),
        kept=not data,
        folder=work.at(names.AGAIN if again else names.CHECK),
    )
    bad = handful in failed
    said = _words([handful]) + (went_on if bad else "")
    number = {} if handful.number is None else {"loss": handful.number}
    work.decide(
        2,
        "a handful by heart",
        said,
        "It fails." if bad and ends else None,
        numbers=number,
        changes=_flags(work, [handful] if bad else []),
        kept=not bad,
        folder=work.at(names.CHECK),
    )


def _flags(work, findings):
    for each in findings:
        if each.changes:
            return as_flags(work.recipe.to_dict(), each.changes)
    return ""
