"""The L2 penalty in the textbooks' convention."""

import math

import keras


@keras.saving.register_keras_serializable(package="recipes")
class HalfL2(keras.regularizers.Regularizer):
    """Penalize large weights: `1/2 * l2 * sum(w^2)`.

    The gradient is `l2 * w`, so that `l2` is the λ of textbooks and papers.
    Keras' own `L2(l2)` adds `l2 * sum(w^2)`: twice as much.

    Args:
        l2: Strength λ, 0 or above; 0 is no penalty.

    Returns:
        A scalar, for a weight tensor of any shape.

    Raises:
        ValueError: If `l2` is negative, infinite or not a number.

    Reference: Goodfellow, Bengio, Courville, Deep Learning, 2016, eq. 7.1.

    Example:

    >>> float(HalfL2(0.1)(keras.ops.array([1.0, 2.0])))
    0.25
    """

    def __init__(self, l2=0.01):
        number = isinstance(l2, (int, float)) and not isinstance(l2, bool)
        if not number or not 0 <= l2 < math.inf:
            raise ValueError(
                "HalfL2: `l2` must be a finite number of 0 or above. "
                f"Received: {l2!r}"
            )
        self.l2 = l2

    def __call__(self, x):
        return 0.5 * self.l2 * keras.ops.sum(keras.ops.square(x))

    def get_config(self):
        return {"l2": self.l2}
