"""What is dropped while training: checked arguments and inverted masks."""

import keras


def check_rate(owner, rate):
    """Refuse a rate that is no share, or that would drop everything.

    Raises:
        ValueError: If `rate` is not a number in [0, 1).
    """
    number = isinstance(rate, (int, float)) and not isinstance(rate, bool)
    if not number or not 0 <= rate < 1:
        raise ValueError(
            f"{owner}: `rate` must be a number of at least 0 and below 1, the "
            f"share that is dropped. Received: {rate!r}"
        )


def check_seed(owner, seed):
    """Refuse a seed that one of the backends would not take.

    Raises:
        ValueError: If `seed` is neither None nor an int in [0, 2^31 − 1].
    """
    whole = isinstance(seed, int) and not isinstance(seed, bool)
    if seed is not None and not (whole and 0 <= seed < 2**31):
        raise ValueError(
            f"{owner}: `seed` must be None or a whole number from 0 to "
            f"2**31 - 1. Received: {seed!r}"
        )


def inverted_mask(shape, rate, dtype, seed):
    """Draw a mask of mean 1: 0 with probability `rate`, else 1/(1 − rate).

    Args:
        shape: Of the mask.
        rate: In [0, 1).
        dtype: Of the mask. The draw itself is made in float32: bfloat16 has
            128 steps in [0, 1), too few for a rate of 0.01.
        seed: A `keras.random.SeedGenerator`.
    """
    draw = keras.random.uniform(shape, dtype="float32", seed=seed)
    mask = keras.ops.where(draw >= rate, 1 / (1 - rate), 0.0)
    return keras.ops.cast(mask, dtype)
