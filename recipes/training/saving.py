"""Saving and loading models, on JAX without importing TensorFlow."""

import sys
from contextlib import contextmanager

import keras

# Registers what a saved model may hold of ours.
import recipes.backbones.preprocessing
import recipes.techniques
import recipes.transfer.frozen_statistics  # noqa: F401
from recipes import registry
from recipes.errors import RunError


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


@contextmanager
def tensorflow_unasked():
    """Keep Keras on another backend from importing TensorFlow.

    To learn whether an object is a TensorFlow shape, Keras' serialization
    imports TensorFlow wherever it is installed: 5 seconds, and GPU memory. A
    TensorFlow that somebody has imported already is left alone.
    """
    if keras.backend.backend() == "tensorflow" or "tensorflow" in sys.modules:
        yield
        return
    sys.modules["tensorflow"] = None  # importing it now fails at once
    try:
        yield
    finally:
        del sys.modules["tensorflow"]
        utilities = sys.modules.get("keras.src.utils.module_utils")
        asked = getattr(utilities, "tensorflow", None)
        if hasattr(asked, "_available"):
            asked._available = None  # let Keras ask again, later
