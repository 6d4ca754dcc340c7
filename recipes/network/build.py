"""From a resolved recipe and shapes to the networks that are trained, served.

The trained network ends in logits, or in standardized numbers, so that the
loss is exact. The served one shares every variable and adds what makes the
outputs readable: probabilities, or numbers in their own units.
"""

import inspect
from contextlib import contextmanager
from typing import NamedTuple

import keras
import numpy as np

from recipes import registry
from recipes.errors import RecipeError
from recipes.network.backbone import features, output_scale
from recipes.network.layers import Layers
from recipes.resolve import target_of
from recipes.tasks import FEATURES, TASKS


class Networks(NamedTuple):
    """Two views of one network: same variables, other outputs."""

    training: keras.Model
    serving: keras.Model


def build_networks(
    recipe,
    input_shape,
    num_outputs,
    before=(),
    target_scale=(1.0, 0.0),
    vectorization=None,
    any_size=False,
    transfer=None,
):
    """Build the network of a resolved recipe.

    Args:
        recipe: A resolved recipe.
        input_shape: Shape of one raw example; of texts (tokens,).
        num_outputs: Number of classes, labels, or numbers to predict.
        before: Keras layers for the raw input (preprocessing), applied in
            float32.
        target_scale: (deviation, mean) of the targets, for regressors.
        vectorization: For texts, the layer that makes their tokens. The
            served network begins with it; without it both take tokens.
        any_size: Whether images of any size are taken, which the first layers
            resize: augmented ones come at the network's own size.
        transfer: The `Transfer` of a recipe with a backbone.

    Raises:
        RecipeError: For a network that cannot be built.
        DataError: For images smaller than the network allows.
    """
    check_shapes(recipe, input_shape, num_outputs)
    target = target_of(recipe)
    units = 1 if target == "class" and num_outputs == 2 else num_outputs
    policy = "float32" if recipe.dtype_policy == "auto" else recipe.dtype_policy
    with dtype_policy(policy):
        dtype = FEATURES[TASKS[recipe.task].features].dtype
        taken = (None, None, input_shape[-1]) if any_size else input_shape
        inputs = keras.Input(taken, name="raw", dtype=dtype)
        x = inputs
        for layer in before:
            x = _before(layer, x)
        if transfer is not None:
            x = features(x, transfer)
        layers = Layers(recipe, _vocabulary_size(recipe, vectorization))
        x = registry.build("network", recipe.network, inputs=x, layers=layers)
        _check_features(recipe, x)
        scale = output_scale(transfer, target)
        outputs = layers.output(x, units, scale)
        readable = _readable(outputs, target, target_scale)
        # Keras scales the loss of a model that is itself `mixed_float16`;
        # the served one is not trained, and loads without loss scaling.
        training = keras.Model(inputs, outputs, name=f"{recipe.task}_logits")
    with dtype_policy("float32"):
        serving = keras.Model(inputs, readable, name=recipe.task)
        if vectorization is not None:
            serving = _on_texts(serving, vectorization)
    _check_penalties(recipe, training)
    return Networks(training, serving)


def _before(layer, x):
    """Apply a preprocessing layer, which does the same when training.

    Where nobody says `training`, Keras gives its layers for images True, and
    all layers after one that: a model called as it is would draw dropout, and
    move its batch normalizations.
    """
    if "training" in inspect.signature(layer.call).parameters:
        return layer(x, training=False)
    return layer(x)


def _vocabulary_size(recipe, vectorization):
    """Return how many different tokens there are; None for no texts."""
    if TASKS[recipe.task].features != "text":
        return None
    if vectorization is not None:
        return int(vectorization.vocabulary_size())
    return registry.default("preprocessing", recipe.preprocessing, "max_tokens")


def _on_texts(model, vectorization):
    """Return the model with the layer before it that makes the tokens."""
    texts = keras.Input((), name="texts", dtype="string")
    inner = keras.Model(model.inputs, model.outputs, name="on_tokens")
    return keras.Model(texts, inner(vectorization(texts)), name=model.name)


def _readable(outputs, target, target_scale):
    if target != "number":
        single = target == "labels" or outputs.shape[-1] == 1
        function = "sigmoid" if single else "softmax"
        layer = keras.layers.Activation(
            function, dtype="float32", name="probabilities"
        )
    else:
        scale, offset = target_scale
        layer = keras.layers.Rescaling(
            scale, offset, dtype="float32", name="own_units"
        )
    return layer(outputs)


def _check_penalties(recipe, model):
    try:
        _ = model.losses
    except ValueError as error:
        raise RecipeError(
            f"`kernel_regularizer` does not fit this network: {error} "
            f"Received: {recipe.kernel_regularizer!r}"
        ) from error


def _check_features(recipe, x):
    """Refuse what a user's network returned and no output can follow."""
    if not isinstance(x, keras.KerasTensor) or len(x.shape) != 2:
        found = tuple(x.shape) if hasattr(x, "shape") else type(x).__name__
        raise RecipeError(
            f"`network`: {recipe.network.name!r} must return features of "
            "shape (batch, n), a Keras tensor; flatten or pool them, for "
            f"instance with layers.flatten(x). Received: {found}"
        )


def check_shapes(recipe, input_shape, num_outputs):
    """Refuse shapes that the recipe's task does not have.

    Raises:
        RecipeError: Naming the argument.
    """
    task = TASKS[recipe.task]
    rank, words, _ = FEATURES[task.features]
    sides = input_shape if isinstance(input_shape, (tuple, list)) else ()
    if len(sides) != rank or not all(
        isinstance(side, (int, np.integer)) and side > 0 for side in sides
    ):
        raise RecipeError(
            f"{recipe.task}: `input_shape` must be {words}. "
            f"Received: {input_shape!r}"
        )
    least = 2 if target_of(recipe) == "class" else 1
    whole = isinstance(num_outputs, (int, np.integer))
    if not whole or num_outputs < least:
        raise RecipeError(
            f"{recipe.task}: `num_outputs` must be a whole number of at least "
            f"{least}. Received: {num_outputs!r}"
        )


@contextmanager
def dtype_policy(name):
    """Build layers under a dtype policy and put the old one back."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(name)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)
