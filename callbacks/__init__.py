"""Keras callbacks that Keras lacks: usable alone with `model.fit`.

>>> import callbacks
>>> callbacks.__all__[:3]
['AveragedWeights', 'Checkpoint', 'CheckpointError']
"""

from callbacks.averaged_weights import AveragedWeights
from callbacks.checkpoint import Checkpoint
from callbacks.early_stopping import EarlyStopping
from callbacks.learning_rate_history import LearningRateHistory
from callbacks.progress import Progress, SteadyConsole, StepProgress
from callbacks.terminate_on_non_finite import (
    NonFiniteError,
    TerminateOnNonFinite,
)
from callbacks.written import CheckpointError

__all__ = [
    "AveragedWeights",
    "Checkpoint",
    "CheckpointError",
    "EarlyStopping",
    "LearningRateHistory",
    "NonFiniteError",
    "Progress",
    "SteadyConsole",
    "StepProgress",
    "TerminateOnNonFinite",
]
