"""Everything the page of a cross-validation shows, and that page written."""

from recipes import plots
from recipes.report import file
from recipes.report.folds_page import folds_page
from recipes.training.reporting.gathered import Gathered

SIZE = 4.3, 3.0  # inches of a picture


class GatheredFolds:
    """What a page shows of a cross-validation.

    Args:
        folds: A `CrossValidation`.
    """

    def __init__(self, folds):
        self.directory = folds.directory
        self.scores, self.metrics = folds.scores, folds.metrics
        self.first = Gathered(folds.runs[0], model=False)
        self.rows = [
            (run.environment["data"].get("rows") or {}).get("test", "")
            for run in folds.runs
        ]

    def pictures(self):
        """Yield (metric, figure) of each metric's scores."""
        for name, both in self.metrics.items():
            figure = plots.folds(self.scores, {name: both})
            figure.set_size_inches(*SIZE)
            yield name, figure


def report(folds, path=None, overwrite=False):
    """Write the page of a cross-validation, and return its path."""
    where = file.place(path, folds.directory, overwrite)
    return file.write(where, folds_page(GatheredFolds(folds)))
