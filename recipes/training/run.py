"""Run: what `fit` returns, and what lies on disk."""

import csv
from functools import cached_property
from pathlib import Path

from recipes.errors import RunError
from recipes.training import folder, saving


class Run:
    """A finished run.

    Args:
        directory: The run folder.
        recipe: The resolved recipe.
        model: The trained `keras.Model`; read from the folder when it is
            first asked for.

    Attributes:
        model: A plain `keras.Model` that takes raw input and gives
            probabilities, or numbers in their own units. It is compiled for
            `evaluate`; compile it again to train it further.
        history: Name → one number per epoch. Losses include penalties and
            label smoothing; for regressors they are of standardized targets.
        metrics: Name → number: `test_loss`, `validation_loss` and the metrics
            of both, as `run.model.evaluate` gives them, and `best_epoch`,
            `epochs`, `seconds`.
        environment: Versions, device, seed, and what the data was.
        recipe: The resolved `Recipe`.
    """

    def __init__(self, directory, recipe, model=None):
        self.directory = Path(directory)
        self.recipe = recipe
        self.metrics = folder.read_json(self.directory / "metrics.json")
        self.environment = folder.read_json(self.directory / "environment.json")
        if model is not None:
            self.model = model

    @cached_property
    def model(self):
        """The trained model, loaded from `model.keras`."""
        return saving.load_model(self.directory / "model.keras")

    @cached_property
    def history(self):
        """Name → one number per epoch, from `history.csv`."""
        path = self.directory / "history.csv"
        try:
            with open(path, newline="", encoding="utf-8") as file:
                rows = list(csv.DictReader(file))
            names = [n for n in (rows[0] if rows else ()) if n != "epoch"]
            return {n: [float(row[n]) for row in rows] for n in names}
        except (OSError, ValueError, TypeError) as error:
            raise RunError(f"{path} cannot be read: {error}") from error

    @property
    def class_names(self):
        """Names in the order of the model's outputs, or None."""
        return self.environment["data"]["class_names"]

    def plot(self):
        """Draw the curves and return the matplotlib figure."""
        from recipes import plots

        return plots.curves(self.history, self.metrics["best_epoch"])

    def evaluate(self, data, split=None):
        """Score the model on data; see `recipes.training.judge.evaluate`."""
        from recipes.training.judge import evaluate

        return evaluate(self, data, split)

    def __repr__(self):
        shown = ", ".join(
            f"{name}={value:.4f}"
            for name, value in self.metrics.items()
            if name.startswith("test_")
        )
        return f"Run({str(self.directory)!r}, {shown})"
