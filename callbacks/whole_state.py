"""The state of a model and of the callbacks of its fit, taken and put back."""

import copy

import keras

from callbacks.states import arrays_of, assign, remembers, restore, state_of


def take(model, callbacks, in_epoch=False, before=None):
    """Return all that a fit changes, as `write_state` takes it.

    Args:
        model: In a fit.
        callbacks: Those whose state is kept.
        in_epoch: Whether the epoch has not ended: then the sums of its
            metrics belong to the state.
        before: What was returned before, whose memory is used again; or None.
    """
    before = before or {"variables": (), "optimizer": ()}
    optimizer = model.optimizer.variables
    metrics = model.metrics_variables if in_epoch else ()
    return {
        "stopped": bool(model.stop_training),
        "variables": arrays_of(model.variables, before["variables"]),
        "optimizer": arrays_of(optimizer, before["optimizer"]),
        "metrics": arrays_of(metrics),
        "callbacks": [
            (type(c).__name__, state_of(c)) for c in _remembering(callbacks)
        ],
    }


def put_back(model, callbacks, found):
    """Give a model and callbacks what `take` has returned; it stays as it is.

    Args:
        model: In a fit.
        callbacks: As of `take`.
        found: What it returned, with the `step` of the epoch it was taken at:
            above 0, the metrics get their sums.

    Raises:
        ValueError: For other variables or callbacks, and for metrics whose
            variables Keras has not made yet.
    """
    optimizer = model.optimizer
    if not optimizer.built:
        optimizer.build(model.trainable_variables)
    assign("model", model.variables, found["variables"])
    assign("optimizer", optimizer.variables, found["optimizer"])
    known = _remembering(callbacks)
    names = [type(c).__name__ for c in known]
    before = [name for name, _ in found["callbacks"]]
    if names != before:
        raise ValueError(
            "Checkpoint: a fit goes on with the callbacks it began with, "
            f"{', '.join(before) or 'none'}. Received: "
            f"{', '.join(names) or 'none'}"
        )
    for callback, (_, state) in zip(known, found["callbacks"], strict=True):
        restore(callback, copy.deepcopy(state))  # it may write to it
    if found["step"]:
        _put_back_sums(model, found)


def _put_back_sums(model, found):
    if len(model.metrics_variables) < len(found["metrics"]):
        raise ValueError(
            "Checkpoint: the metrics have no variables yet to go on with in "
            "the middle of an epoch. Call model.test_on_batch with a batch "
            "before `fit`."
        )
    assign("epoch", model.metrics_variables, found["metrics"])


def write_again(callbacks, rows):
    """Let each `CSVLogger` of a file that begins anew write its rows."""
    for callback in callbacks:
        logger = isinstance(callback, keras.callbacks.CSVLogger)
        if logger and not callback.append:
            for epoch, logs in rows:
                callback.on_epoch_end(epoch, logs)


def show_history(model, rows, began):
    """Give Keras' record of this fit the epochs before this one.

    Args:
        model: In a fit.
        rows: Pairs of an epoch and its logs.
        began: The first epoch of the record.
    """
    rows = [row for row in rows if row[0] >= began]
    history = model.history
    history.epoch = [epoch for epoch, _ in rows]
    history.history = {}
    for _, logs in rows:
        for name, value in logs.items():
            history.history.setdefault(name, []).append(value)


def _remembering(callbacks):
    return [c for c in callbacks if remembers(c)]
