"""Gradients of a function and of a loss, where the backend has gradients."""

import keras

from callbacks import gradients
from recipes.errors import RunError


def gradient(function, x):
    """Return d Σ f(x) / d x, as `callbacks.gradients.gradient` does.

    Raises:
        RunError: On a backend other than TensorFlow and JAX.

    Example:

    >>> import keras
    >>> x = keras.ops.array([1.0, 3.0])
    >>> keras.ops.convert_to_numpy(gradient(keras.ops.square, x)).tolist()
    [2.0, 6.0]
    """
    try:
        return gradients.gradient(function, x)
    except NotImplementedError as error:
        raise RunError(str(error)) from error


def weight_gradients(model, loss, x):
    """Return d loss(model(x)) / d w for the weights that are trained.

    The model predicts meanwhile: no dropout, and nothing is assigned.

    Args:
        model: A `keras.Model`.
        loss: From its output to a number, with Keras alone in it.
        x: A batch of its input.

    Returns:
        List of arrays, in the order of `model.trainable_variables`; None for
        a weight that the loss does not depend on.

    Raises:
        RunError: As of `gradient`.

    Example:

    >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    >>> found = weight_gradients(model, keras.ops.sum, keras.ops.array([[3.0]]))
    >>> [each.tolist() for each in found]
    [[[3.0]], [1.0]]
    """
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        with tf.GradientTape() as tape:
            value = loss(model(x, training=False))
        weights = [v.value for v in model.trainable_variables]
        found = tape.gradient(value, weights)
    elif backend == "jax":
        import jax

        fixed = [v.value for v in model.non_trainable_variables]

        def total(weights):
            return loss(model.stateless_call(weights, fixed, x)[0])

        weights = [v.value for v in model.trainable_variables]
        found = jax.grad(total)(weights)
    else:
        raise _other(backend)
    return [
        None if each is None else keras.ops.convert_to_numpy(each)
        for each in found
    ]


def _other(backend):
    return RunError(
        f"Gradients need the TensorFlow or the JAX backend. Received: {backend}"
    )
