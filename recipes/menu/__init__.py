"""The menu: every built-in technique, one line each.

A row is `name: (target, one line, our defaults)`. Targets are our own, read
only from here: a recipe can name a row, never an import path. They are text
so that listing the menu loads neither Keras nor TensorFlow. Defaults are given
only where ours differ from the target's own, and the line says so.
"""

from recipes.menu.augmentation import AUGMENTATIONS
from recipes.menu.backbones import BACKBONES
from recipes.menu.data import METRICS, PREPROCESSINGS
from recipes.menu.layers import (
    ACTIVATIONS,
    NETWORKS,
    NORMALIZATIONS,
    POOLINGS,
)
from recipes.menu.strategies import STRATEGIES
from recipes.menu.training import (
    EARLY_STOPPING,
    OPTIMIZERS,
    SCHEDULES,
    WEIGHT_AVERAGES,
)
from recipes.menu.weights import INITIALIZERS, REGULARIZERS

MENU = {
    "network": NETWORKS,
    "backbone": BACKBONES,
    "strategy": STRATEGIES,
    "activation": ACTIVATIONS,
    "initializer": INITIALIZERS,
    "normalization": NORMALIZATIONS,
    "pooling": POOLINGS,
    "regularizer": REGULARIZERS,
    "optimizer": OPTIMIZERS,
    "schedule": SCHEDULES,
    "early_stopping": EARLY_STOPPING,
    "weight_average": WEIGHT_AVERAGES,
    "preprocessing": PREPROCESSINGS,
    "augmentation": AUGMENTATIONS,
    "metric": METRICS,
}
