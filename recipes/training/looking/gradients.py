"""The gradient of a function, on either backend."""

import keras

from recipes.errors import RunError


def gradient(function, x):
    """Return d Σ f(x) / d x.

    Nothing that the function assigns stays: on JAX it is called statelessly.

    Args:
        function: From a tensor to a tensor, with Keras alone in it.
        x: Tensor.

    Returns:
        Tensor of the shape of `x`.

    Raises:
        RunError: On a backend other than TensorFlow and JAX.

    Example:

    >>> x = keras.ops.array([1.0, 3.0])
    >>> keras.ops.convert_to_numpy(gradient(keras.ops.square, x)).tolist()
    [2.0, 6.0]
    """
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        with tf.GradientTape() as tape:
            tape.watch(x)
            total = keras.ops.sum(function(x))
        return tape.gradient(total, x)
    if backend == "jax":
        import jax

        def total(x):
            with keras.StatelessScope():
                return keras.ops.sum(function(x))

        return jax.grad(total)(x)
    raise RunError(
        "Gradients of feature maps need the TensorFlow or the JAX backend. "
        f"Received: {backend}"
    )
