"""Keras' other optimizers, whose weight decay leaves biases and norms alone.

Each is Keras' own, with `weight_decay` (None: no decay) and
`exclude_from_weight_decay` as of `AdamW` in `recipes.techniques.weight_decay`,
and `learning_rate_multipliers` as of `PerVariable` in
`recipes.techniques.learning_rates`, after loading too.
"""

import keras

from recipes.techniques.weight_decay import Excluding

_registered = keras.saving.register_keras_serializable(package="recipes")


@_registered
class SGD(Excluding, keras.optimizers.SGD):
    """As `keras.optimizers.SGD`."""


@_registered
class Adam(Excluding, keras.optimizers.Adam):
    """As `keras.optimizers.Adam`.

    Example:

    >>> Adam(weight_decay=0.01).get_config()["exclude_from_weight_decay"]
    ['bias', 'beta', 'gamma', 'alpha']
    """


@_registered
class Adagrad(Excluding, keras.optimizers.Adagrad):
    """As `keras.optimizers.Adagrad`."""


@_registered
class RMSprop(Excluding, keras.optimizers.RMSprop):
    """As `keras.optimizers.RMSprop`."""


@_registered
class Adadelta(Excluding, keras.optimizers.Adadelta):
    """As `keras.optimizers.Adadelta`."""


@_registered
class Adamax(Excluding, keras.optimizers.Adamax):
    """As `keras.optimizers.Adamax`."""


@_registered
class Nadam(Excluding, keras.optimizers.Nadam):
    """As `keras.optimizers.Nadam`."""


@_registered
class Adafactor(Excluding, keras.optimizers.Adafactor):
    """As `keras.optimizers.Adafactor`."""


@_registered
class Ftrl(Excluding, keras.optimizers.Ftrl):
    """As `keras.optimizers.Ftrl`."""


@_registered
class Lion(Excluding, keras.optimizers.Lion):
    """As `keras.optimizers.Lion`."""


@_registered
class Lamb(Excluding, keras.optimizers.Lamb):
    """As `keras.optimizers.Lamb`."""
