"""Pooling over the tokens of a text that pass over the padding."""

import keras


class _MaskedPooling(keras.layers.Layer):
    """What both share: (batch, steps, n) and a mask to (batch, n)."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def call(self, inputs, mask=None):
        if mask is None:
            mask = keras.ops.ones(keras.ops.shape(inputs)[:2], "bool")
        mask = keras.ops.cast(mask, "bool")[..., None]
        return self.pool(inputs, mask)

    def compute_mask(self, inputs, mask=None):
        return None

    def compute_output_shape(self, input_shape):
        return (input_shape[0], input_shape[-1])


@keras.saving.register_keras_serializable(package="recipes")
class MaskedAveragePooling1D(_MaskedPooling):
    """Mean over the steps that the mask keeps: `Σ m·x / max(1, Σ m)`.

    Use it in place of `keras.layers.GlobalAveragePooling1D`, which gives NaN
    where nothing is kept; this gives 0.

    Args:
        **kwargs: As of `keras.layers.Layer`.

    Call: `layer(x, mask=mask)` with x (batch, steps, n) and mask (batch,
    steps), true where a step counts; all do without a mask. Returns (batch,
    n).

    Example:

    >>> import numpy as np
    >>> x, mask = np.array([[[1.0], [3.0], [9.0]]]), np.array([[1, 1, 0]])
    >>> float(MaskedAveragePooling1D()(x, mask=mask)[0, 0])
    2.0
    """

    def pool(self, inputs, mask):
        """Return the mean; in float32, as sums of many need."""
        weights = keras.ops.cast(mask, "float32")
        total = keras.ops.sum(keras.ops.cast(inputs, "float32") * weights, 1)
        count = keras.ops.maximum(keras.ops.sum(weights, 1), 1.0)
        return keras.ops.cast(total / count, inputs.dtype)


@keras.saving.register_keras_serializable(package="recipes")
class MaskedMaxPooling1D(_MaskedPooling):
    """Maximum over the steps that the mask keeps; 0 where it keeps none.

    `keras.layers.GlobalMaxPooling1D` takes no mask: padding could win.

    Args:
        **kwargs: As of `keras.layers.Layer`.

    Call: `layer(x, mask=mask)` with x (batch, steps, n) and mask (batch,
    steps), true where a step counts; all do without a mask. Returns (batch,
    n).

    Example:

    >>> import numpy as np
    >>> x, mask = np.array([[[1.0], [3.0], [9.0]]]), np.array([[1, 1, 0]])
    >>> float(MaskedMaxPooling1D()(x, mask=mask)[0, 0])
    3.0
    """

    def pool(self, inputs, mask):
        """Return the maximum."""
        lowest = -6e4  # what float16 holds
        largest = keras.ops.max(keras.ops.where(mask, inputs, lowest), 1)
        some = keras.ops.any(mask, 1)
        return keras.ops.where(some, largest, keras.ops.zeros_like(largest))
