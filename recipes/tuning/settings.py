"""What a sweep is: everything that has to be the same when it goes on."""

import json
from typing import NamedTuple

import keras

from recipes import resolve
from recipes.errors import RecipeError, RunError, suggest
from recipes.training import folder
from recipes.training.objective import choose_objective
from recipes.training.plan import load_for, split_seed
from recipes.tuning.oracles import check_tuner
from recipes.tuning.space import close, hyperparameters

NAME = "sweep.json"
SAME_FOR_ALL = ("validation_split", "test_split", "split_seed", "seed")


class Settings(NamedTuple):
    """What decides the trials of a sweep.

    Args:
        recipe: A recipe with ranges; its `split_seed` is a number, so that
            all trials have the same splits.
        tuner: `"random"`, `"grid"`, `"bayesian"` or `"hyperband"`.
        max_trials: Whole number, or None.
        objective: `validation_` and the name of a metric, or of the loss.
        direction: `"min"` or `"max"`.
        executions_per_trial: Fits of each trial, of which the mean counts.
        max_epochs: Epochs of a whole fit, for Hyperband.
        data: Name, spec and fingerprint of the data.
        backend: Keras' backend.
        keep: How many trials' checkpoints stay.
    """

    recipe: object
    tuner: str
    max_trials: int | None
    objective: str
    direction: str
    executions_per_trial: int
    max_epochs: int
    data: dict
    backend: str
    keep: int

    def to_json(self):
        """Return the text of sweep.json."""
        found = self._asdict()
        found["recipe"] = json.loads(self.recipe.to_json())
        return json.dumps(found, indent=2)


def settle(
    recipe,
    data,
    tuner,
    max_trials,
    objective,
    executions_per_trial,
    seed,
    keep=3,
):
    """Check everything, and return (`Settings`, loaded data).

    Raises:
        RecipeError: For a recipe without ranges, a range where all trials
            need one value, a tuner or an objective that is not there.
        DataError: For data that cannot be trained on.
    """
    check_tuner(tuner, max_trials)
    _check_keep(keep)
    if seed is not None:
        recipe = recipe.replace(seed=seed)
    for path in recipe.ranges():
        if path in SAME_FOR_ALL:
            raise RecipeError(
                f"`{path}` must be the same for all trials, or their scores "
                "could not be compared; give it one value."
            )
    space = hyperparameters(recipe)
    recipe = recipe.replace(split_seed=split_seed(recipe))
    first = close(recipe, space.values)
    loaded = load_for(first, data)
    name, direction = _objective(objective, first, loaded)
    settings = Settings(
        recipe=recipe,
        tuner=tuner,
        max_trials=max_trials,
        objective=name,
        direction=direction,
        executions_per_trial=executions_per_trial,
        max_epochs=_epochs(recipe, loaded, tuner),
        data={
            "name": loaded.name,
            "spec": loaded.spec,
            "fingerprint": loaded.fingerprint,
        },
        backend=keras.backend.backend(),
        keep=keep,
    )
    return settings, loaded


def _check_keep(keep):
    whole = isinstance(keep, int) and not isinstance(keep, bool)
    if not whole or keep < 1:
        raise RecipeError(
            "`keep` must be a whole number of at least 1: of how many trials, "
            f"the best, the checkpoints stay. Received: {keep!r}"
        )


def _objective(given, recipe, data):
    """Return (name, direction) of what is searched."""
    name = getattr(given, "name", given)
    if not isinstance(name, str):
        raise RecipeError(
            "`objective` must be a metric's name, such as 'val_accuracy', or "
            f"a keras_tuner.Objective. Received: {given!r}"
        )
    short = name.removeprefix("validation_").removeprefix("val_")
    logged = choose_objective(recipe.resolve(), data).logged()
    known = {m.name: getattr(m, "_direction", None) for m in logged}
    known = {"loss": "down", **known}
    if short not in known or short == name:
        legal = [f"val_{each}" for each in known]
        raise RecipeError(
            f"`objective` must be one of {', '.join(legal)}: what is scored "
            f"on the validation split.{suggest(name, legal)} "
            f"Received: {name!r}"
        )
    direction = getattr(given, "direction", None) or {
        "up": "max",
        "down": "min",
    }.get(known[short])
    if direction not in ("min", "max"):
        raise RecipeError(
            f"`objective`: nothing says whether more of {name!r} is better. "
            f"Say it: keras_tuner.Objective({name!r}, 'max')."
        )
    return f"validation_{short}", direction


def _epochs(recipe, data, tuner):
    """Return the epochs of a whole fit, which Hyperband has to know."""
    if tuner != "hyperband":
        return 0
    if "epochs" in recipe.ranges() or "batch_size" in recipe.ranges():
        raise RecipeError(
            "tuner='hyperband' chooses how many of a recipe's epochs a trial "
            "has: `epochs` must be one number, and `batch_size` too."
        )
    batch = min(recipe.batch_size, len(data.train))
    return resolve.epochs_for(recipe, max(1, len(data.train) // batch))


def read(path, from_json):
    """Read the settings of a sweep from its folder.

    Raises:
        RunError: For a folder without a sweep, or a damaged file.
    """
    found = folder.read_json(path / NAME)
    try:
        text = json.dumps(found["recipe"])
        names = Settings._fields
        return Settings(**{k: found[k] for k in names})._replace(
            recipe=from_json(text)
        )
    except (KeyError, TypeError) as error:
        raise RunError(
            f"{path / NAME} is not what a sweep writes: {error}"
        ) from error
