"""Going on with a sweep of which only the folder is known."""

from pathlib import Path

import keras_tuner

from recipes.errors import RunError
from recipes.tuning import settings
from recipes.tuning.workers import handed_over

SAID = ("tuner", "max_trials", "executions_per_trial", "keep")


def resume(directory, from_json, data=None, **how):
    """Go on with a sweep: everything that decides it is in its folder.

    Args:
        directory: The sweep's folder.
        from_json: From the text of a recipe to the recipe.
        data: What the sweep was made on; None reads it again by its spec.
        **how: `workers`, `verbose` and the like: what may differ; also
            a larger `max_trials`. What is left out is as it was, but for
            `workers`: this process.

    Returns:
        A `Sweep`.

    Raises:
        RunError: For a folder without a sweep, and for data that no spec
            leads to.
    """
    path = Path(directory).expanduser()
    about = settings.read(path, from_json)
    if data is None and handed_over.lies(path):
        data = handed_over.take(path, about)
    if data is None:
        data = about.data["spec"]  # each worker reads it by itself
    if data is None:
        raise RunError(
            f"{path}: no spec leads to the sweep's data; give it again: "
            "--data DATA on the command line, or Recipe.sweep in Python."
        )
    said = {k: v for k, v in about._asdict().items() if k in SAID}
    kept = dict(about.how)
    if how.get("workers") is not None and kept.get("vectorize") is True:
        kept["vectorize"] = "auto"  # workers train one by one
    objective = keras_tuner.Objective(about.objective, about.direction)
    return about.recipe.sweep(
        data, directory=path, objective=objective, **{**said, **kept, **how}
    )
