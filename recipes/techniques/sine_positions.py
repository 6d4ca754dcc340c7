"""Sine positions: where in a text a token stands, without weights."""

import keras
import numpy as np


@keras.saving.register_keras_serializable(package="recipes")
class SinePositions(keras.layers.Layer):
    """Add to each step its position, as sines and cosines of many periods.

    Attention is blind to order without it. `x[p, 2i] + sin(p / r)` and
    `x[p, 2i + 1] + cos(p / r)` with `r = max_wavelength^(2i / n)`. No weights,
    so that any length can follow.

    Args:
        max_wavelength: The longest period divided by 2π, in steps, above 0.
        **kwargs: As of `keras.layers.Layer`.

    Shapes: (batch, steps, n) in and out; steps and n are fixed.

    Raises:
        ValueError: For a `max_wavelength` that is no number above 0.

    Reference: Vaswani et al., 2017, arXiv:1706.03762.

    Example:

    >>> import numpy as np
    >>> x = np.zeros((1, 1, 2), "float32")
    >>> [float(number) for number in SinePositions()(x)[0, 0]]
    [0.0, 1.0]
    """

    def __init__(self, max_wavelength=10_000.0, **kwargs):
        super().__init__(**kwargs)
        number = isinstance(max_wavelength, (int, float))
        if isinstance(max_wavelength, bool) or not (
            number and max_wavelength > 0
        ):
            raise ValueError(
                "`max_wavelength` must be a number above 0. "
                f"Received: {max_wavelength!r}"
            )
        self.max_wavelength = max_wavelength
        self.supports_masking = True

    def call(self, inputs):
        steps, width = inputs.shape[1:]
        table = positions(steps, width, self.max_wavelength)
        return inputs + keras.ops.convert_to_tensor(table, inputs.dtype)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {**super().get_config(), "max_wavelength": self.max_wavelength}


def positions(steps, width, max_wavelength=10_000.0):
    """Return the table of sines and cosines, (steps, width) in float32."""
    pair = np.arange(width) // 2 * 2
    angle = np.arange(steps)[:, None] / max_wavelength ** (pair / width)
    even = np.arange(width) % 2 == 0
    return np.where(even, np.sin(angle), np.cos(angle)).astype("float32")
