"""Everything the page of a cross-validation shows, and that page written."""

from recipes import plots
from recipes.errors import RunError
from recipes.report import file
from recipes.report.folds_page import folds_page
from recipes.training.cross_validation import CrossValidation
from recipes.training.reporting.gathered import Gathered, opened

SIZE = 4.3, 3.0  # inches of a picture


class GatheredFolds:
    """What a page shows of a cross-validation.

    Args:
        directory: Of the cross-validation.
        from_json: From the text of a recipe to the recipe.

    Attributes:
        lacking: Why a fold's run cannot be read, one of each that cannot.

    Raises:
        RunError: If no fold's run can be read, or the scores cannot.
    """

    def __init__(self, directory, from_json):
        self.lacking = []
        folds = CrossValidation(directory, from_json, self._opened)
        self.directory = folds.directory
        self.scores, self.metrics = folds.scores, folds.metrics
        found = [run for run in folds.runs if run is not None]
        if not found:
            raise RunError(
                f"{directory} holds no fold that can be read: "
                f"{' '.join(self.lacking[:1])}"
            )
        self.first = Gathered(found[0], model=False)
        self.rows = ["" if r is None else _test_rows(r) for r in folds.runs]

    def _opened(self, place, from_json):
        try:
            return opened(place, from_json)
        except RunError as error:
            self.lacking.append(f"{place.name}: {error}")
            return None

    def pictures(self):
        """Yield (metric, figure) of each metric's scores."""
        for name, both in self.metrics.items():
            figure = plots.folds(self.scores, {name: both})
            figure.set_size_inches(*SIZE)
            yield name, figure


def _test_rows(run):
    return (run.environment["data"].get("rows") or {}).get("test", "")


def report(directory, from_json, path=None, overwrite=False):
    """Write the page of a cross-validation, and return its path."""
    where = file.place(path, directory, overwrite)
    return file.write(where, folds_page(GatheredFolds(directory, from_json)))
