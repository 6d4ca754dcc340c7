"""Gradients, and compiled functions, on either backend."""

import keras


def gradient(function, x):
    """Return d Σ f(x) / d x.

    Nothing that the function assigns stays on JAX: it is called statelessly.

    Args:
        function: From what `x` is to a tensor, with Keras alone in it.
        x: Tensor, or a list of tensors of floats.

    Returns:
        What `x` is, of the same shapes.

    Raises:
        NotImplementedError: On a backend other than TensorFlow and JAX.

    Example:

    >>> x = keras.ops.array([1.0, 3.0])
    >>> keras.ops.convert_to_numpy(gradient(keras.ops.square, x)).tolist()
    [2.0, 6.0]
    """
    return value_and_gradient(function, x)[1]


def value_and_gradient(function, x):
    """Return Σ f(x) and its gradient; see `gradient`.

    Example:

    >>> x = keras.ops.array([1.0, 3.0])
    >>> float(value_and_gradient(keras.ops.square, x)[0])
    10.0
    """
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        with tf.GradientTape() as tape:
            tape.watch(x)
            total = keras.ops.sum(function(x))
        zero = tf.UnconnectedGradients.ZERO
        return total, tape.gradient(total, x, unconnected_gradients=zero)
    if backend == "jax":
        import jax

        def total(x):
            with keras.StatelessScope():
                return keras.ops.sum(function(x))

        return jax.value_and_grad(total)(x)
    raise NotImplementedError(
        f"Gradients need the TensorFlow or the JAX backend. Received: {backend}"
    )


def compiled(function):
    """Return a function of tensors compiled, as far as the backend does that.

    It should assign nothing, take what changes as arguments, and always get
    arguments of the same shapes.

    Example:

    >>> float(compiled(keras.ops.square)(keras.ops.array(3.0)))
    9.0
    """
    backend = keras.backend.backend()
    if backend == "tensorflow":
        return _traced_once(function)
    if backend == "jax":
        import jax

        return jax.jit(function)
    return function


def _traced_once(function):
    """Return a `tf.function` that TensorFlow does not count the traces of.

    It warns of those that are made again and again, as by fit after fit.
    """
    import tensorflow as tf

    traced = None

    def run(*args):
        nonlocal traced
        args = keras.tree.map_structure(tf.convert_to_tensor, args)
        if traced is None:
            whole = tf.function(function, autograph=False)
            traced = whole.get_concrete_function(*args)
        return traced(*args)

    return run
