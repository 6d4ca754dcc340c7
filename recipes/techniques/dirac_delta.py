"""The initializer that makes a convolution the identity."""

import math

import keras
import numpy as np


@keras.saving.register_keras_serializable(package="recipes")
class DiracDelta(keras.initializers.Initializer):
    """Start a layer as the identity map, times `gain`.

    For very deep plain networks: signals pass unchanged at first. The center
    tap of a convolution's kernel (…, in, out) is `gain` times the identity
    matrix, all other taps are 0; a dense kernel (in, out) is the identity
    matrix. Channels beyond the smaller of in and out get zeros.

    The layer returns its input when in = out, `gain` is 1, strides are 1 and
    padding is "same"; for even kernel sizes too, whose center is tap
    (size − 1)//2, the one that Keras' padding puts over the pixel (with
    dilation only for odd sizes). It is not meant for grouped or depthwise
    kernels, whose in axis counts the channels of one group.

    Args:
        gain: Factor of the identity, a finite number.

    Returns:
        A kernel of the shape asked for, of rank 2 or above.

    Raises:
        ValueError: If `gain` is not a finite number, or if the shape has fewer
            than 2 axes.

    Reference: Zagoruyko and Komodakis, DiracNets, 2017, arXiv:1706.00388.

    Example:

    >>> kernel = keras.ops.convert_to_numpy(DiracDelta()((3, 2, 2)))
    >>> kernel[1].tolist(), float(kernel.sum())
    ([[1.0, 0.0], [0.0, 1.0]], 2.0)
    """

    def __init__(self, gain=1.0):
        number = isinstance(gain, (int, float)) and not isinstance(gain, bool)
        if not number or not math.isfinite(gain):
            raise ValueError(
                "DiracDelta: `gain` must be a finite number. "
                f"Received: {gain!r}"
            )
        self.gain = gain

    def __call__(self, shape, dtype=None):
        if len(shape) < 2:
            raise ValueError(
                "DiracDelta: the shape must be (…, in, out), of 2 axes or "
                "more; for a bias use 'zeros'. "
                f"Received: {tuple(shape)}"
            )
        kernel = np.zeros(shape, "float32")
        center = tuple((size - 1) // 2 for size in shape[:-2])
        kernel[center] = self.gain * np.eye(*shape[-2:])
        return keras.ops.cast(kernel, dtype or keras.config.floatx())

    def get_config(self):
        return {"gain": self.gain}
