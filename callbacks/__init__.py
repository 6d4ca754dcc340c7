"""Keras callbacks that Keras lacks: usable alone with `model.fit`.

>>> import callbacks
>>> callbacks.__all__[:3]
['EarlyStopping', 'LearningRateHistory', 'Progress']
"""

from callbacks.early_stopping import EarlyStopping
from callbacks.learning_rate_history import LearningRateHistory
from callbacks.progress import Progress, SteadyConsole, StepProgress

__all__ = [
    "EarlyStopping",
    "LearningRateHistory",
    "Progress",
    "SteadyConsole",
    "StepProgress",
]
