"""Optimizers with decoupled weight decay that leaves biases and norms alone."""

import keras

from recipes.techniques.learning_rates import PerVariable

# Names of the variables that decay would only bias: offsets and scales.
EXCLUDED = ("bias", "beta", "gamma", "alpha")


class Excluding(PerVariable):
    """Mixin: keep the exclusions in the configuration.

    Keras' `exclude_from_weight_decay` is not serialized, so that after
    `load_model` biases would decay. Learning rates as of `PerVariable`.
    """

    def __init__(self, *args, exclude_from_weight_decay=EXCLUDED, **kwargs):
        if isinstance(exclude_from_weight_decay, str):
            exclude_from_weight_decay = (exclude_from_weight_decay,)
        super().__init__(*args, **kwargs)
        self.excluded = tuple(exclude_from_weight_decay)
        self.exclude_from_weight_decay(var_names=self.excluded)

    def get_config(self):
        config = super().get_config()
        config["exclude_from_weight_decay"] = list(self.excluded)
        return config


@keras.saving.register_keras_serializable(package="recipes")
class AdamW(Excluding, keras.optimizers.AdamW):
    """Adam with decoupled weight decay, without biases and norms.

    Each step: `w ← w − learning_rate · weight_decay · w`, then Adam's own
    update. Use it by default.

    Args:
        *args: As of `keras.optimizers.AdamW`.
        exclude_from_weight_decay: Parts of variable names that do not decay.
            By default biases and the scales and offsets of norms (`bias`,
            `beta`, `gamma`) and PReLU's slopes (`alpha`). `()` lets every
            variable decay.
        **kwargs: As of `keras.optimizers.AdamW`.

    Reference: Loshchilov and Hutter, 2019, arXiv:1711.05101.

    Example:

    >>> AdamW(weight_decay=0.01).get_config()["exclude_from_weight_decay"]
    ['bias', 'beta', 'gamma', 'alpha']
    """


@keras.saving.register_keras_serializable(package="recipes")
class SGDW(Excluding, keras.optimizers.SGD):
    """SGD with decoupled weight decay, without biases and norms.

    Args:
        *args: As of `keras.optimizers.SGD`.
        exclude_from_weight_decay: As of `AdamW` here.
        **kwargs: As of `keras.optimizers.SGD`.

    Reference: Loshchilov and Hutter, 2019, arXiv:1711.05101.

    Example:

    >>> round(float(SGDW(0.1, weight_decay=0.01).weight_decay), 6)
    0.01
    """
