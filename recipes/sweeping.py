"""What `recipes sweep` does."""

import os
import sys

from recipes.errors import RecipeError
from recipes.quiet import hushed, import_keras, light_backend

SETTLED = ("recipe", "set", "search", "epochs", "seed", "objective", "tuner")
SHOWN = 5  # trials at the end
SETTLED += ("executions", "out", "overwrite", "space")

# What a sweep may go on with in another way; given only where it was said.
HOW = ("workers", "tensorboard", "vectorize", "keep", "deadline", "recycle")
HOW += ("max_crashes", "max_seconds")


def sweep(options, chosen):
    """Search, fit the best recipe, and say what was found.

    Args:
        options: Of the command line.
        chosen: From options to a recipe, as `recipes fit` chooses it.
    """
    if options.space and options.resume is None:
        _print_space(options, chosen)
        return
    import_keras()
    how = {name: getattr(options, name) for name in HOW if name in options}
    if "vectorize" in how:
        named = {"true": True, "false": False}
        how["vectorize"] = named.get(how["vectorize"], how["vectorize"])
    if options.resume is None:
        found = _begun(options, chosen, how)
    else:
        found = _resumed(options, how)
    from recipes.tuning.place import resumable

    with resumable(found.directory):
        _report(found)


def _begun(options, chosen, how):
    from recipes.searching import search

    if options.data is None:
        raise RecipeError(
            "recipes sweep takes DATA and --search PATH=SPEC, or --resume DIR."
        )
    recipe = search(chosen(options), options.search, _settings(options))
    return recipe.sweep(
        options.data,
        tuner=_given(options.tuner, "random"),
        max_trials=options.max_trials,
        objective=_given(options.objective, "val_loss"),
        executions_per_trial=_given(options.executions, 1),
        directory=options.out,
        overwrite=options.overwrite,
        **how,
    )


def _given(value, default):
    return default if value is None else value


def _resumed(options, how):
    from recipes.recipe import Recipe
    from recipes.tuning.resuming import resume

    said = {name: getattr(options, name) for name in SETTLED}
    given = [
        k for k, v in said.items() if v not in (None, []) and v is not False
    ]
    if given:
        names = ", ".join(f"--{name.replace('_', '-')}" for name in given)
        raise RecipeError(
            f"--resume goes on with what {options.resume} says; leave out "
            f"{names}."
        )
    if options.max_trials is not None:  # more than there were
        how["max_trials"] = options.max_trials
    data = options.more_data or options.data
    return resume(options.resume, Recipe.from_json, data, **how)


def _print_space(options, chosen):
    """Print the ranges; nothing computes, so no backend has to start."""
    from recipes.searching import search
    from recipes.tuning.arguments import check_arguments

    light = light_backend()
    if "keras" not in sys.modules and light is not None:
        os.environ["KERAS_BACKEND"] = light
    if options.data is None and options.recipe is None:
        raise RecipeError("--space takes DATA or --recipe, and --search.")
    with hushed(show=True):  # arguments of a Part are looked up in Keras
        recipe = search(chosen(options), options.search, _settings(options))
    space = recipe.space()
    check_arguments(
        recipe,
        options.tuner or "random",
        1 if options.max_trials is None else options.max_trials,
        1 if options.executions is None else options.executions,
        overwrite=False,
        verbose=True,
    )
    print(space)


def _settings(options):
    """Return what has one value: --set, and --epochs as if it were."""
    epochs = options.epochs
    return [*options.set, *([] if epochs is None else [f"epochs={epochs}"])]


def _report(found):
    """Print the best values, what they score, and where all that lies.

    What lies on an edge the sweep has said itself.
    """
    from recipes.tuning.telling.printed import number

    if not found.trials:  # prepared for workers on other machines
        print(f"{found.directory} is ready")
        return
    print(found.table(SHOWN))
    if len(found.trials) > SHOWN:
        print(f"… and {len(found.trials) - SHOWN} more in trials.csv")
    print()
    best = found.best_trial
    print(f"best: trial {best['trial']}")
    for path, value in found.best_values.items():
        print(f"  {path} = {number(value)}")
    sys.stdout.flush()  # what follows is a fit
    run = found.best_run
    scores = {k: v for k, v in run.metrics.items() if k.startswith("valid")}
    scores |= {k: v for k, v in run.metrics.items() if k.startswith("test_")}
    print("  ".join(f"{name} {value:.4f}" for name, value in scores.items()))
    print(
        f"trials.csv, sweep.png and parallel.png lie in {found.directory}, "
        f"the best run in {run.directory}"
    )
