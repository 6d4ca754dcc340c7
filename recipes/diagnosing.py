"""recipes diagnose: what went wrong in a run, finished or diverged."""

import csv
from pathlib import Path

from recipes.errors import RunError

WORDS = (
    "say what went wrong in a run, and what to change; exit code 3 if "
    "anything did"
)


def add(command):
    """Add the command `diagnose`; `command` makes a parser."""
    parser = command("diagnose", diagnose, WORDS)
    parser.add_argument(
        "directory", metavar="RUN", help="a run folder, also a diverged one"
    )
    parser.add_argument(
        "--data",
        metavar="DATA",
        help="what the run was trained on, if it cannot be read again",
    )
    parser.add_argument(
        "--no-model",
        action="store_true",
        help="read the run's files alone, not its model and data",
    )


def diagnose(options):
    """Print the verdict of a run, and each finding; 3 if there is one."""
    found = found_in(options.directory, options.data, not options.no_model)
    print(said(found))
    return 3 if found else 0


def found_in(directory, data=None, model=True):
    """Return what went wrong in a run folder, finished or diverged.

    Args:
        directory: The folder.
        data: As of `Run.diagnosis`.
        model: As of `Run.diagnosis`.

    Raises:
        RunError: For a folder that holds neither.
    """
    from recipes.runs import load_run
    from recipes.training import folder

    path = Path(directory).expanduser()
    work = folder.beside(path)  # of a run that is to replace a finished one
    for place in (path, work):
        begun = all((place / name).exists() for name in folder.OURS)
        if begun and not (place / "metrics.json").exists():
            return _unfinished(place)
    return load_run(path).diagnosis(data, model=model)


def said(found):
    """Return findings as they are printed: the verdict first.

    >>> from recipes.training.diagnosis.found import Diagnoses
    >>> print(said(Diagnoses()))
    healthy: no rule found anything
    """
    more = found.untried
    if not found:
        which = "that was tried found anything" if more else "found anything"
        word = "nothing found" if more else "healthy"
        return "\n".join([f"{word}: no rule {which}", *more])
    lines = [", ".join(each.name for each in found)]
    for each in found:
        lines.append(f"{each.name}  confidence {each.confidence:.2f}")
        lines.append(f"  {each.evidence}")
        lines.append(f"  Next: {each.mend}")
        if each.flags:
            lines.append(f"  Flags: {each.flags}")
        if each.words and each.changes:
            lines.append(f"  And: {each.words}")
    return "\n".join([*lines, *more])


def _unfinished(path):
    """Return what went wrong in a run that has not finished.

    Raises:
        RunError: For one that has not diverged: it can go on.
    """
    from recipes.recipe import Recipe
    from recipes.training import folder
    from recipes.training.diagnosis.evidence import Evidence
    from recipes.training.diagnosis.rules import judge_diverged
    from recipes.training.diverging.rewinding import Divergences

    recipe = Recipe.from_json((path / "recipe.json").read_text("utf-8"))
    environment = folder.read_json(path / "environment.json")
    history = _history(path / "history.csv")
    divergences = Divergences(path, True).found
    found = judge_diverged(
        Evidence(recipe, history, environment, {}, divergences)
    )
    if not found:
        raise RunError(
            f"{path} holds an unfinished run that has not diverged: go on "
            f"with it, recipes fit --resume {path}, and diagnose it then."
        )
    return found


def _history(path):
    """Return name → a number per epoch, as far as an unfinished run got."""
    from recipes.training.history_file import read_history

    try:
        return read_history(path)
    except (FileNotFoundError, IndexError):
        return {}
    except (OSError, ValueError, TypeError, csv.Error) as error:
        raise RunError(f"{path} cannot be read: {error}") from error
