"""Fractional max pooling: images shrink by less than half."""

import math
from fractions import Fraction

import keras
import numpy as np

from recipes.techniques.random_mask import check_seed


def output_size(size, ratio):
    """Return how many regions an axis of `size` pixels is pooled into.

    ⌊size / ratio⌋, and ⌈size / 2⌉ where that is more: only for small odd sizes
    and ratios near 2, where a region would have to be 3 wide.
    """
    # Exact, as the ratio is written: 33 / 1.1 is 29.999… in floats.
    return max(math.floor(size / Fraction(str(ratio))), -(-size // 2))


def pseudo_random_boundaries(size, regions, start):
    """Return 0 = b_0 < … < b_regions = size in steps of 1 or 2.

    b_i = ⌈α(i + u)⌉ − ⌈αu⌉ with α = size / regions: Graham's sequence, shifted
    to begin at 0. As αi is exact for i = regions, it ends at `size` for every
    u in (0, 1], and no step at either end is longer than the others can be.

    Args:
        size: Pixels of the axis.
        regions: Pooling regions, at least half of `size`.
        start: ⌈size · u⌉, a whole number in [1, size], or a tensor of one.
            Whole, as rounding errors would move boundaries: numerators that
            differ by less than 1 have the same ceiling.
    """
    steps = np.arange(regions + 1, dtype="int32")
    return -(-(size * steps + start) // regions) + (-start // regions)


@keras.saving.register_keras_serializable(package="recipes")
class FractionalMaxPooling2D(keras.layers.Layer):
    """Max pooling over regions of 1 or 2 pixels a side, drawn at random.

    Shrinks gently, so that a network can have more pooling layers; the random
    regions act as an elastic distortion of the images. An axis of N pixels
    becomes n = ⌊N / ratio⌋ (⌈N / 2⌉ where that is more: small odd sizes with a
    ratio near 2), by boundaries 0 = b_0 < b_1 < … < b_n = N with steps of 1
    and 2. Region i is pixels b_{i−1} … b_i − 1; overlapping regions take in
    b_i too, where there is such a pixel. All pixels are covered.

    While training every step draws one sequence per axis for the whole batch.
    Predicting always uses the pseudo-random sequence of u = 1/2. (The paper
    draws there too, and averages several passes: call the layer with
    `training=True` for that.)

    Args:
        ratio: Size before over size after, between 1 and 2, both excluded; a
            pair for height and width.
        pseudo_random: True for the paper's b_i = ⌈α(i + u)⌉ − ⌈αu⌉ with
            α = N / n and u uniform in (0, 1): evenly spread steps. False for
            a random order of the N − n steps of 2 and 2n − N steps of 1, a
            stronger distortion.
        overlapping: Whether neighboring regions share a row and a column of
            pixels.
        seed: Whole number from 0 to 2^31 − 1, or None for a random one.
        data_format: `"channels_last"` or `"channels_first"`; by default that
            of `keras.config.image_data_format()`.
        **kwargs: As of `keras.layers.Layer`.

    Shapes: `(batch, height, width, channels)` → `(batch, ⌊height / ratio⌋,
    ⌊width / ratio⌋, channels)`. Height and width must be known.

    Raises:
        ValueError: If an argument is not legal, or the input is no batch of
            images of a known size.

    Reference: Graham, 2014, arXiv:1412.6071.

    Example:

    >>> layer = FractionalMaxPooling2D(1.41)
    >>> layer(keras.ops.ones((2, 28, 20, 3))).shape == (2, 19, 14, 3)
    True
    """

    def __init__(
        self,
        ratio=1.41,
        pseudo_random=True,
        overlapping=True,
        seed=None,
        data_format=None,
        **kwargs,
    ):
        ratios = ratio if isinstance(ratio, (tuple, list)) else (ratio, ratio)
        if len(ratios) != 2 or not all(
            isinstance(r, float) and 1 < r < 2 for r in ratios
        ):
            raise ValueError(
                "FractionalMaxPooling2D: `ratio` must be a number between 1 "
                "and 2, both excluded, or a pair of them for height and "
                f"width. Received: {ratio!r}"
            )
        for name, value in (
            ("pseudo_random", pseudo_random),
            ("overlapping", overlapping),
        ):
            if not isinstance(value, bool):
                raise ValueError(
                    f"FractionalMaxPooling2D: `{name}` must be True or False. "
                    f"Received: {value!r}"
                )
        check_seed("FractionalMaxPooling2D", seed)
        data_format = data_format or keras.config.image_data_format()
        if data_format not in ("channels_last", "channels_first"):
            raise ValueError(
                "FractionalMaxPooling2D: `data_format` must be "
                "'channels_last' or 'channels_first'. "
                f"Received: {data_format!r}"
            )
        super().__init__(**kwargs)
        self.ratio = tuple(ratio) if isinstance(ratio, list) else ratio
        self.pseudo_random = pseudo_random
        self.overlapping = overlapping
        self.seed = seed
        self.data_format = data_format
        self.seed_generator = keras.random.SeedGenerator(seed)

    def build(self, input_shape):
        self.compute_output_shape(input_shape)

    def call(self, inputs, training=False):
        shape = self.compute_output_shape(inputs.shape)
        x = inputs
        for axis in self._axes():
            size, regions = inputs.shape[axis], shape[axis]
            x = self._pool(x, axis, self._boundaries(size, regions, training))
        return x

    def compute_output_shape(self, input_shape):
        shape = list(input_shape)
        if len(shape) != 4 or None in [shape[axis] for axis in self._axes()]:
            raise ValueError(
                "FractionalMaxPooling2D: the input must have 4 axes, with "
                "height and width known; give keras.Input a size. "
                f"Received shape: {tuple(input_shape)}"
            )
        pair = isinstance(self.ratio, tuple)
        ratios = self.ratio if pair else (self.ratio, self.ratio)
        for axis, ratio in zip(self._axes(), ratios, strict=True):
            shape[axis] = output_size(shape[axis], ratio)
        return tuple(shape)

    def get_config(self):
        return {
            **super().get_config(),
            "ratio": self.ratio,
            "pseudo_random": self.pseudo_random,
            "overlapping": self.overlapping,
            "seed": self.seed,
            "data_format": self.data_format,
        }

    def _axes(self):
        return (1, 2) if self.data_format == "channels_last" else (2, 3)

    def _boundaries(self, size, regions, training):
        if not training:
            return pseudo_random_boundaries(size, regions, -(-size // 2))
        if self.pseudo_random:
            start = keras.random.randint(
                (), 1, size + 1, dtype="int32", seed=self.seed_generator
            )
            return pseudo_random_boundaries(size, regions, start)
        steps = np.repeat([2, 1], [size - regions, 2 * regions - size])
        steps = keras.random.shuffle(
            keras.ops.cast(steps, "int32"), seed=self.seed_generator
        )
        return keras.ops.pad(keras.ops.cumsum(steps), (1, 0))

    def _pool(self, x, axis, boundaries):
        """Take the maxima over the regions of one axis.

        Short regions meet their last pixel twice, which changes no maximum.
        """
        first, stop = boundaries[:-1], boundaries[1:]
        last = stop if self.overlapping else stop - 1
        last = keras.ops.minimum(last, x.shape[axis] - 1)
        found = keras.ops.take(x, first, axis=axis)
        for offset in (1, 2) if self.overlapping else (1,):
            index = keras.ops.minimum(first + offset, last)
            found = keras.ops.maximum(
                found, keras.ops.take(x, index, axis=axis)
            )
        return found
