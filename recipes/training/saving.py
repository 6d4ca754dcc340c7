"""Saving and loading models, on JAX without importing TensorFlow."""

import keras

# Registers what a saved model may hold of ours.
import recipes.backbones.preprocessing
import recipes.techniques
import recipes.transfer.frozen_statistics  # noqa: F401
from recipes import registry
from recipes.errors import RunError
from recipes.quiet import tensorflow_unasked


def save_model(model, path):
    """Write a model as a `.keras` file."""
    with tensorflow_unasked():
        model.save(path)


def load_model(path):
    """Read a `.keras` file; no code in it is run.

    Raises:
        RunError: Naming the file that is missing, damaged or refused.
    """
    try:
        with tensorflow_unasked():
            return keras.saving.load_model(path, registry.custom_objects())
    except Exception as error:  # Keras raises many types for a damaged file
        words = " ".join(str(error).split())[:300]
        raise RunError(
            f"{path} cannot be loaded. It is damaged, or holds an object of "
            "your own, which has to be registered first: recipes.register("
            f"kind, name, builder). Keras says: {words}"
        ) from error
