"""Tuned: what a tune has found, and what lies on disk."""

import json
from functools import cached_property
from pathlib import Path

from recipes.errors import RunError
from recipes.six_steps import kinds, names, place
from recipes.six_steps.budget import said
from recipes.training import folder
from recipes.training.run import open_run


class Tuned:
    """What `Recipe.tune` has found, read from its folder.

    Args:
        directory: The tune's folder.
        from_json: From the text of a recipe to the recipe.
        about: What tune.json says, or None to read it.
        data: What was tuned on, where no spec leads to it; for the page.

    Attributes:
        about: What tune.json says: `recipe` as given, `data`, `budget` and
            `spent` in seconds, `seeds`, `objective`, `given` and `winner`
            (mean and deviation over seeds on validation, or None).
        recipe: The `Recipe` that was found.
        run: Its `Run`; the test split is read for it alone.
        decisions: A dict for each, in their order: `step`, `title`, `words`,
            `numbers`, `changes`, `kept`, `seconds`, `folder`, `table`.
        changed: A dict for each field that was changed: `field`, `from`,
            `to`, `why`.
        metrics: Of the run.
    """

    def __init__(self, directory, from_json, about=None, data=None):
        self.directory = Path(directory)
        self._from_json, self._data = from_json, data
        self.about = about or kinds.about(self.directory)
        self.changed = self.about["changed"]
        self.decisions = kinds.decisions(self.directory)

    @property
    def finished(self):
        """Whether it has ended."""
        return self.about["finished"]

    @cached_property
    def recipe(self):
        """The `Recipe` that was found."""
        self._refuse_unfinished()
        found = folder.read_json(self.directory / names.RECIPE)
        return self._from_json(json.dumps(found))

    @cached_property
    def run(self):
        """The `Run` of that recipe."""
        self._refuse_unfinished()
        path = self.directory / names.BEST
        if not (path / names.RECIPE).exists():
            raise RunError(
                f"{path} holds no run, though this tune has fitted its winner: "
                f"{names.RECIPE} is missing. {kinds.MEND}"
            )
        return open_run(path, self._from_json)

    @property
    def metrics(self):
        """Of the run: validation and test."""
        return self.run.metrics

    @property
    def figure(self):
        """The score of each decision over time, kept and dropped marked."""
        from recipes.six_steps.figure import figure

        return figure(self.about, self.decisions)

    def report(self, path=None, data=None, model=True, *, overwrite=False):
        """Write one HTML page on this tune, which needs nothing beside it.

        The verdict, what was changed and why, every decision with its
        numbers; and all of `Run.report` for the winner's run. `tune` writes
        it at its end; a tune that has not ended has a page, too.

        Args:
            path: As of `Run.report`; None is `report.html` in the folder.
            data: As of `Run.report`, for the winner's run.
            model: As of `Run.report`, for the winner's run.
            overwrite: As of `Run.report`.

        Returns:
            The path.

        Raises:
            RunError: For a path that cannot be it, before any work.

        On the command line: `recipes report DIR`.
        """
        from recipes.training.reporting.tuned import report

        data = self._data if data is None else data
        where = self.directory, self._from_json
        return report(*where, path, data, model, overwrite)

    def _refuse_unfinished(self):
        if not (self.directory / names.RECIPE).exists():
            spec = self.about["data"].get("spec")
            raise RunError(
                f"{self.directory}: this tune has not ended. It goes on with: "
                f"{place.going_on(self.directory, spec)}"
            )

    def __str__(self):
        if not self.finished:
            count = len(self.decisions)
            return f"{self.directory}: {count} decisions, not ended"
        about = self.about
        lines = [
            f"{said(about['spent'])} of {said(about['budget'])} spent, "
            f"{len(self.decisions)} decisions"
        ]
        for row in self.changed:
            why = f"  {row['why']}" if row["why"] else ""
            old, new = (_shown(row[end]) for end in ("from", "to"))
            lines.append(f"  {row['field']}: {old} → {new}{why}")
        if not self.changed:
            lines.append("  nothing was changed")
        before, after = (_scored(about[who]) for who in ("given", "winner"))
        many = f"{about['objective']} on validation"
        lines.append(f"{many}: as given {before}, now {after}")
        test = {k: v for k, v in self.metrics.items() if k.startswith("test_")}
        lines.append(
            "of the winner: "
            + "  ".join(f"{name} {value:.4f}" for name, value in test.items())
        )
        return "\n".join(lines)

    def __repr__(self):
        state = "finished" if self.finished else "not ended"
        return f"Tuned({str(self.directory)!r}, {state})"


def _shown(value):
    if isinstance(value, float):
        return f"{value:.4g}"
    return json.dumps(value) if not isinstance(value, str) else value


def _scored(found):
    if found is None:
        return "not measured"
    if found["deviation"] is None:
        return f"{found['mean']:.4g}"
    return f"{found['mean']:.4g} ± {found['deviation']:.2g}"
