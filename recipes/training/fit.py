"""fit: from a recipe and data to a Run."""

import time

import numpy as np
from rich.console import Console

from recipes import resolve
from recipes.data.data import ArraySource
from recipes.data.loader import InOrder, evaluation_batch_size
from recipes.errors import RunError
from recipes.training import environment, folder, hooks
from recipes.training.finish import finish
from recipes.training.plan import load_for, make_plan


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
):
    """Train a recipe on data, and score it on the test split, once.

    Args:
        recipe: A recipe without open ranges.
        data: A data spec, see `recipes.data.load`.
        directory: The run folder, or None for the next free one under
            `runs/`.
        seed: In place of the recipe's own.
        callbacks: Any Keras callbacks. One with a hook on the single step
            makes each step a call of its own, which is slower.
        tensorboard: Whether to write TensorBoard's logs.
        overwrite: Whether a finished run in `directory` may be replaced.
        verbose: Whether to show progress.
        threads: Loader threads, 0 or more; None chooses. The result is the
            same.

    Returns:
        A `recipes.Run`.

    Raises:
        RecipeError: For an open range, or a recipe that cannot be built.
        DataError: For data that cannot be trained on.
        RunError: For a folder that is taken, or a run that diverged.
    """
    resolve.refuse_open_ranges(recipe)
    hooks.check_user_callbacks(callbacks)
    folder.refuse_taken(directory, overwrite)
    recipe = recipe if seed is None else recipe.replace(seed=seed)
    console = Console(highlight=False, soft_wrap=True, quiet=not verbose)
    data = load_for(recipe, data)
    plan = make_plan(recipe, data, callbacks, threads)
    path = folder.choose(directory, recipe.task, data.name)
    hooked = hooks.assemble(plan, path, callbacks, tensorboard, verbose)
    _begin(plan, path)
    console.print(headline(plan))
    began = time.perf_counter()
    history = _train(plan, hooked)
    seconds = time.perf_counter() - began
    _refuse_divergence(plan, history)
    run = finish(plan, path, history, seconds)
    console.print(closing(run))
    return run


def headline(plan):
    """Say what is about to be trained, on what, and where."""
    rows = " + ".join(f"{len(s)} {s.role}" for s in plan.data.splits)
    weights = sum(int(np.prod(v.shape)) for v in plan.model.trainable_variables)
    loader = plan.loader
    return (
        f"{plan.recipe.task}: {plan.recipe.network.name} with {weights:,} "
        f"weights on {plan.data.name} ({rows})\n"
        f"{plan.device.name}, {plan.recipe.dtype_policy}; "
        f"{loader.steps_per_epoch} steps of {loader.batch_size} per epoch"
    )


def closing(run):
    """Say the test score, and where everything lies."""
    scores = "  ".join(
        f"{name} {value:.4f}"
        for name, value in run.metrics.items()
        if name.startswith("test_")
    )
    picture = "confusion" if run.class_names else "predictions"
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
    )
    folder.write_json(path / "environment.json", about)


def _train(plan, callbacks):
    """Run `model.fit`; a reader's own error is raised as it was."""
    loader = plan.loader
    batches = loader.batches()
    try:
        return plan.model.fit(
            batches,
            steps_per_epoch=loader.steps_per_epoch,
            epochs=plan.recipe.epochs,
            callbacks=callbacks,
            verbose=0,
            shuffle=False,  # the loader owns the order
            **_validation(plan),
        ).history
    except Exception:
        if loader.error is not None:
            raise loader.error from None
        raise
    finally:
        loader.close(batches)


def _validation(plan):
    split = plan.data.validation
    targets = plan.goal.targets(split.labels)
    size = evaluation_batch_size(len(split), int(np.prod(split.source.shape)))
    if isinstance(split.source, ArraySource):
        return {
            "validation_data": (split.read(), targets),
            "validation_batch_size": size,
        }
    return {"validation_data": InOrder(split, targets, size)}


def _refuse_divergence(plan, history):
    """Raise when the loss or a weight is no number any more."""
    finite = np.isfinite(history["loss"])
    bad = next(
        (
            variable.path
            for variable in plan.model.variables
            if not np.isfinite(np.asarray(variable, "float64")).all()
        ),
        None,
    )
    if finite.all() and bad is None:
        return
    epoch = len(finite) if finite.all() else int(np.argmin(finite)) + 1
    found = "the loss" if bad is None else f"`{bad}`"
    raise RunError(
        f"The run diverged: {found} was not finite at the end of epoch "
        f"{epoch}. To mend it: lower optimizer/learning_rate (it was "
        f"{plan.recipe.optimizer.config.get('learning_rate', 'the default')}), "
        "or clip with optimizer/global_clipnorm=1.0."
    )
