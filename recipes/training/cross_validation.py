"""CrossValidation: the runs of all folds, and what they say together."""

from pathlib import Path

import numpy as np

from recipes.errors import RunError
from recipes.training import folder
from recipes.training.run import open_run

NAME = "cross_validation.json"


class CrossValidation:
    """A finished cross-validation.

    Args:
        directory: The folder of all folds.
        from_json: From the text of a recipe.json to the recipe.
        opened: As `open_run`, to open a fold's folder; what it returns
            stands in `runs`.

    Attributes:
        runs: One `Run` per fold. In their metrics and pictures `test` is the
            fold that was held out.
        scores: Name → number, one dictionary per fold: what the run of the
            fold scored on the rows that it held out.
        metrics: Name → (mean, deviation) of these over the folds. The
            deviation is the sample's, √(Σ(x − mean)² / (folds − 1)); folds
            share training rows, so it is no standard error of the mean.

    Raises:
        RunError: If the folder holds no finished cross-validation.
    """

    def __init__(self, directory, from_json, opened=open_run):
        self.directory = Path(directory)
        about = read_about(self.directory)
        if "metrics" not in about:
            raise RunError(
                f"{self.directory} holds an unfinished cross-validation of "
                f"{about['folds']} folds; cross_validate with the same recipe, "
                "data and directory goes on with it."
            )
        try:
            self.scores = [folder.as_numbers(s) for s in about["scores"]]
            found = {
                n: folder.as_numbers(m) for n, m in about["metrics"].items()
            }
            self.metrics = {
                name: (each["mean"], each["deviation"])
                for name, each in found.items()
            }
        except (AttributeError, KeyError, TypeError) as error:
            raise RunError(
                f"{self.directory / NAME} is not what a cross-validation "
                "writes: its scores cannot be read. Bring it back from a copy."
            ) from error
        self.runs = [
            opened(fold_path(self.directory, number), from_json)
            for number in range(1, about["folds"] + 1)
        ]

    def table(self):
        """Return a `rich.table.Table`: a row per fold, and the mean."""
        from rich.table import Table

        table = Table("fold", "rows")
        for name in self.metrics:
            table.add_column(name, justify="right")
        for number, (run, scores) in enumerate(
            zip(self.runs, self.scores, strict=True), 1
        ):
            rows = run.environment["data"]["rows"]["test"]
            cells = [f"{scores[name]:.4f}" for name in self.metrics]
            table.add_row(str(number), str(rows), *cells)
        table.add_section()
        for words, place in (("mean", 0), ("deviation", 1)):
            cells = [f"{found[place]:.4f}" for found in self.metrics.values()]
            table.add_row(words, "", *cells)
        return table

    def plot(self):
        """Draw each fold's scores, and return the matplotlib figure."""
        from recipes import plots

        return plots.folds(self.scores, self.metrics)

    def __repr__(self):
        shown = ", ".join(
            f"{name} {mean:.3f} ± {deviation:.3f}"
            for name, (mean, deviation) in self.metrics.items()
            if name != "loss"
        )
        return f"{shown} ({len(self.runs)} folds)"


def fold_path(directory, number):
    """Return the run folder of a fold; the first is number 1."""
    return Path(directory) / f"fold-{number}"


def read_about(directory):
    """Read cross_validation.json.

    Raises:
        RunError: If it is missing, damaged, or something else.
    """
    path = Path(directory) / NAME
    if not path.exists():
        raise RunError(
            f"{path.parent} holds no cross-validation: {NAME} is missing."
        )
    about = folder.read_json(path)
    parts = {"recipe": dict, "data": dict, "folds": int, "backend": str}
    if not isinstance(about, dict) or not all(
        isinstance(about.get(name), kind) for name, kind in parts.items()
    ):
        raise RunError(
            f"{path} is not what a cross-validation writes; choose another "
            "folder, or delete this file if the folds beside it are yours."
        )
    return about


def summary(runs):
    """Return the scores of the runs, their means and sample deviations.

    The scores are the runs' own on their test split, which is the fold that
    was held out.
    """
    scores = [
        {
            name.removeprefix("test_"): value
            for name, value in run.metrics.items()
            if name.startswith("test_")
        }
        for run in runs
    ]
    metrics = {}
    for name in scores[0]:
        values = np.array([score[name] for score in scores], "float64")
        metrics[name] = {
            "mean": float(values.mean()),
            "deviation": float(values.std(ddof=1)),
        }
    return {"scores": scores, "metrics": metrics}
