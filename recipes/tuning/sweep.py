"""sweep: from a recipe with ranges to the best values, and everything tried."""

import time

from callbacks import SteadyConsole
from recipes.quiet import many_models
from recipes.training import folder
from recipes.training.going_on.lock import held
from recipes.tuning import settings
from recipes.tuning.arguments import check_arguments, check_seconds
from recipes.tuning.found import Sweep
from recipes.tuning.names import LOCK
from recipes.tuning.place import begin, check_place, resumable, resume_command
from recipes.tuning.telling.watching import Watch
from recipes.tuning.tuner import search_here
from recipes.tuning.vectorized.choice import choose_tuner
from recipes.tuning.workers.processes import (
    apart,
    check_workers,
    search_elsewhere,
)


def sweep(
    recipe,
    data,
    *,
    tuner="random",
    max_trials=None,
    max_seconds=None,
    objective="val_loss",
    executions_per_trial=1,
    workers=None,
    keep=3,
    deadline=3600.0,
    recycle=25,
    max_crashes=3,
    vectorize="auto",
    directory=None,
    seed=None,
    overwrite=False,
    tensorboard=False,
    verbose=True,
):
    """Search a recipe's ranges; `Recipe.sweep` documents the arguments."""
    check_arguments(
        recipe,
        tuner,
        max_trials,
        executions_per_trial,
        overwrite,
        verbose,
        keep,
    )
    check_seconds(max_seconds, workers)
    environments = check_workers(
        recipe, workers, deadline, recycle, max_crashes
    )
    check_place(directory, overwrite)
    about, loaded = settings.settle(
        recipe,
        data,
        tuner,
        max_trials,
        objective,
        executions_per_trial,
        seed,
        keep,
        {
            "vectorize": vectorize,
            "deadline": deadline,
            "recycle": recycle,
            "max_crashes": max_crashes,
            "tensorboard": bool(tensorboard),
        },
    )
    kind = choose_tuner(vectorize, about, loaded, workers)
    path = folder.choose(directory, recipe.task, loaded.name, "-sweep")
    console = SteadyConsole.plain(quiet=not verbose)
    folder.make(path)
    with (
        resumable(path),
        held(path / LOCK, "sweeps into this folder"),
        apart(),
    ):
        said = begin(path, about, overwrite)
        for line in filter(None, (f"the sweep lies in {path}", said)):
            console.print(line)
        count = len(environments or (None,))
        until = None if max_seconds is None else time.time() + max_seconds
        with Watch(path, about, console, count, tensorboard) as watch:
            if environments is None:
                quiet = SteadyConsole(quiet=True)
                with many_models():
                    search_here(
                        about,
                        path,
                        loaded,
                        quiet,
                        watch.ended,
                        kind,
                        max_crashes,
                        until,
                    )
            else:
                search_elsewhere(
                    about,
                    path,
                    loaded,
                    data,
                    environments,
                    deadline=deadline,
                    recycle=recycle,
                    max_crashes=max_crashes,
                    until=until,
                    tick=watch.tick,
                    say=watch.say,
                )
    found = Sweep(path, recipe.from_json, loaded)
    if found.trials:
        found.draw()
    lines = [repr(found), *found.edges()]
    if until is not None and time.time() >= until:
        lines.append(
            f"max_seconds={max_seconds:g} are over. What may be left goes on "
            f"with: {resume_command(path)}"
        )
    for line in lines:
        console.print(line)
    return found
