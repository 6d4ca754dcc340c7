"""Which folds of an earlier cross-validation are kept, and which fitted."""

import zipfile

from recipes import resolve
from recipes.errors import RecipeError, RunError
from recipes.fields import FIELDS
from recipes.training import folder, hashes
from recipes.training.run import open_run

NEEDED = (
    "metrics.json",
    "recipe.json",
    "environment.json",
    "history.csv",
    "model.keras",
)


def is_kept(place, recipe, part, backend):
    """Whether a folder holds the finished run of this fold.

    What is unfinished or damaged is fitted anew: a file that is missing, or
    cannot be read. A finished run of something else is not touched.

    Args:
        place: The fold's folder, which need not exist.
        recipe: The recipe that is cross-validated.
        part: The `Data` of the fold.
        backend: The backend's name.

    Raises:
        RunError: For the finished run of another fold, recipe, data or
            backend, naming the folder and what differs.
    """
    run = _readable(place, recipe.from_json)
    if run is None:
        return False
    differing = _differing(run, recipe, part, backend)
    if differing:
        raise RunError(
            f"{place} holds another run than that of fold "
            f"{part.fold['number']}: {'; '.join(differing)}. Delete {place} to "
            "fit the fold anew, or choose another folder."
        )
    names = ("loss", *(metric.name for metric in run.recipe.metrics))
    return all(f"test_{name}" in run.metrics for name in names)


def holds_folds(path):
    """Whether a fold of a cross-validation lies in a folder."""
    for file in sorted(path.glob("fold-*/environment.json")):
        try:
            data = folder.read_json(file)["data"]
            if data["fold"]["number"] >= 1:
                return True
        except (RunError, KeyError, TypeError):
            pass  # damaged, or of something else
    return False


def _readable(place, from_json):
    """Return the run in a folder, or None unless every file can be read."""
    if not all((place / name).is_file() for name in NEEDED):
        return None
    if not zipfile.is_zipfile(place / "model.keras"):
        return None
    try:
        folder.read_json(place / "recipe.json")
        run = open_run(place, from_json)
        history = run.history
        hashes.check(place / "model.keras")
    except RunError:
        return None
    whole = isinstance(run.environment.get("steps_per_epoch"), int)
    return run if history and whole else None


def _differing(run, recipe, part, backend):
    """Say in words what a finished run has that this fold has not."""
    about, fold = run.environment["data"], part.fold
    other = about.get("fold")
    if not isinstance(other, dict):
        return ["it is no fold"]
    found = []
    if (other.get("number"), other.get("folds")) != (
        fold["number"],
        fold["folds"],
    ):
        found.append(f"it is fold {other.get('number')}/{other.get('folds')}")
    elif about.get("fingerprint") != part.fingerprint:
        found.append("it was fitted on other data")
    if run.environment.get("backend") != backend:
        found.append(f"its backend was {run.environment.get('backend')}")
    try:
        fields = _differing_fields(run, recipe, part)
    except RecipeError as error:
        return [*found, f"its recipe cannot be read: {error}"]
    if fields:
        found.append(f"its recipe differs in {', '.join(fields)}")
    return found


def _differing_fields(run, recipe, part):
    """Return the fields in which a run's recipe is not what a fit makes."""
    steps = run.environment["steps_per_epoch"]
    made = resolve.resolve(recipe, steps, part.input_shape[:2])
    found = []
    for name in FIELDS:
        now, before = getattr(made, name), getattr(run.recipe, name)
        # What is "auto" still, the device has decided.
        if now != "auto" and now != before:
            found.append(f"`{name}`")
    return found
