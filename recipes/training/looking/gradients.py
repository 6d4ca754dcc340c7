"""Gradients of a function and of a loss, where the backend has gradients."""

import keras

from callbacks import gradients
from callbacks.probing import values_of
from recipes.errors import RunError


def gradient(function, x):
    """Return d Σ f(x) / d x, as `callbacks.gradients.gradient` does.

    Raises:
        RunError: On a backend other than TensorFlow and JAX.

    Example:

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
        List of arrays, in the order of `model.trainable_variables`; 0 for a
        weight that the loss does not depend on.

    Raises:
        RunError: As of `gradient`.

    Example:

    >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    >>> found = weight_gradients(model, keras.ops.sum, keras.ops.array([[3.0]]))
    >>> [each.tolist() for each in found]
    [[[3.0]], [1.0]]
    """
    trained = model.trainable_variables

    def loss_of(values):
        pairs = zip(trained, values, strict=True)
        with keras.StatelessScope(pairs):
            return loss(model(x, training=False))

    found = gradient(loss_of, values_of(trained))
    return [keras.ops.convert_to_numpy(each) for each in found]
