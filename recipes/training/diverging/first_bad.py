"""What is the first that is not finite in a step that goes wrong."""

import keras
import numpy as np

from callbacks.states import plain

INPUT, OUTPUT, LOSS, GRADIENT, WEIGHT, OPTIMIZER = (
    "input",
    "output",
    "loss",
    "gradient",
    "weight",
    "optimizer",
)


def first_bad(model, loss, batch, after):
    """Return what is not finite first, in the order of a step.

    The batch, the layers' outputs in the order in which they are called, the
    loss, the gradients in the order of the layers, the weights after the
    update, the optimizer's variables. The model is compiled anew for it.

    Args:
        model: With the values of before the step.
        loss: As `compile` takes it.
        batch: Of the step, as the loader gives it.
        after: Pairs of a variable and its value after the step.

    Returns:
        A dict: `kind`, one of those above; `layer`, `variable`: a name, or
        None; `rows`: which places of the batch are not finite, if that can be
        told of single ones.
    """
    x, size = batch[0], len(batch[-1])
    bad = [_bad_rows(each, size) for each in keras.tree.flatten(list(batch))]
    if any(rows is not None for rows in bad):
        rows = next(rows for rows in bad if rows is not None)
        return _found(INPUT, rows=rows)
    order = []
    found = _forward(model, x, size, order)
    if found is not None:
        return found
    value, wrong = _gradients(model, loss, batch)
    if not np.isfinite(value):
        return _found(LOSS)
    owners = {
        id(variable): layer.name
        for layer in reversed(order)
        for variable in layer.variables
    }
    for variable in _in_order(order, wrong):
        return _found(GRADIENT, owners.get(id(variable)), variable.path)
    moved = [v for v, values in after if not np.isfinite(values).all()]
    for variable in _in_order(order, moved):
        known = id(variable) in {id(v) for v in model.variables}
        kind = WEIGHT if known else OPTIMIZER
        return _found(kind, owners.get(id(variable)), variable.path)
    return None


def _found(kind, layer=None, variable=None, rows=()):
    return {
        "kind": kind,
        "layer": layer,
        "variable": variable,
        "rows": [int(row) for row in rows],
    }


def _forward(model, x, size, order):
    """Call the model; return the first layer with a bad output, if any.

    `order` gets the layers as they are called.
    """
    found = []

    def watched(layer, call):
        def watching(*args, **kwargs):
            outputs = call(*args, **kwargs)
            order.append(layer)
            for each in keras.tree.flatten(outputs):
                rows = _bad_rows(each, size) if not found else None
                if rows is not None:
                    found.append(_found(OUTPUT, layer.name, rows=rows))
            return outputs

        return watching

    layers = [
        layer
        for layer in model._flatten_layers()
        if not isinstance(layer, (keras.Model, keras.layers.InputLayer))
    ]
    for layer in layers:
        vars(layer)["call"] = watched(layer, layer.call)
    try:
        model(x, training=True)
    finally:
        for layer in layers:
            vars(layer).pop("call", None)
    return found[0] if found else None


def _bad_rows(value, size):
    """Return which rows are not finite; none where all are; None if fine."""
    value = plain({"": value})[""]
    if value.dtype.kind in "biuSUO":
        return None
    fine = np.isfinite(np.asarray(value, "float32"))
    if fine.all():
        return None
    if fine.ndim == 0 or len(fine) != size:
        return []
    rows = np.flatnonzero(~fine.reshape(size, -1).all(axis=1))
    return [] if len(rows) == size else rows


def _gradients(model, loss, batch):
    """Return the loss, and the variables whose gradient is not finite.

    They are what plain descent at rate 1 makes non-finite of finite weights,
    on any backend.
    """
    sgd = keras.optimizers.SGD(1.0)
    # A float16 loss as it is: no step is to be skipped.
    model.compile(sgd, loss, auto_scale_loss=False, run_eagerly=True)
    value = model.train_on_batch(*batch)
    wrong = [
        variable
        for variable in model.trainable_variables
        if not np.isfinite(plain({"": variable})[""]).all()
    ]
    return float(np.ravel(value)[0]), wrong


def _in_order(layers, variables):
    """Return variables in the order of the layers; those of none come last."""
    place = {}
    for number, layer in enumerate(layers):
        for variable in layer.variables:
            place.setdefault(id(variable), number)
    return sorted(variables, key=lambda v: place.get(id(v), len(layers)))
