"""Runs that lie on disk."""

from pathlib import Path

from recipes.recipe import Recipe
from recipes.training.cross_validation import CrossValidation
from recipes.training.run import open_run


def load_run(directory):
    """Open a finished run folder.

    Args:
        directory: What `fit` was given, or chose.

    Returns:
        A `Run`; its model is loaded when it is first asked for.

    Raises:
        RunError: If the folder holds no finished run, or a damaged file.
    """
    return open_run(directory, Recipe.from_json)


def load_cross_validation(directory):
    """Open the folder of a finished cross-validation.

    Args:
        directory: What `cross_validate` was given, or chose.

    Returns:
        A `CrossValidation`.

    Raises:
        RunError: If the folder holds no finished cross-validation, or a
            damaged file.
    """
    return CrossValidation(Path(directory).expanduser(), Recipe.from_json)


def load_sweep(directory, data=None):
    """Open the folder of a sweep, finished or not.

    Args:
        directory: What `sweep` was given, or chose.
        data: What the sweep was made on, where no spec leads to it.

    Returns:
        A `Sweep`.

    Raises:
        RunError: If the folder holds no sweep, or a damaged file.
    """
    from recipes.tuning.found import Sweep  # with it comes Keras Tuner

    return Sweep(Path(directory).expanduser(), Recipe.from_json, data)


def load_tuned(directory):
    """Open the folder of a tune, finished or not.

    Args:
        directory: What `tune` was given, or chose.

    Returns:
        A `Tuned`.

    Raises:
        RunError: If the folder holds no tune, or a damaged file.
    """
    from recipes.six_steps.result import Tuned  # with it comes Keras Tuner

    return Tuned(Path(directory).expanduser(), Recipe.from_json)
