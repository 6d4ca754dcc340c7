"""Keras callbacks that Keras lacks: usable alone with `model.fit`.

>>> import callbacks
>>> callbacks.__all__[:3]
['ActivationMonitor', 'AveragedWeights', 'Checkpoint']
"""

from callbacks.activation_monitor import ActivationMonitor
from callbacks.averaged_weights import AveragedWeights
from callbacks.checkpoint import Checkpoint
from callbacks.early_stopping import EarlyStopping
from callbacks.gradient_monitor import GradientMonitor
from callbacks.learning_rate_history import LearningRateHistory
from callbacks.progress import Progress, SteadyConsole, StepProgress
from callbacks.terminate_on_non_finite import (
    NonFiniteError,
    TerminateOnNonFinite,
)
from callbacks.written import CheckpointError

__all__ = [
    "ActivationMonitor",
    "AveragedWeights",
    "Checkpoint",
    "CheckpointError",
    "EarlyStopping",
    "GradientMonitor",
    "LearningRateHistory",
    "NonFiniteError",
    "Progress",
    "SteadyConsole",
    "StepProgress",
    "TerminateOnNonFinite",
]
