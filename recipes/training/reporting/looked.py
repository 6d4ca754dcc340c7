"""A finished model's layers on one batch, by the monitors of a fit."""

from typing import NamedTuple

import keras
import numpy as np

from callbacks import ActivationMonitor, GradientMonitor
from recipes.errors import RunError

ROWS = 128  # of a batch, at most
PIXELS = 2**22  # values of its inputs, at most


class Looked(NamedTuple):
    """What the monitors saw.

    Args:
        activations: Layer → its numbers, as of `ActivationMonitor`.
        gradients: Layer → its numbers, as of `GradientMonitor`.
        words: What they found.
        batch: What they looked at, in words.
    """

    activations: dict
    gradients: dict
    words: list
    batch: str


def look(model, part, about):
    """Return what the layers of a model give, and get, on a batch.

    The gradient is that of the reported loss, of probabilities, or of numbers
    over the deviation of their targets; without penalties of the recipe.

    Args:
        model: As `Run.model`, compiled.
        part: A `Split`.
        about: What the data was, as in environment.json.

    Raises:
        RunError: For texts, and for a model that the monitors cannot take.
    """
    if about["features"] == "text":
        raise RunError(
            "the layers of a model that takes strings are not looked at."
        )
    each = max(1, int(np.prod(part.source.shape)))
    count = max(1, min(ROWS, len(part), PIXELS // each))
    places = np.arange(count) * len(part) // count
    x = np.asarray(part.read(places), "float32")
    targets = _targets(part.labels[places], about)
    if about["target"] == "number":
        model, targets = _scaled(model, targets, part.labels.std(axis=0))
    monitors = ActivationMonitor(x), GradientMonitor(x, targets)
    for monitor in monitors:
        monitor.set_model(model)
        monitor.set_params({"steps": None})
        try:
            monitor.on_train_begin()
            monitor.on_epoch_end(0)
            monitor.on_train_end()
        except (NotImplementedError, ValueError) as error:
            raise RunError(
                f"the layers cannot be looked at: {error}"
            ) from error
    words = [each["words"] for monitor in monitors for each in monitor.findings]
    found = [monitor.records[-1]["layers"] for monitor in monitors]
    batch = f"{count} of {len(part)} rows of the {part.role} split"
    return Looked(*found, words, batch)


def _scaled(model, targets, deviation):
    """Return a model whose outputs are over the deviation, and targets too.

    The gradient of a loss in own units says nothing beside the weights.
    """
    by = np.where(deviation > 0, deviation, 1.0).astype("float32")
    scaled = keras.Model(model.inputs[0], model.outputs[0] / by)
    scaled.compile(loss="mse")
    return scaled, targets / by


def _targets(labels, about):
    """Return what the saved model's loss compares with."""
    if about["target"] != "class":
        return np.asarray(labels, keras.config.floatx())
    if len(about["class_names"]) == 2:
        return np.asarray(labels, "float32")[:, None]
    return np.asarray(labels, "int32")
