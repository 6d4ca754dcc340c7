"""Stochastic depth: whole residual branches are dropped while training."""

import keras

from recipes.techniques.random_mask import (
    check_rate,
    check_seed,
    inverted_mask,
)


@keras.saving.register_keras_serializable(package="recipes")
class StochasticDepth(keras.layers.Layer):
    """Drop the whole branch of an example with probability `rate`.

    For deep residual networks: put it on the branch, before the sum,
    `x + StochasticDepth(rate)(f(x))`, with rates that grow with depth
    (`linear_rates`). While training the branch is 0 for some examples of the
    batch and divided by the survival 1 − `rate` for the others; predicting
    leaves it as it is. The paper draws once per batch, and multiplies by the
    survival when predicting instead: the same expectation.

    Args:
        rate: Share of the examples whose branch is dropped, in [0, 1); 0 is
            the identity.
        seed: Whole number from 0 to 2^31 − 1, or None for a random one.
        **kwargs: As of `keras.layers.Layer`.

    Shapes: `(batch, …)` → the same.

    Raises:
        ValueError: If an argument is not legal.

    Reference: Huang et al., 2016, arXiv:1603.09382.

    Example:

    >>> branch = keras.ops.ones((5, 2))
    >>> y = StochasticDepth(0.5, seed=0)(branch, training=True)
    >>> set(keras.ops.convert_to_numpy(y).ravel().tolist()) <= {0.0, 2.0}
    True
    """

    def __init__(self, rate, seed=None, **kwargs):
        check_rate("StochasticDepth", rate)
        check_seed("StochasticDepth", seed)
        super().__init__(**kwargs)
        self.rate = rate
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.supports_masking = True

    def call(self, inputs, training=False):
        if not training or not self.rate:
            return inputs
        examples = keras.ops.shape(inputs)[0]
        shape = (examples,) + (1,) * (len(inputs.shape) - 1)
        return inputs * inverted_mask(
            shape, self.rate, inputs.dtype, self.seed_generator
        )

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {**super().get_config(), "rate": self.rate, "seed": self.seed}


def linear_rates(rate, num_blocks):
    """Return the rate of every residual block: it grows linearly with depth.

    Block l of L, counted from 1, gets `rate · l/L`, so that survival falls
    from almost 1 to 1 − `rate` in the last block.

    Args:
        rate: Of the last block, in [0, 1). The paper uses 0.5.
        num_blocks: Residual blocks L of the network, 1 or above.

    Raises:
        ValueError: If an argument is not legal.

    Reference: Huang et al., 2016, arXiv:1603.09382.

    Example:

    >>> linear_rates(0.5, 4)
    [0.125, 0.25, 0.375, 0.5]
    """
    check_rate("linear_rates", rate)
    whole = isinstance(num_blocks, int) and not isinstance(num_blocks, bool)
    if not whole or num_blocks < 1:
        raise ValueError(
            "linear_rates: `num_blocks` must be a whole number of at least 1. "
            f"Received: {num_blocks!r}"
        )
    return [rate * (i / num_blocks) for i in range(1, num_blocks + 1)]
