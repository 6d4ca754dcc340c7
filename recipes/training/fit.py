"""fit: from a recipe and data to a Run."""

import time

import keras
import numpy as np

from callbacks import SteadyConsole
from recipes import resolve
from recipes.data.data import ArraySource
from recipes.data.loader import InOrder, evaluation_batch_size
from recipes.data.tf_data import batched
from recipes.lint.model import lint_model
from recipes.lint.rules import lint
from recipes.training import environment, folder
from recipes.training.callbacks import (
    assemble,
    check_user_callbacks,
    close_files,
)
from recipes.training.finish import finish, refuse_divergence
from recipes.training.plan import load_for, make_plan
from recipes.training.precise import recompute_statistics
from recipes.training.run import Run
from recipes.training.said import backbone_words, origin
from recipes.training.stages import train_stages


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
    folder_taken=False,
):
    """Train a recipe on data; `Recipe.fit` documents the arguments.

    `folder_taken`: the caller has made room in `directory`, beside whatever
    files of others lie there.
    """
    resolve.refuse_open_ranges(recipe)
    callbacks = check_user_callbacks(callbacks, recipe.schedule)
    if not folder_taken:
        folder.refuse_taken(directory, overwrite)
    recipe = recipe if seed is None else recipe.replace(seed=seed)
    # What stands in brackets, as a folder may, is no markup.
    plain = {"highlight": False, "markup": False, "soft_wrap": True}
    console = SteadyConsole(quiet=not verbose, **plain)
    data = load_for(recipe, data)
    plan = make_plan(recipe, data, callbacks, threads)
    path = folder.choose(directory, recipe.task, data.name)
    work = folder.workplace(path)
    hooked = assemble(plan, work, callbacks, tensorboard, verbose)
    _begin(plan, work)
    console.print(headline(plan))
    if verbose:
        for note in notes(recipe, data, plan.model):
            console.print(note)
    began = time.perf_counter()
    history = _train(plan, hooked, work, console)
    seconds = time.perf_counter() - began
    refuse_divergence(plan, history)
    _recompute(plan, console)
    finish(plan, work, history, hooked, seconds)
    folder.settle(work, path)
    run = Run(path, plan.recipe, plan.serving)
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


def _begin(plan, path):
    """Make the run folder and write what is known before the first step."""
    folder.prepare(path)
    folder.write_json(path / "recipe.json", plan.recipe.to_json())
    about = environment.describe(
        plan.recipe,
        plan.data,
        plan.device,
        steps_per_epoch=plan.loader.steps_per_epoch,
        batch_size=plan.loader.batch_size,
        steps_per_execution=plan.steps_per_execution,
        **({"backbone": origin(plan)} if plan.transfer else {}),
    )
    folder.write_json(path / "environment.json", about)


def _recompute(plan, console):
    """Mend the moving statistics of the weights that are kept, on request."""
    if not plan.recipe.precise_batch_normalization:
        return
    split = plan.prepared.train
    size = evaluation_batch_size(len(split), int(np.prod(split.source.shape)))
    count = recompute_statistics(plan.network, lambda: split.chunks(size))
    console.print(
        f"statistics of {count} batch normalizations computed again over "
        f"{len(split)} examples"
    )


def _train(plan, callbacks, path, console):
    """Train: all epochs at once, or stage by stage."""
    if plan.transfer is None:
        return _fit(plan, callbacks, 0, plan.recipe.epochs)
    console.print(plan.transfer.strategy.words)
    return train_stages(plan, callbacks, _fit, path, console)


def _fit(plan, callbacks, begin, end):
    """Run `model.fit`; a reader's own error is raised as it was."""
    loader = plan.loader
    batches = loader.batches(begin)
    validation, in_order = _validation(plan)
    try:
        with loader.own_errors(), in_order.own_errors():
            return plan.model.fit(
                batches,
                steps_per_epoch=loader.steps_per_epoch,
                initial_epoch=begin,
                epochs=end,
                callbacks=callbacks,
                verbose=0,
                shuffle=False,  # the loader owns the order
                **validation,
            ).history
    finally:
        loader.close(batches)
        close_files(callbacks)


def _validation(plan):
    """Return Keras' arguments, and the reader that may fail."""
    split = plan.prepared.validation
    size = evaluation_batch_size(len(split), int(np.prod(split.source.shape)))
    targets = plan.objective.targets
    prepare = getattr(plan.loader.augment, "undrawn", None)
    in_order = InOrder(split, targets, size, prepare)
    if not isinstance(split.source, ArraySource):
        return {"validation_data": in_order}, in_order
    x = split.read() if prepare is None else prepare(split.read())
    arrays = (x, targets(split.labels))
    if keras.backend.backend() == "tensorflow":
        return {"validation_data": batched(*arrays, size)}, in_order
    return {
        "validation_data": arrays,
        "validation_batch_size": size,
    }, in_order
