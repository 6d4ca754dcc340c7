"""What Keras lacks: one technique a file, each a plain Keras object.

Importing this package imports every file in it and so registers them with
Keras: `keras.saving.load_model` finds them in a file of your own, such as a
`ModelCheckpoint`.
"""

import importlib
import pkgutil

from recipes.techniques.dirac_delta import DiracDelta
from recipes.techniques.drop_connect import DropConnectConv2D, DropConnectDense
from recipes.techniques.fractional_max_pooling import FractionalMaxPooling2D
from recipes.techniques.half_l2 import HalfL2
from recipes.techniques.masked_pooling import (
    MaskedAveragePooling1D,
    MaskedMaxPooling1D,
)
from recipes.techniques.maxout import Maxout
from recipes.techniques.schedules import OneCycle
from recipes.techniques.sine_positions import SinePositions
from recipes.techniques.stochastic_depth import StochasticDepth, linear_rates
from recipes.techniques.weight_decay import SGDW, AdamW

__all__ = [
    "SGDW",
    "AdamW",
    "DiracDelta",
    "DropConnectConv2D",
    "DropConnectDense",
    "FractionalMaxPooling2D",
    "HalfL2",
    "MaskedAveragePooling1D",
    "MaskedMaxPooling1D",
    "Maxout",
    "OneCycle",
    "SinePositions",
    "StochasticDepth",
    "linear_rates",
]

for _file in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_file.name}")
