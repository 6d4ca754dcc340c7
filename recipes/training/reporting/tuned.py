"""Everything the page of a tuning shows, and that page written."""

import contextlib
from functools import cached_property
from pathlib import Path

from recipes.errors import RunError
from recipes.quiet import many_models
from recipes.report import file
from recipes.report.tune_page import tune_page
from recipes.training import folder
from recipes.training.reporting.gathered import gathered_at

ABOUT, DECISIONS, BEST = "tune.json", "decisions.json", "best"


class GatheredTuning:
    """What a page shows of a tuning, finished or not, read from its folder.

    Args:
        directory: The folder.
        from_json: From the text of a recipe to the recipe.
        data: As of `Gathered`, for the best run.
        model: As of `Gathered`, for the best run.

    Attributes:
        winner: What was gathered of the best run, or None.
        why: Why it is None.

    Raises:
        RunError: For a folder without a tuning, or a damaged `tune.json`.
    """

    def __init__(self, directory, from_json, data=None, model=True):
        self.directory = Path(directory)
        self.about = folder.read_json(self.directory / ABOUT)
        about = self.about if isinstance(self.about, dict) else {}
        if not isinstance(about.get("data"), dict):
            raise RunError(
                f"{self.directory / ABOUT} is not what a tuning writes: it "
                "has to hold names and values, `data` among them."
            )
        best = self.directory / BEST
        found = gathered_at(best, from_json, data, model)
        self.winner, self.why = found
        if self.winner is not None:
            self.winner.decisions = None
            with contextlib.suppress(RunError):  # its own section says so
                self.winner.decisions = self.decisions

    @cached_property
    def decisions(self):
        """List of dicts, in their order; at least one once there is a winner.

        Raises:
            RunError: For a file that is missing then, or damaged.
        """
        path = self.directory / DECISIONS
        decided = self.about.get("finished") or self.winner is not None
        if not path.exists():
            if decided:
                raise RunError(
                    f"{path} is missing: what this tuning tried and decided "
                    "cannot be read. Bring it back from a copy."
                )
            return []
        found = folder.read_json(path)
        if not isinstance(found, list):
            raise RunError(
                f"{path} is not what a tuning writes: it has to hold a list."
            )
        rows = [each for each in found if isinstance(each, dict)]
        if not rows and (found or decided):
            raise RunError(
                f"{path} is not what a tuning writes: it has to hold its "
                "decisions. Bring it back from a copy."
            )
        return rows


def report(
    directory, from_json, path=None, data=None, model=True, overwrite=False
):
    """Write the page of a tuning, and return its path.

    Args:
        directory: The folder.
        from_json: From the text of a recipe to the recipe.
        path: As of `Run.report`.
        data: As of `Run.report`.
        model: As of `Run.report`.
        overwrite: As of `Run.report`.

    Raises:
        RunError: For a path that cannot be it, and a folder without a tuning.
    """
    where = file.place(path, directory, overwrite)
    with many_models():
        found = tune_page(GatheredTuning(directory, from_json, data, model))
    return file.write(where, found)
