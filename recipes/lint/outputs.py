"""Rules on what a Keras model gives, and what its loss takes it for."""

import keras

from recipes.lint.finding import Finding
from recipes.lint.graph import SHAPES, trace

CROSS_ENTROPIES = (
    "binary_crossentropy",
    "categorical_crossentropy",
    "sparse_categorical_crossentropy",
    "binary_focal_crossentropy",
    "categorical_focal_crossentropy",
)


def probabilities_as_logits(model, callbacks):
    """Softmax or sigmoid outputs, and a loss with `from_logits=True`.

    Measured: 600 rows of digits, 10 epochs, test accuracy over seeds
    0, 1, 2: 0.940 ± 0.017, mended the same: no cost on TensorFlow, where
    Keras sees the softmax of a last layer, warns, and takes what went in.
    """
    wrong = [
        (layer, function)
        for loss, function, layer in _losses(model)
        if getattr(loss, "from_logits", False)
        and function in ("softmax", "sigmoid")
    ]
    return wrong and Finding(
        "probabilities-as-logits",
        wrong[0][0].name,
        f"The outputs have gone through {wrong[0][1]}, and the loss "
        "does it once more, so that it cannot come near 0, unless Keras sees "
        "it in time (on TensorFlow).",
        "Keras documentation, losses: from_logits",
        words="compile with from_logits=False, or drop the last activation.",
    )


def logits_as_probabilities(model, callbacks):
    """Linear outputs, and a cross-entropy that wants probabilities.

    Measured: 600 rows of digits, 10 epochs, test accuracy over seeds
    0, 1, 2: 0.370 ± 0.240, mended 0.940 ± 0.017.
    """
    wrong = [
        layer
        for loss, function, layer in _losses(model)
        if _wants_probabilities(loss) and function == "linear"
    ]
    return wrong and Finding(
        "logits-as-probabilities",
        wrong[0].name,
        "The outputs are any numbers, and the loss takes them for "
        "probabilities: it clips them and learns badly, without an error.",
        "Keras documentation, losses: from_logits",
        words="compile with a loss object that has from_logits=True.",
    )


def _losses(model):
    """Yield (loss, what the output has gone through, the layer that did it)."""
    last = trace(model)[1]
    losses = model.loss
    if isinstance(losses, dict):
        losses = [losses.get(name) for name in model.output_names]
    elif not isinstance(losses, (list, tuple)):
        losses = [losses] * len(last)
    for loss, step in zip(losses, last, strict=False):
        function, layer = _ending(step)
        if loss is not None and layer is not None:
            yield _as_object(loss), function, layer


def _as_object(loss):
    """Return a loss given by name as what Keras makes of the name."""
    try:
        return keras.losses.get(loss)
    except ValueError:
        return loss  # compile refuses it


def _wants_probabilities(loss):
    if hasattr(loss, "from_logits"):
        return not loss.from_logits
    return getattr(loss, "__name__", "") in CROSS_ENTROPIES


def _ending(step):
    """Return the function that outputs have gone through, and its layer.

    Looks through what only reshapes. (None, None) where nothing can be said.
    """
    while True:
        layer = step.layer
        if step.kind in ("softmax", "sigmoid"):
            return step.kind, layer
        one = getattr(layer, "layer", layer)  # what TimeDistributed repeats
        function = getattr(one, "activation", None)
        name = getattr(function, "__name__", type(function).__name__).lower()
        if function is not None and name != "linear":
            return name, layer
        if function is not None and hasattr(one, "kernel_initializer"):
            return "linear", layer
        if step.kind not in {"activation", *SHAPES} or len(step.before) != 1:
            return None, None
        (step,) = step.before
