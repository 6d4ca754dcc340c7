"""The gradient of a function, where a run's backend has gradients."""

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
