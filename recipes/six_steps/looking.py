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
    where = work.at(names.CHECK)
    found = _check(work, work.recipe, where)
    failed = _failed(found)
    rates = [each for each in failed if about_rate(each, work.recipe)]
    seconds, mended, words = found.seconds, None, ""
    if rates:
        mended = rates[0].changes["optimizer"].config[RATE]
        words = f" {_words(rates)} The rate is what the next steps find."
        if len(failed) > len(rates):
            again = work.recipe.replace(**rates[0].changes)
            where = work.at(names.AGAIN)
            found = _check(work, again, where)
            words += f" At {mended:g} the check was made again."
            failed = _failed(found)
    failed = [each for each in failed if not about_rate(each, work.recipe)]
    _decide_check(work, found, failed, words, force, where)
    _decide_handful(work, found, failed, force, where)
    if _ends(failed, force):
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


def _decide_check(work, found, failed, words, force, where):
    """Log the check; the handful's finding is of step 2."""
    data = [each for each in failed if each.name != HANDFUL]
    warned = [each for each in found.findings if each.verdict == "warn"]
    count = str(len(failed)) if failed else "none"
    fail = "fails" if len(failed) < 2 else "fail"
    beside = " beside the rate" if words else ""
    head = f"Of {len(found.findings)} checks {count} {fail}{beside}"
    told = f"{head}: {', '.join(each.name for each in failed)}.{words}"
    said = f"{head}.{words}"
    if data:
        said += f" {_words(data)}{_gone_on(force)}"
    if warned:
        more = f" Warned of: {_words(warned)}"
        said, told = said + more, told + more
    work.decide(
        1,
        "check",
        said,
        told if _ends(failed, force) else None,  # the error has all of it
        numbers={
            "failed": float(len(failed)),
            "warned": float(len(warned)),
        },
        changes=_flags(work, data),
        kept=not data,
        folder=where,
    )


def _decide_handful(work, found, failed, force, where):
    """Log, as step 2, what the check says of a handful."""
    handful = found[HANDFUL]
    bad = handful in failed
    number = {} if handful.number is None else {"loss": handful.number}
    work.decide(
        2,
        "a handful by heart",
        _words([handful]) + (_gone_on(force) if bad else ""),
        "It fails." if bad and _ends(failed, force) else None,
        numbers=number,
        changes=_flags(work, [handful] if bad else []),
        kept=not bad,
        folder=where,
    )


def _ends(failed, force):
    """Whether the tune ends here, with an error that tells what fails."""
    return bool(failed) and not force


def _gone_on(force):
    return " Gone on, as force=True." if force else ""


def _flags(work, findings):
    for each in findings:
        if each.changes:
            return as_flags(work.recipe.to_dict(), each.changes)
    return ""
