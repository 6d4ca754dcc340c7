"""What a sweep is: everything that has to be the same when it goes on."""

import json
from types import MappingProxyType
from typing import NamedTuple

import keras

from recipes import resolve
from recipes.errors import RecipeError, RunError, UserError
from recipes.training import folder
from recipes.training.environment import version
from recipes.training.objective import choose_objective
from recipes.training.plan import load_for, split_seed
from recipes.tuning.arguments import check_objective
from recipes.tuning.names import SETTINGS, SETTINGS_COPY
from recipes.tuning.search.space import close, hyperparameters

KINDS = {  # of the fields of `Settings`, as they lie on disk
    "recipe": dict,
    "tuner": str,
    "max_trials": int | None,
    "objective": str,
    "direction": str,
    "executions_per_trial": int,
    "max_epochs": int,
    "data": dict,
    "backend": str,
    "keep": int,
    "library": str | None,
    "how": dict,
}


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
        library: Version of this library, or None where it is not installed.
        how: Arguments of `sweep` by name that change no trial: a sweep may go
            on with others, and has these where nothing else is said.
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
    keep: int = 3
    library: str | None = None
    how: dict = MappingProxyType({})

    def to_json(self):
        """Return the text of sweep.json."""
        found = self._asdict()
        found["recipe"] = json.loads(self.recipe.to_json())
        found["how"] = dict(self.how)
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
    how=None,
):
    """Return (`Settings`, loaded data) of checked arguments.

    Raises:
        RecipeError: For a recipe without ranges, or an objective that is not
            there.
        DataError: For data that cannot be trained on.
    """
    if seed is not None:
        recipe = recipe.replace(seed=seed)
    space = hyperparameters(recipe)
    recipe = recipe.replace(split_seed=split_seed(recipe))
    first = close(recipe, space.values)
    short, direction = check_objective(objective, first)
    loaded = load_for(first, data)
    direction = direction or _direction(short, first, loaded)
    settings = Settings(
        recipe=recipe,
        tuner=tuner,
        max_trials=max_trials,
        objective=f"validation_{short}",
        direction=direction,
        executions_per_trial=executions_per_trial,
        max_epochs=_epochs(first, loaded, tuner),
        data={
            "name": loaded.name,
            "spec": loaded.spec,
            "fingerprint": loaded.fingerprint,
        },
        backend=keras.backend.backend(),
        keep=keep,
        library=version("keras-recipes"),
        how=how or {},
    )
    return settings, loaded


def _direction(short, recipe, data):
    """Return the direction of a metric that says it itself."""
    logged = choose_objective(recipe.resolve(), data).logged()
    known = {m.name: getattr(m, "_direction", None) for m in logged}
    direction = {"up": "max", "down": "min"}.get(
        {"loss": "down", **known}[short]
    )
    if direction is None:
        raise RecipeError(
            f"`objective`: nothing says whether more of 'val_{short}' is "
            f"better. Say it: keras_tuner.Objective('val_{short}', 'max')."
        )
    return direction


def _epochs(recipe, data, tuner):
    """Return the epochs of a whole fit, which Hyperband has to know.

    Of a closed recipe: where `epochs` is `"auto"`, those of its steps.
    """
    if tuner != "hyperband":
        return 0
    steps = resolve.steps_per_epoch(
        len(data.train),
        recipe.batch_size,
        recipe.drop_remainder,
    )
    return resolve.epochs_for(recipe, steps)


def read(path, from_json):
    """Read the settings of a sweep from its folder.

    Raises:
        RunError: For a folder without a sweep, or a damaged file.
    """
    found = read_raw(path)
    try:
        recipe = from_json(json.dumps(found["recipe"]))
        return Settings(**{k: found[k] for k in Settings._fields})._replace(
            recipe=recipe
        )
    except (KeyError, TypeError, UserError) as error:
        raise RunError(
            f"{path / SETTINGS} is not what a sweep writes: {error}"
        ) from error


def read_raw(path):
    """Return the settings in a sweep's folder as plain values.

    Raises:
        RunError: For a folder without a sweep, or a damaged file.
    """
    if not exists(path):
        raise RunError(f"{path} holds no sweep: {SETTINGS} is missing.")
    try:
        return _raw(path / SETTINGS)
    except RunError:
        if not (path / SETTINGS_COPY).is_file():
            raise
        return _raw(path / SETTINGS_COPY)


def exists(path):
    """Whether settings lie in a folder, or the copy of settings."""
    return (path / SETTINGS).exists() or (path / SETTINGS_COPY).exists()


def write(path, about):
    """Write the settings of a sweep, and a copy: nothing else says them."""
    for name in (SETTINGS_COPY, SETTINGS):
        folder.write_json(path / name, about.to_json())


def _raw(file):
    found = folder.read_json(file)
    given = found if isinstance(found, dict) else {}
    wrong = [
        n for n, k in KINDS.items() if not isinstance(given.get(n, ...), k)
    ]
    if wrong:
        raise RunError(
            f"{file} is not what a sweep writes: {', '.join(wrong)} "
            "cannot be read. Bring the file back, or replace the sweep with "
            "overwrite=True (--overwrite on the command line)."
        )
    return found
