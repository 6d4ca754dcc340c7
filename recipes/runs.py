"""Runs that lie on disk."""

from pathlib import Path

from recipes.errors import RunError
from recipes.recipe import Recipe
from recipes.training.run import Run


def load_run(directory):
    """Open a finished run folder.

    Args:
        directory: What `fit` was given, or chose.

    Returns:
        A `Run`; its model is loaded when it is first asked for.

    Raises:
        RunError: If the folder holds no finished run, or a damaged file.
    """
    path = Path(directory).expanduser() / "recipe.json"
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise RunError(
            f"{path.parent} holds no run: recipe.json is missing."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise RunError(f"{path} cannot be read: {error}") from error
    return Run(path.parent, lambda: Recipe.from_json(text))
