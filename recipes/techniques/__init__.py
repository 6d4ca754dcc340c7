"""What Keras lacks: one technique a file, each a plain Keras object.

Importing this package registers them with Keras, so that
`keras.saving.load_model` finds them in a file of your own, such as a
`ModelCheckpoint`.
"""

from recipes.techniques.half_l2 import HalfL2
from recipes.techniques.schedules import OneCycle
from recipes.techniques.weight_decay import SGDW, AdamW

__all__ = ["SGDW", "AdamW", "HalfL2", "OneCycle"]
