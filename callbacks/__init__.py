"""Keras callbacks that Keras lacks: usable alone with `model.fit`.

>>> import callbacks
>>> callbacks.__all__[:3]
['AveragedWeights', 'Checkpoint', 'EarlyStopping']
"""

from callbacks.averaged_weights import AveragedWeights
from callbacks.checkpoint import Checkpoint
from callbacks.early_stopping import EarlyStopping
from callbacks.learning_rate_history import LearningRateHistory
from callbacks.progress import Progress, SteadyConsole, StepProgress

__all__ = [
    "AveragedWeights",
    "Checkpoint",
    "EarlyStopping",
    "LearningRateHistory",
    "Progress",
    "SteadyConsole",
    "StepProgress",
]
