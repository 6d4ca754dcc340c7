"""Everything a run's page shows, each read or computed when it is asked for."""

from functools import cached_property

from recipes.defaults import default_of
from recipes.errors import RecipeError, RunError, UserError
from recipes.resolve import resolve
from recipes.training import folder, hashes, kinds
from recipes.training.differences import short
from recipes.training.looking.judged import Judged
from recipes.training.looking.mistakes import MostConfused, TopLosses, ranked
from recipes.training.looking.own_data import own_data
from recipes.training.reporting.looked import look
from recipes.training.run import Run, open_run

WORST, PAIRS = 12, 6
# Fields that decide what "auto" in others means; what follows is no change.
DECIDING = ("activation", "regularization", "batch_size", "epochs")
SPLIT = "validation"


class Gathered:
    """What a page shows of a run.

    What cannot be read raises a `UserError` where it is asked for, so that
    the rest of the page stands.

    Args:
        run: A `Run`.
        data: What the run was trained on, as `fit` was given it; None reads
            it again.
        model: Whether the model and the data are looked at.

    Attributes:
        decisions: Of the tuning that the run is the winner of; None where
            they cannot be read.

    Raises:
        DataError: For data that is not the run's.
    """

    def __init__(self, run, data=None, model=True):
        self.run, self.data, self.model = run, data, model
        self.decisions = ()
        if data is not None:
            own_data(run, data, SPLIT)
        self.directory = run.directory
        self.metrics, self.environment = run.metrics, run.environment
        needed = () if "members" in self.environment else ("best_epoch",)
        path = self.directory / "metrics.json"
        kinds.check(path, folder.read_json(path), needed)

    @property
    def task(self):
        """Name of the recipe; what the data was, where it cannot be read."""
        try:
            return self.recipe.task
        except UserError:
            return "run"

    @cached_property
    def recipe(self):
        """The resolved recipe."""
        return self.run.recipe

    @cached_property
    def history(self):
        """Name → one number per epoch."""
        found = self.run.history
        for name, values in found.items():
            if len(values) < (self.metrics.get("best_epoch") or 1):
                raise RunError(
                    f"history.csv ends before the best epoch: {name}"
                )
        return found

    @cached_property
    def stages(self):
        """(name, first epoch) of each stage of a fine-tuning."""
        hashes.check(self.directory / folder.STAGES)
        return folder.stages(self.directory)

    @cached_property
    def findings(self):
        """`Diagnoses`: also which rules were not tried, and why."""
        return self.run.diagnosis(self.data, model=self.model)

    @cached_property
    def lint(self):
        """List of `Finding`."""
        return self.recipe.lint()

    @cached_property
    def fields(self):
        """(field, value, default, differs) of each field, as texts."""
        recipe, about = self.recipe, self.environment["data"]
        shape = about.get("input_shape") or ()
        image = tuple(shape[:2]) if len(shape) == 3 else None
        steps = self.environment.get("steps_per_epoch")
        begun, mine = default_of(recipe), recipe.to_dict()
        default = resolve(begun, steps, image).to_dict()
        try:
            given = {name: mine[name] for name in DECIDING}
            follows = resolve(begun.replace(**given), steps, image).to_dict()
        except RecipeError:  # not together with the rest of the default
            follows = default
        return [
            (
                name,
                short(value),
                short(default[name]),
                value != default[name]
                and (name in DECIDING or value != follows[name])
                and not _decided(default[name])
                and not (recipe.backbone and name == "image_size"),
            )
            for name, value in mine.items()
        ]

    @cached_property
    def judged(self):
        """The validation split under the model."""
        return Judged(self.run, self.data, SPLIT)

    @cached_property
    def top_losses(self):
        """The examples with the largest losses."""
        return TopLosses(self.judged, self.judged.most(WORST))

    @cached_property
    def most_confused(self):
        """The pairs of classes that are confused most."""
        return MostConfused(self.judged, ranked(self.judged, PAIRS))

    @cached_property
    def looked(self):
        """What the layers give, and get, on a batch of validation."""
        return look(self.run.model, self.judged.part, self.environment["data"])


def opened(place, from_json):
    """Return the `Run` of a folder, also where its recipe cannot be read.

    What needs the recipe raises when it is asked for.

    Args:
        place: The folder.
        from_json: From the text of a recipe to the recipe.

    Raises:
        RunError: Without metrics.json or environment.json, or with a damaged
            one.
    """

    def read(text):
        try:
            return from_json(text)
        except UserError as error:
            where = place / "recipe.json"
            raise RunError(f"{where} cannot be read: {error}") from error

    try:
        return open_run(place, read)
    except RunError as error:
        why = error

    def recipe():
        raise why

    return Run(place, recipe)


def gathered_at(place, from_json, data, model):
    """Return (what is gathered of a run in a folder or None, why not).

    Args:
        place: The folder.
        from_json: From the text of a recipe to the recipe.
        data: As of `Gathered`.
        model: As of `Gathered`.
    """
    if not (place / "metrics.json").exists():
        lacks = ": metrics.json is missing" if place.is_dir() else ""
        return None, f"no finished run lies in {place.name}{lacks}"
    try:
        return Gathered(opened(place, from_json), data, model), None
    except RunError as error:
        return None, str(error)


def _decided(value):
    """Whether a default leaves a value to the data."""
    return value == "auto" or getattr(value, "name", None) == "auto"
