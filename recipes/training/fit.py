"""fit: from a recipe and data to a Run."""

from contextlib import suppress
from functools import partial

import numpy as np

from callbacks import CheckpointError, NonFiniteError, SteadyConsole
from callbacks.states import OtherFitError
from recipes import resolve
from recipes.errors import RunError
from recipes.lint.model import lint_model
from recipes.lint.rules import lint
from recipes.training import environment, folder, saving
from recipes.training.callbacks import check_user_callbacks
from recipes.training.diverging import rewinding
from recipes.training.diverging.attempt import Attempt
from recipes.training.finish import finish, refuse_divergence
from recipes.training.going_on import unfinished
from recipes.training.going_on.in_the_way import refuse_in_the_way
from recipes.training.going_on.left import (
    check_choices,
    going_on,
    refuse_other_fit,
    said,
)
from recipes.training.going_on.room import ended, room
from recipes.training.going_on.signals import written_first
from recipes.training.plan import load_for
from recipes.training.run import Run, open_run
from recipes.training.said import backbone_words, origin
from recipes.training.train import recompute, train


def fit(
    recipe,
    data,
    *,
    directory=None,
    seed=None,
    callbacks=(),
    tensorboard=False,
    overwrite=False,
    verbose=True,
    threads=None,
    save_freq="epoch",
    resume="exact",
    on_divergence="stop",
    folder_taken=False,
    origin=None,
    parts=1,
    command=None,
):
    """Train a recipe on data; `Recipe.fit` documents the arguments.

    `folder_taken`: the caller has made room in `directory`, beside whatever
    files of others lie there. `origin`: the folder of a `fit_candidate` to go
    on from, if it has a whole checkpoint of the same recipe on the same data.
    `parts`: as of `fit_candidate`. `command`: what goes on with the run,
    where that is another than `recipes fit --resume`, or the same call where
    no spec leads to the data.
    """
    resolve.refuse_open_ranges(recipe)
    callbacks = check_user_callbacks(callbacks, recipe.schedule)
    check_choices(save_freq, resume)
    rewinding.check(on_divergence, callbacks)
    refuse_in_the_way(directory)
    if not folder_taken:
        folder.refuse_taken(directory, overwrite)
    recipe = recipe if seed is None else recipe.replace(seed=seed)
    console = SteadyConsole.plain(quiet=not verbose)
    data = load_for(recipe, data)
    how = {
        "save_freq": save_freq,
        "tensorboard": tensorboard,
        "on_divergence": on_divergence,
    }
    about = unfinished.describe(recipe, data, parts, **how)
    told = recipe.task, data, overwrite, folder_taken, command
    with room(directory, *told) as place:
        place = place.known(data)
        if ended(place, about):
            run = open_run(place.path, type(recipe).from_json)
            console.print(f"it had ended, and took its place\n{closing(run)}")
            return run
        left = going_on(place, about, overwrite, resume)
        attempt = Attempt(
            recipe,
            data,
            callbacks,
            threads,
            parts,
            place.work,
            origin,
            left.versions if left else about["versions"],
            how,
            verbose,
            left and left.steps_per_execution,
        )
        diverged = rewinding.Divergences(place.work, left is not None)
        lines = diverged.before(on_divergence)

        def begin(plan, guard):
            if left is not None:
                refuse_other_fit(guard, plan.recipe)
            console.print(headline(plan))
            for note in notes(recipe, data, plan) if verbose else ():
                console.print(note)
            if left is None:  # before what lies there is looked at
                folder.prepare(place.work)
                unfinished.write(place.work, about)
            for line in [*said(left, guard, plan.recipe), *lines]:
                console.print(line)
            went_on = origin is not None
            _describe(plan, place.work, about, callbacks, went_on)

        with place.room_said():
            train_there = partial(_train, place)
            found = rewinding.train_on(
                attempt, diverged, begin, train_there, console
            )
            plan, hooked, history, seconds = found
            refuse_divergence(plan, history)
            recompute(plan, console)
            rewinds = diverged.rewinds
            finish(plan, place.work, history, hooked, seconds, rewinds)
            place.settle()
    run = Run(place.path, plan.recipe, plan.serving)
    run.history = history
    console.print(closing(run))
    return run


def headline(plan):
    """Say what is about to be trained, on what, and where."""
    rows = " + ".join(f"{len(s)} {s.role}" for s in plan.data.splits)
    weights = sum(int(np.prod(v.shape)) for v in plan.model.trainable_variables)
    loader = plan.loader
    steps = loader.steps_per_epoch
    augmented = ""
    if plan.recipe.augmentation:
        names = ", ".join(part.name for part in plan.recipe.augmentation)
        augmented = (
            f"\naugmentation on the {plan.recipe.augmentation_device}: {names}"
        )
    backbone = f"\n{backbone_words(plan)}" if plan.transfer else ""
    return (
        f"{plan.recipe.task}: {plan.recipe.network.name} with {weights:,} "
        f"weights on {plan.data.name} ({rows})\n"
        f"{plan.device.name}, {plan.recipe.dtype_policy}; "
        f"{steps} step{'s' * (steps > 1)} of {loader.batch_size} per epoch"
        f"{augmented}"
        f"{backbone}"
    )


def notes(recipe, data, plan):
    """Say in a line each what is known to hurt in this fit."""
    found = {
        finding.code: f"note {finding} {finding.flags}".rstrip()
        for finding in [*lint_model(plan.model), *lint(recipe, data)]
    }
    return [*found.values(), *saving.unloadable(plan.serving)]


def closing(run):
    """Say the test score, and where everything lies."""
    scores = "  ".join(
        f"{name} {value:.4f}"
        for name, value in run.metrics.items()
        if name.startswith("test_")
    )
    target = run.environment["data"]["target"]
    picture = {"class": "confusion", "labels": "labels"}.get(
        target, "predictions"
    )
    return (
        f"{scores}\nmodel.keras, curves.png, {picture}.png, metrics.json and "
        f"the rest lie in {run.directory}"
    )


def _describe(plan, path, about, callbacks, went_on):
    """Write what is known before the first step, also where it is damaged."""
    folder.write_json(path / "recipe.json", plan.recipe.to_json())
    described = environment.describe(
        plan.recipe,
        plan.data,
        plan.device,
        steps_per_epoch=plan.loader.steps_per_epoch,
        batch_size=plan.loader.batch_size,
        steps_per_execution=plan.steps_per_execution,
        fit={
            **about["how"],
            "parts": about["parts"],
            "callbacks": [type(each).__name__ for each in callbacks],
            "went_on": went_on,
        },
        **({"backbone": origin(plan)} if plan.transfer else {}),
    )
    folder.write_json(path / "environment.json", described)


def _train(place, plan, callbacks, console):
    """Train, with a checkpoint whatever ends it but a kill."""
    guard = callbacks[-1]
    try:
        with written_first(guard, console, place.words):
            try:
                found = train(plan, callbacks, place.work, console)
            except NonFiniteError:
                if guard.interrupted is not None:
                    raise guard.interrupted from None
                raise
            except OtherFitError as error:
                # A callback that may look at the model has it trained whole.
                raise RunError(
                    f"{place.work}: {error} Give `fit` the callbacks that the "
                    "run was begun with, or begin anew with overwrite=True "
                    "(--overwrite on the command line)."
                ) from error
            guard.wait()
            if guard.interrupted is not None:  # after the last epoch
                raise guard.interrupted
            return found
    except Exception:  # a second Ctrl-C leaves at once: see going_on/lock.py
        with suppress(CheckpointError):  # the error that matters is another
            guard.wait()
        raise
