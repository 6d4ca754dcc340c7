"""The state of a model and of the callbacks of its fit, taken and put back."""

import copy

import keras
import numpy as np

from callbacks.states import arrays_of, assign, remembers, restore, state_of

# What a state holds: name → type.
HELD = {
    "epoch": int,
    "step": int,
    "began": int,
    "seconds": (int, float),
    "rows": list,
    "extra": dict,
    "stopped": bool,
    "variables": list,
    "optimizer": list,
    "metrics": list,
    "callbacks": list,
}


def check(place, state):
    """Refuse a state that nothing can go on from.

    Args:
        place: (epochs, steps), as its file's name says.
        state: A dict: what `take` returns, and what its file tells.

    Raises:
        ValueError: Naming what is missing, or of another kind.
    """
    wrong = [n for n, k in HELD.items() if not isinstance(state.get(n), k)]
    if not wrong:
        wrong = [
            name
            for name in ("variables", "optimizer", "metrics")
            if not all(isinstance(v, np.ndarray) for v in state[name])
        ]
        if place != (state["epoch"], state["step"]):
            wrong.append("epoch")
        if not _pairs(state["rows"], int, dict):
            wrong.append("rows")
        if not _pairs(state["callbacks"], str, object):
            wrong.append("callbacks")
    if wrong:
        raise ValueError(f"no state of a fit: {', '.join(wrong)}")


def _pairs(values, *kinds):
    return all(
        isinstance(pair, list)
        and len(pair) == 2
        and all(map(isinstance, pair, kinds))
        for pair in values
    )


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
    check_callbacks(callbacks, found)
    known = _remembering(callbacks)
    for callback, (_, state) in zip(known, found["callbacks"], strict=True):
        restore(callback, copy.deepcopy(state))  # it may write to it
    if found["step"]:
        _put_back_sums(model, found)


def check_callbacks(callbacks, found):
    """Refuse others than those that `found` has the state of.

    Args:
        callbacks: As of `take`.
        found: What it returned.

    Raises:
        ValueError: Naming both.
    """
    names = [type(c).__name__ for c in _remembering(callbacks)]
    before = [name for name, _ in found["callbacks"]]
    if names != before:
        raise ValueError(
            "Checkpoint: a fit goes on with the callbacks it began with, "
            f"{', '.join(before) or 'none'}. Received: "
            f"{', '.join(names) or 'none'}"
        )


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
