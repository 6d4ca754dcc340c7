"""fit: from a recipe and data to a Run."""

import time
from contextlib import suppress

import numpy as np

from callbacks import CheckpointError, SteadyConsole
from recipes import resolve
from recipes.lint.model import lint_model
from recipes.lint.rules import lint
from recipes.training import environment, folder, unfinished
from recipes.training.callbacks import (
    assemble,
    check_user_callbacks,
)
from recipes.training.candidate import checkpoint
from recipes.training.finish import finish, refuse_divergence
from recipes.training.plan import load_for, make_plan
from recipes.training.room import (
    check_choices,
    fingerprint,
    going_on,
    room,
    said,
)
from recipes.training.run import Run
from recipes.training.said import backbone_words, origin
from recipes.training.signals import written_first
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
    folder_taken=False,
    origin=None,
    parts=1,
):
    """Train a recipe on data; `Recipe.fit` documents the arguments.

    `folder_taken`: the caller has made room in `directory`, beside whatever
    files of others lie there. `origin`: the folder of a `fit_candidate` to go
    on from, if it has a whole checkpoint of the same recipe on the same data.
    `parts`: as of `fit_candidate`.
    """
    resolve.refuse_open_ranges(recipe)
    callbacks = check_user_callbacks(callbacks, recipe.schedule)
    check_choices(save_freq, resume)
    if not folder_taken:
        folder.refuse_taken(directory, overwrite)
    recipe = recipe if seed is None else recipe.replace(seed=seed)
    console = SteadyConsole.plain(quiet=not verbose)
    data = load_for(recipe, data)
    how = {"save_freq": save_freq, "tensorboard": tensorboard}
    about = unfinished.describe(recipe, data, parts, **how)
    with room(directory, recipe.task, data, overwrite, folder_taken) as place:
        left = going_on(place, about, overwrite, resume)
        largest = 128 if save_freq == "epoch" else save_freq
        largest = (left and left.steps_per_execution) or largest
        plan = make_plan(recipe, data, callbacks, threads, parts, largest)
        work = place.work
        hooked = assemble(plan, work, callbacks, tensorboard, verbose)
        guard = checkpoint(
            plan,
            hooked,
            work,
            origin,
            left.versions if left else about["versions"],
            save_freq=save_freq,
            about={"recipe": fingerprint(plan.recipe), **about["versions"]},
        )
        hooked.append(guard)
        console.print(headline(plan))
        for note in notes(recipe, data, plan.model) if verbose else ():
            console.print(note)
        for line in said(left, guard, plan.recipe):
            console.print(line)
        with place.room_said():
            if left is None:
                folder.prepare(work)
                unfinished.write(work, about)
            _describe(plan, work, about, callbacks, origin is not None)
            began = time.perf_counter()
            history = _train(plan, hooked, place, console)
            seconds = guard.seconds + time.perf_counter() - began
            refuse_divergence(plan, history)
            recompute(plan, console)
            finish(plan, work, history, hooked, seconds)
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


def notes(recipe, data, model):
    """Say in a line each what is known to hurt in this fit."""
    found = {
        finding.code: f"note {finding} {finding.flags}".rstrip()
        for finding in [*lint_model(model), *lint(recipe, data)]
    }
    return list(found.values())


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


def _train(plan, callbacks, place, console):
    """Train, with a checkpoint whatever ends it but a kill."""
    guard = callbacks[-1]
    try:
        with written_first(guard, console, place.words):
            found = train(plan, callbacks, place.work, console)
            guard.wait()
            return found
    finally:
        with suppress(CheckpointError):  # the error that matters is another
            guard.wait()
