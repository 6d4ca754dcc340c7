"""The epochs of a fit: all at once, or stage by stage."""

import keras
import numpy as np

from callbacks import Checkpoint
from recipes.data.data import ArraySource
from recipes.data.loader import InOrder, evaluation_batch_size
from recipes.data.tf_data import batched
from recipes.training.callbacks import close_files
from recipes.training.precise import recompute_statistics
from recipes.training.stages import train_stages


def train(plan, callbacks, path, console, upto=None):
    """Train: all epochs at once, or stage by stage.

    A `Checkpoint` among the callbacks lets the fit go on from where it was.

    Args:
        plan: The plan of the fit.
        callbacks: As `assemble` returns them.
        path: The run folder.
        console: Says which stage begins.
        upto: How many of the recipe's epochs are trained; None for all.

    Returns:
        The history of all epochs, those of before included.
    """
    end = plan.recipe.epochs if upto is None else min(upto, plan.recipe.epochs)
    if plan.transfer is None:
        return _fit(plan, callbacks, 0, end)
    console.print(plan.transfer.strategy.words)
    return train_stages(plan, callbacks, _fit, path, console, end)


def recompute(plan, console):
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


def _fit(plan, callbacks, begin, end):
    """Run `model.fit`; a reader's own error is raised as it was."""
    step = 0
    for callback in callbacks:
        if isinstance(callback, Checkpoint):
            begin = callback.initial_epoch(end, begin)
            step = callback.initial_step
    loader = plan.loader
    batches = loader.batches(begin, step)
    validation, in_order = _validation(plan)
    if step:
        _build_metrics(plan.model, loader)
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


def _build_metrics(model, loader):
    """Let Keras make the variables of the metrics, which get their sums back.

    It makes them at the first batch; a test changes nothing else.
    """
    batches = loader.on(loader.split, 0, loader.augment).batches()
    model.test_on_batch(*next(batches))


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
