"""Keras callbacks that Keras lacks: usable alone with `model.fit`.

>>> import callbacks
>>> callbacks.__all__
['EarlyStopping', 'LearningRateHistory', 'Progress', 'StepProgress']
"""

from callbacks.early_stopping import EarlyStopping
from callbacks.learning_rate_history import LearningRateHistory
from callbacks.progress import Progress, StepProgress

__all__ = [
    "EarlyStopping",
    "LearningRateHistory",
    "Progress",
    "StepProgress",
]
