"""DropConnect: weights, not units, are dropped while training."""

import keras

from recipes.techniques.random_mask import (
    check_rate,
    check_seed,
    inverted_mask,
)


class _DropConnect:
    """Mixin: a rate, a seed, and the weights of a training step."""

    def __init__(self, *args, rate, seed=None, **kwargs):
        check_rate(type(self).__name__, rate)
        check_seed(type(self).__name__, seed)
        super().__init__(*args, **kwargs)
        self.rate = rate
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def dropped(self, weight, training):
        """Return the weight as this step uses it; as it is, when predicting."""
        if not training or not self.rate:
            return weight
        weight = keras.ops.convert_to_tensor(weight)
        return weight * inverted_mask(
            weight.shape, self.rate, weight.dtype, self.seed_generator
        )

    def get_config(self):
        config = super().get_config()
        return {**config, "rate": self.rate, "seed": self.seed}


@keras.saving.register_keras_serializable(package="recipes")
class DropConnectDense(_DropConnect, keras.layers.Dense):
    """A dense layer whose weights are dropped while training.

    A finer noise than dropout, which drops all weights of a unit together.
    `y = activation(x · (M ⊙ W) + m ⊙ b)`, where each entry of M and m is 0
    with probability `rate`, else 1/(1 − rate): kernel and bias keep their
    expectation, and predicting uses them as they are. As in the paper, biases
    are dropped too. Unlike there, one mask serves the whole batch of a step
    (one per example needs as many kernels as examples), and predicting uses
    the mean weights, not the paper's Gaussian sampling.

    Args:
        units: Width of the output, 1 or above.
        rate: Share of the weights that is dropped, in [0, 1); 0 is
            `keras.layers.Dense`. The paper uses 0.5.
        seed: Whole number from 0 to 2^31 − 1, or None for a random one.
        **kwargs: As of `keras.layers.Dense`.

    Shapes: `(batch, …, features)` → `(batch, …, units)`.

    Raises:
        ValueError: If an argument is not legal.

    Reference: Wan et al., Regularization of Neural Networks using DropConnect,
    ICML 2013.

    Example:

    >>> layer = DropConnectDense(2, 0.5, kernel_initializer="ones", seed=0)
    >>> x = keras.ops.ones((1, 3))
    >>> keras.ops.convert_to_numpy(layer(x)).tolist()
    [[3.0, 3.0]]
    >>> y = keras.ops.convert_to_numpy(layer(x, training=True))
    >>> set(y.ravel().tolist()) <= {0.0, 2.0, 4.0, 6.0}
    True
    """

    def __init__(self, units, rate, seed=None, **kwargs):
        super().__init__(units, rate=rate, seed=seed, **kwargs)

    def call(self, inputs, training=False):
        x = keras.ops.matmul(inputs, self.dropped(self.kernel, training))
        if self.use_bias:
            x = keras.ops.add(x, self.dropped(self.bias, training))
        return x if self.activation is None else self.activation(x)


@keras.saving.register_keras_serializable(package="recipes")
class DropConnectConv2D(_DropConnect, keras.layers.Conv2D):
    """A convolution whose weights are dropped while training.

    As `DropConnectDense`: the taps of the filters, and the biases, are 0 with
    probability `rate`, else divided by 1 − `rate`. A dropped tap is missing at
    every place of the image and in the whole batch of a step.

    Args:
        filters: Channels of the output, 1 or above.
        kernel_size: Height and width of the filters in pixels.
        rate: Share of the weights that is dropped, in [0, 1); 0 is
            `keras.layers.Conv2D`.
        seed: Whole number from 0 to 2^31 − 1, or None for a random one.
        **kwargs: As of `keras.layers.Conv2D`.

    Shapes: as of `keras.layers.Conv2D`.

    Raises:
        ValueError: If an argument is not legal.

    Reference: Wan et al., Regularization of Neural Networks using DropConnect,
    ICML 2013.

    Example:

    >>> layer = DropConnectConv2D(4, 3, 0.5, padding="same")
    >>> layer(keras.ops.ones((2, 8, 8, 3))).shape == (2, 8, 8, 4)
    True
    """

    def __init__(self, filters, kernel_size, rate, seed=None, **kwargs):
        super().__init__(filters, kernel_size, rate=rate, seed=seed, **kwargs)

    def call(self, inputs, training=False):
        kernel = self.dropped(self.kernel, training)
        x = self.convolution_op(inputs, kernel)
        if self.use_bias:
            last = self.data_format == "channels_last"
            shape = (1, 1, 1, -1) if last else (1, -1, 1, 1)
            bias = self.dropped(self.bias, training)
            x = keras.ops.add(x, keras.ops.reshape(bias, shape))
        return x if self.activation is None else self.activation(x)
