"""What a callback has to know when a fit goes on.

A callback of one's own says it by two methods: `get_state()` returns it, and
`set_state(state)` takes it, after `on_train_begin`. Keras' own classes have
none; theirs stands in a table here. Every other callback begins anew.
"""

import copy
from itertools import zip_longest

import keras
import numpy as np

# Class → what its instances remember from epoch to epoch.
REMEMBERED = {
    keras.callbacks.EarlyStopping: (
        "wait",
        "stopped_epoch",
        "best",
        "best_epoch",
        "best_weights",
    ),
    keras.callbacks.ReduceLROnPlateau: ("wait", "cooldown_counter", "best"),
    keras.callbacks.ModelCheckpoint: (
        "best",
        "_batches_seen_since_last_saving",
        "_last_batch_seen",
    ),
    # Which of the two sets of weights the model and the optimizer hold.
    keras.callbacks.SwapEMAWeights: ("_ema_weights_in_model",),
}
OPERATIONS = {"less": keras.ops.less, "greater": keras.ops.greater}


class OtherFitError(ValueError):
    """A state that is of another fit than the one that should go on."""


def remembers(callback):
    """Whether a callback has a state that is known here.

    Example:

    >>> remembers(keras.callbacks.TerminateOnNaN())
    False
    """
    return _own(callback) or bool(_remembered(callback))


def state_of(callback):
    """Return the state of a callback that remembers.

    Example:

    >>> state_of(keras.callbacks.ReduceLROnPlateau())["wait"]
    0
    """
    if _own(callback):  # which may change what it has returned
        return copy.deepcopy(callback.get_state())
    state = {name: getattr(callback, name) for name in _remembered(callback)}
    if not hasattr(callback, "monitor_op"):
        return state
    # Which way is better is found out at the end of the first epoch.
    operation = callback.monitor_op
    return {
        **state,
        "monitor_op": operation and operation.__name__,
        "min_delta": callback.min_delta,
    }


def restore(callback, state):
    """Give a callback the state that `state_of` has returned."""
    if _own(callback):
        callback.set_state(state)
        return
    for name in _remembered(callback):
        setattr(callback, name, state[name])
    if "monitor_op" in state:
        callback.monitor_op = OPERATIONS.get(state["monitor_op"])
        callback.min_delta = state["min_delta"]


def plain(logs):
    """Return logs without tensors: a metric may have a value per class."""
    return {
        name: value
        if isinstance(value, (bool, int, float, str))
        else np.array(keras.ops.convert_to_numpy(value))
        for name, value in logs.items()
    }


def arrays_of(variables, into=()):
    """Return copies: backends use the memory of their variables again.

    Args:
        variables: Of a model or an optimizer.
        into: What was returned for them before and is not wanted any more:
            memory that a process has already is filled in a tenth of the time.
    """
    found = map(np.asarray, variables)
    return [_copied(a, b) for a, b in zip_longest(found, into) if a is not None]


def assign(owner, variables, values):
    """Give variables the values that `arrays_of` has returned.

    Raises:
        OtherFitError: If these are not of the same shapes.
    """
    shapes = [tuple(v.shape) for v in variables]
    given = [value.shape for value in values]
    if shapes != given:
        raise OtherFitError(
            f"Checkpoint: the file is of another {owner}, with {len(given)} "
            f"variables of shapes {given[:5]}… Received: {len(shapes)} of "
            f"shapes {shapes[:5]}…"
        )
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value.copy())  # a backend may write to what it gets


def _copied(array, into):
    if into is None or (into.shape, into.dtype) != (array.shape, array.dtype):
        return array.copy()
    np.copyto(into, array)
    return into


def _own(callback):
    return hasattr(callback, "get_state") and hasattr(callback, "set_state")


def _remembered(callback):
    for kind, names in REMEMBERED.items():
        if isinstance(callback, kind):
            return names
    return ()
