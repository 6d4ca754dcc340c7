"""Sweep: what a search has found, and what lies on disk."""

import json
from pathlib import Path

from recipes import plots
from recipes.errors import RecipeError, RunError
from recipes.training import folder
from recipes.training.fit import fit
from recipes.training.run import open_run
from recipes.tuning import settings
from recipes.tuning.names import BEST, BEST_OF, PICTURES
from recipes.tuning.place import resume_command
from recipes.tuning.ranges import places
from recipes.tuning.search.space import close
from recipes.tuning.telling import pictures
from recipes.tuning.telling.edges import edges
from recipes.tuning.telling.parallel import parallel
from recipes.tuning.telling.printed import number, space_table, trial_table
from recipes.tuning.telling.records import Records, best_of, ranked, unscored
from recipes.tuning.trial import FIRST
from recipes.tuning.workers import handed_over


class Sweep:
    """A sweep, finished or on its way, read from its folder alone.

    Args:
        directory: The sweep's folder.
        from_json: From the text of a recipe to the recipe.
        data: Loaded `Data`, or what `fit` takes; None reads it again by its
            spec.

    Attributes:
        trials: A dict per trial, in the order they began.
        best_trial: The one with the best score.
        best_values: Path → value of that trial.
        best: Its closed `Recipe`.
        best_run: The `Run` of that recipe: the test split is read for it
            alone.
        settings: Recipe, tuner, objective and the like.
    """

    def __init__(self, directory, from_json, data=None):
        self.directory = Path(directory)
        self._from_json, self._data = from_json, data
        self.settings = settings.read(self.directory, from_json)
        self.records = Records(self.directory, self.settings.objective)

    @property
    def trials(self):
        """One dict per trial, in the order they began, read from disk.

        `trial` (its name), `values` (path → value), `ended` ("completed",
        how it failed, or None while it has not ended), `score`, `message`;
        of an ended one also `metrics`, `epochs` and `seeds` (one per fit),
        `seconds`, `peak_memory` in bytes, and `recipe`, as JSON has it.
        """
        return self.records.read()

    @property
    def best_trial(self):
        """The trial with the best score.

        Raises:
            RunError: If none has a score yet.
        """
        found = best_of(self.trials, self.settings.direction)
        if found is None:
            paths = self.settings.recipe.ranges()
            why = unscored(self.trials, paths)
            raise RunError(f"{self.directory}: {why}")
        return found

    @property
    def best_values(self):
        """Path → value of the best trial, of the ranges that counted."""
        values = self.best_trial["values"]
        found = {p.path: p.value(values) for p in places(self.settings.recipe)}
        return {path: v for path, v in found.items() if v is not None}

    @property
    def best(self):
        """The closed `Recipe` of the best trial."""
        return self._closed(self.best_trial)

    def _closed(self, trial):
        if "recipe" in trial:
            return self._from_json(json.dumps(trial["recipe"]))
        return close(self.settings.recipe, trial["values"])

    @property
    def best_run(self):
        """The `Run` of the best recipe; it is fitted when first asked for.

        Where the trial's checkpoint is there and whole, the fit goes on from
        it, so that a trial of all epochs gives the run its own weights. Where
        the sweep has gone on and has a better trial now, the run is fitted
        anew, and takes the place of the old one when it is finished.
        """
        trial = self.best_trial
        place, best = self.directory / BEST, self._closed(trial)
        about = {"trial": trial["trial"], "recipe": json.loads(best.to_json())}
        if (place / "metrics.json").exists() and self._best_of() == about:
            return open_run(place, self._from_json)
        data = self._data
        if data is None and handed_over.lies(self.directory):
            data = handed_over.take(self.directory, self.settings)
        if data is None:
            data = self.settings.data["spec"]
        if data is None:
            raise RunError(
                "The best recipe is fitted on the sweep's data, which no spec "
                "leads to: recipes.load_sweep(directory, data=…), on the "
                "command line --data DATA."
            )
        # While it is replaced nothing says of which trial the run is.
        (self.directory / BEST_OF).unlink(missing_ok=True)
        run = fit(
            best,
            data,
            directory=place,
            verbose=False,
            overwrite=True,
            origin=self.records.place(trial["trial"]) / FIRST,
            parts=(trial.get("out_of_memory") or {}).get("parts", 1),
            command=self._command(),
        )
        folder.write_json(self.directory / BEST_OF, about)
        return run

    def _command(self):
        """Say what fits the best recipe, if that is cut off."""
        given = self.settings.data["spec"] is None
        if given and not handed_over.lies(self.directory):
            place = str(self.directory)
            return f"recipes.load_sweep({place!r}, data=…).best_run"
        return resume_command(self.directory)

    def _best_of(self):
        """Return of which trial and recipe the run in best/ is, or None."""
        try:
            return folder.read_json(self.directory / BEST_OF)
        except RunError:
            return None

    def table(self, n=None):
        """Return a table of the trials, the best first, for `print`.

        Args:
            n: Whole number of rows, 1 or more; None for all.

        Raises:
            RecipeError: For another `n`.
        """
        whole = isinstance(n, int) and not isinstance(n, bool)
        if n is not None and not (whole and n >= 1):
            raise RecipeError(
                "table: `n` must be a whole number of at least 1, or None for "
                f"all trials. Received: {n!r}"
            )
        about = self.settings
        rows = ranked(self.trials, about.direction)[:n]
        return trial_table(rows, places(about.recipe), about.objective)

    def space(self):
        """Return a table of the ranges, for `print`."""
        return space_table(places(self.settings.recipe))

    def edges(self):
        """Say which of the best values lie on the edge of their range.

        Within 5 % of an end, on the range's own scale. A range whose end is
        the field's own is not worth widening, which is said too.

        Returns:
            List of sentences; empty before a trial has a score.
        """
        recipe = self.settings.recipe
        found = best_of(self.trials, self.settings.direction)
        values = found["values"] if found else {}
        return edges(recipe, places(recipe), values)

    def plot(self):
        """Draw the best score so far, and each field against the score.

        Returns:
            A `matplotlib.figure.Figure`.
        """
        about = self.settings
        return pictures.overview(self.trials, places(about.recipe), about)

    def plot_parallel(self):
        """Draw a line for each trial through the values it had.

        Returns:
            A `matplotlib.figure.Figure`.
        """
        about = self.settings
        return parallel(self.trials, places(about.recipe), about)

    def draw(self):
        """Write sweep.png and parallel.png into the folder."""
        drawn = (self.plot(), self.plot_parallel())
        for figure, name in zip(drawn, PICTURES, strict=True):
            plots.save(figure, self.directory / name)

    def report(self, path=None, data=None, model=True, *, overwrite=False):
        """Write one HTML page on this sweep, which needs nothing beside it.

        The winner, the trials, the scores by each field, the edges; and all
        of `Run.report` for the best run, if it is fitted: nothing is fitted
        for the page.

        Args:
            path: As of `Run.report`; None is `report.html` in the folder.
            data: As of `Run.report`, for the best run.
            model: As of `Run.report`, for the best run.
            overwrite: As of `Run.report`.

        Returns:
            The path.

        Raises:
            RunError: For a path that cannot be it, before any work.
        """
        from recipes.tuning.telling.report import report

        data = self._data if data is None else data
        return report(self, self._from_json, path, data, model, overwrite)

    def __repr__(self):
        trials = self.trials
        ended = sum(trial["ended"] is not None for trial in trials)
        words = [f"Sweep({str(self.directory)!r}", f"{len(trials)} trial"]
        words[-1] += "s" * (len(trials) != 1)
        if ended < len(trials):
            words.append(f"{len(trials) - ended} not ended")
        best = best_of(trials, self.settings.direction)
        if best:
            words.append(f"best {self.settings.objective}")
            words[-1] += f" {number(best['score'])}"
        return ", ".join(words) + ")"
