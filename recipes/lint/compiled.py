"""Rules on what a Keras model was compiled with."""

import keras

from recipes.lint.finding import NO_COST, Finding
from recipes.lint.graph import layers_of, names, parts_of
from recipes.lint.outputs import (
    logits_as_probabilities,
    probabilities_as_logits,
)
from recipes.resolve import DIVIDING
from recipes.techniques.weight_decay import EXCLUDED


def no_loss_scaling(model, callbacks):
    """Gradients in float16 without loss scaling: small ones become 0.

    Measured: 600 rows of digits, 10 epochs, test accuracy over seeds
    0, 1, 2: a loss times 1e-4, 0.931 ± 0.012, mended 0.929 ± 0.012: no
    cost in a network of one hidden layer.
    """
    half = [
        layer
        for layer in layers_of(model)
        if layer.trainable_weights and layer.compute_dtype == "float16"
    ]
    optimizer = model.optimizer
    scaled = isinstance(optimizer, keras.optimizers.LossScaleOptimizer)
    if scaled or not half or optimizer.loss_scale_factor:
        return None
    return Finding(
        "no-loss-scaling",
        half[0].name,
        "In float16 gradients below 6e-8 become 0, and nothing scales the "
        f"loss up before them. {NO_COST}",
        "Micikevicius et al., 2018, arXiv:1710.03740",
        words="compile with auto_scale_loss=True under the global policy "
        "'mixed_float16', or use 'mixed_bfloat16'.",
    )


def coupled_penalty(model, callbacks):
    """An L2 penalty in the gradient that AdamW divides by its size.

    Measured: 600 rows of digits, 10 epochs, test accuracy over seeds 0, 1, 2:
    l2=0.01 in two layers of 64, 0.925 ± 0.003, mended 0.931 ± 0.014: no cost
    beyond the spread.
    """
    optimizer = type(_inner(model))
    kinds = {kind.__name__.lower() for kind in optimizer.__mro__}
    if not kinds & set(DIVIDING):
        return None
    wrong = [
        layer
        for layer in layers_of(model)
        if any(_squares(part) for part in parts_of(layer))
    ]
    return wrong and Finding(
        "coupled-l2",
        names(wrong),
        f"{optimizer.__name__} divides the penalty's gradient by the size of "
        "the gradient, so that weights with large gradients hardly shrink; "
        f"its own weight decay shrinks all alike. {NO_COST}",
        "Loshchilov and Hutter, 2019, arXiv:1711.05101",
        words="drop kernel_regularizer, and set weight_decay.",
    )


def _squares(layer):
    """Whether a layer's kernel has an L2 penalty."""
    penalty = getattr(layer, "kernel_regularizer", None)
    return bool(float(getattr(penalty, "l2", 0) or 0))


def decay_everything(model, callbacks):
    """Weight decay that biases and norms are not excluded from.

    Measured: 600 rows of digits, 10 epochs, test accuracy over seeds 0, 1, 2:
    a decay of 0.5, 0.942 ± 0.018, mended 0.942 ± 0.020: no cost.
    """
    optimizer = _inner(model)
    # Keras shows its exclusions nowhere in public.
    decays = getattr(optimizer, "_use_weight_decay", None)
    if not optimizer.weight_decay or decays is None:
        return None
    wrong = [
        variable.path
        for variable in model.trainable_variables
        if variable.name in EXCLUDED and decays(variable)
    ]
    return wrong and Finding(
        "decay-everything",
        wrong[0],
        f"{len(wrong)} biases, offsets or scales of norms decay to 0, which "
        f"makes no function simpler. {NO_COST}",
        "He et al., 2019, arXiv:1812.01187; Goyal et al., 2017, "
        "arXiv:1706.02677",
        words="call optimizer.exclude_from_weight_decay(var_names="
        f"{list(EXCLUDED)}) before fit.",
    )


def plateau_with_schedule(model, callbacks):
    """A callback that sets the rate, where a schedule sets it."""
    setters = [
        type(callback).__name__
        for callback in callbacks
        if isinstance(
            callback,
            (
                keras.callbacks.ReduceLROnPlateau,
                keras.callbacks.LearningRateScheduler,
            ),
        )
    ]
    # What a schedule gives is a tensor; a rate that can be set, a variable.
    if not setters or isinstance(model.optimizer.learning_rate, keras.Variable):
        return None
    return Finding(
        "plateau-with-schedule",
        "callbacks",
        f"{setters[0]} sets the learning rate, and so does the optimizer's "
        "schedule: Keras stops with a TypeError in mid-run.",
        "Keras documentation, ReduceLROnPlateau",
        words="give the optimizer a number, or drop the callback.",
    )


def _inner(model):
    """Return the optimizer itself, without its loss scaling."""
    return getattr(model.optimizer, "inner_optimizer", model.optimizer)


COMPILED = {
    "probabilities-as-logits": probabilities_as_logits,
    "logits-as-probabilities": logits_as_probabilities,
    "no-loss-scaling": no_loss_scaling,
    "coupled-l2": coupled_penalty,
    "decay-everything": decay_everything,
    "plateau-with-schedule": plateau_with_schedule,
}
