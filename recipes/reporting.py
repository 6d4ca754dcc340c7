"""recipes report: one HTML page on a run, or on what else a folder holds."""

import sys
from pathlib import Path

from recipes.errors import RunError

TAKEN = "a finished run, a sweep, a tuning or a cross-validation"
WORDS = "write one HTML page, which needs nothing beside it, on a folder"


def add(command):
    """Add the command `report`; `command` makes a parser."""
    parser = command("report", report, WORDS)
    parser.add_argument(
        "directory",
        metavar="DIR",
        help="of a run, a sweep, a tuning or a cross-validation",
    )
    parser.add_argument(
        "--out", metavar="FILE", help="by default report.html in DIR"
    )
    parser.add_argument(
        "--data",
        metavar="DATA",
        help="what it was trained on, if it cannot be read again",
    )
    parser.add_argument(
        "--no-model",
        action="store_true",
        help="read the files alone, not the model and the data",
    )
    parser.add_argument(
        "--overwrite",
        action="store_true",
        help="replace a file that is no report",
    )


def report(options):
    """Write the page, print where it lies, and what it leaves out."""
    from recipes.report.page import left_out

    path = write_report(
        options.directory,
        options.out,
        options.data,
        not options.no_model,
        overwrite=options.overwrite,
    )
    print(path)
    for why, titles in left_out(path.read_text("utf-8")).items():
        print(f"left out: {', '.join(titles)}: {why}", file=sys.stderr)


def write_report(directory, path=None, data=None, model=True, overwrite=False):
    """Write the page of what a folder holds, and return its path.

    Args:
        directory: Of a run, a sweep, a tuning or a cross-validation.
        path: As of `Run.report`.
        data: As of `Run.report`.
        model: As of `Run.report`.
        overwrite: As of `Run.report`.

    Raises:
        RunError: For a folder that holds none of them, a damaged file, and
            data for the page of a cross-validation, which reads none.
    """
    from recipes import runs
    from recipes.recipe import Recipe
    from recipes.training.reporting import folds, gathered, tuned

    where = Path(directory).expanduser()
    how = {"path": path, "data": data, "model": model, "overwrite": overwrite}
    if not where.is_dir():
        raise RunError(f"{where} is no folder; name one that holds {TAKEN}.")
    if (where / tuned.ABOUT).exists():
        return tuned.report(where, Recipe.from_json, **how)
    if (where / "sweep.json").exists() or (where / "sweep.copy.json").exists():
        return runs.load_sweep(where).report(**how)
    if (where / "cross_validation.json").exists():
        if data is not None:
            given = data if isinstance(data, str) else type(data).__name__
            raise RunError(
                f"{where} holds a cross-validation, whose page reads no data: "
                "leave data away (--data on the command line). Received: "
                f"{given!r}"
            )
        return folds.report(where, Recipe.from_json, path, overwrite)
    if (where / "metrics.json").exists():
        return gathered.opened(where, Recipe.from_json).report(**how)
    if all((where / n).exists() for n in ("environment.json", "files.json")):
        raise RunError(
            f"{where} holds a run that was finished, and metrics.json is "
            "missing: there is no page without it. Bring it back from a copy, "
            "or make the run again with overwrite=True (--overwrite on the "
            "command line)."
        )
    raise RunError(
        f"{where} holds nothing that there is a page of: name the folder of "
        f"{TAKEN}. A run that was stopped goes on with recipes fit --resume; "
        "one that diverged is read by recipes diagnose."
    )
