"""sweep: from a recipe with ranges to the best values, and everything tried."""

from pathlib import Path

from callbacks import SteadyConsole
from recipes.errors import RunError
from recipes.quiet import many_models
from recipes.training import folder
from recipes.tuning import settings
from recipes.tuning.found import Sweep
from recipes.tuning.tuner import search_here
from recipes.tuning.workers.processes import check_workers, search_elsewhere


def sweep(
    recipe,
    data,
    *,
    tuner="random",
    max_trials=None,
    objective="val_loss",
    executions_per_trial=1,
    workers=None,
    deadline=3600.0,
    recycle=25,
    max_crashes=3,
    directory=None,
    seed=None,
    overwrite=False,
    verbose=True,
    keep=3,
):
    """Search a recipe's ranges; `Recipe.sweep` documents the arguments."""
    environments = check_workers(
        recipe, workers, deadline, recycle, max_crashes
    )
    about, loaded = settings.settle(
        recipe,
        data,
        tuner,
        max_trials,
        objective,
        executions_per_trial,
        seed,
        keep,
    )
    path = _place(directory, recipe.task, loaded.name)
    plain = {"highlight": False, "markup": False, "soft_wrap": True}
    console = SteadyConsole(quiet=not verbose, **plain)
    _begin(path, about, overwrite, recipe.from_json)
    if environments is not None:
        search_elsewhere(
            about,
            path,
            loaded,
            data,
            environments,
            deadline=deadline,
            recycle=recycle,
            max_crashes=max_crashes,
        )
    else:
        with many_models():
            search_here(about, path, loaded, SteadyConsole(quiet=True))
    found = Sweep(path, recipe.from_json, loaded)
    console.print(repr(found))
    return found


def _place(directory, task, name):
    """Return the sweep's folder, by default the next free one."""
    if directory is not None:
        return Path(directory).expanduser()
    return folder.choose(None, task, name, "-sweep")


def _begin(path, about, overwrite, from_json):
    """Go on with the same sweep, or begin this one."""
    if (path / settings.NAME).exists() and not overwrite:
        old = settings.read(path, from_json)
        if old.to_json() != about.to_json():
            raise RunError(f"{path} holds another sweep.")
        return
    folder.refuse_taken(path, overwrite)
    folder.make(path)
    folder.write_json(path / settings.NAME, about.to_json())
