"""Saving and loading models, on JAX without importing TensorFlow."""

import json

# Registers what a saved model may hold of ours.
import recipes.backbones.preprocessing
import recipes.techniques
import recipes.transfer.frozen_statistics  # noqa: F401
from recipes import registry
from recipes.errors import RunError
from recipes.quiet import tensorflow_unasked
from recipes.safety import config, model_file
from recipes.safety.refused import RefusedError


def save_model(model, path):
    """Write a model as a `.keras` file."""
    with tensorflow_unasked():
        model.save(path)


def unloadable(model):
    """Say in a line, in a list, why a model's file will not be loaded again."""
    try:
        with tensorflow_unasked():
            text = model.to_json()
        config.check(json.loads(text), registry.custom_objects())
    except RefusedError as error:
        return [
            f"note model.keras will be written, but `load_run` will not take "
            f"it: {error}. Make it a layer of your own, with "
            "@keras.saving.register_keras_serializable()"
        ]
    except Exception:  # what has no configuration is said when it is saved
        return []
    return []


def load_model(path):
    """Read a `.keras` file, which may come from anyone; no code in it is run.

    Raises:
        RunError: Naming the file that is missing, damaged or refused.
    """
    try:
        with tensorflow_unasked():
            return model_file.load(path)
    except RefusedError as error:
        raise RunError(
            f"{path} is refused: {error}. Take a file that this library, or "
            "model.save('….keras'), has written; own objects in it have to be "
            "registered first: recipes.register(kind, name, builder), a layer "
            "with @keras.saving.register_keras_serializable()."
        ) from error
    except Exception as error:  # Keras raises many types for a damaged file
        words = " ".join(str(error).split())[:300]
        raise RunError(
            f"{path} cannot be loaded. It is damaged, or holds an object of "
            "your own, which has to be registered first: recipes.register, or "
            "for a layer @keras.saving.register_keras_serializable(). Keras "
            f"says: {words}"
        ) from error
