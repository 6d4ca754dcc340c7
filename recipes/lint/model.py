"""The linter for any compiled Keras model, ours or not."""

import keras
import numpy as np

from recipes.errors import RecipeError
from recipes.lint.compiled import COMPILED
from recipes.lint.statistics import foreign_statistics
from recipes.lint.structure import STRUCTURE


def lint_model(model, *, inputs=None, callbacks=()):
    """Return what is known to hurt in a compiled Keras model.

    Use it on a model of your own before `model.fit`. `recipe.fit` runs it on
    the network it trains. What a model that is written as a class hides, its
    order of layers, is not looked at.

    Args:
        model: A `keras.Model`; of one that is not compiled only the layers
            are looked at.
        inputs: Some raw examples, as one array, or None.
        callbacks: The callbacks that `model.fit` will get: a list, one, or
            None.

    Returns:
        List of `Finding`; the mends are in words.

    Raises:
        RecipeError: For anything but a `keras.Model`, for inputs that are
            no examples of its one input, and for other callbacks.

    Example:

    >>> import keras, recipes
    >>> model = keras.Sequential([keras.layers.Dense(3)])
    >>> model.compile(loss=keras.losses.CategoricalCrossentropy())
    >>> [finding.code for finding in recipes.lint_model(model)]
    ['logits-as-probabilities']
    """
    if not isinstance(model, keras.Model):
        raise RecipeError(
            "lint_model takes a keras.Model; a recipe has recipe.lint(). "
            f"Received: {model!r}"
        )
    inputs = _examples(model, inputs)
    callbacks = _as_callbacks(callbacks)
    found = [rule(model) for rule in STRUCTURE.values()]
    found.append(foreign_statistics(model, inputs))
    if model.compiled and model.optimizer is not None:
        found += [rule(model, callbacks) for rule in COMPILED.values()]
    return [finding for finding in found if finding]


def _examples(model, inputs):
    """Return examples as an array; None for texts, which no rule looks at."""
    if inputs is None:
        return None
    # A model that is not built yet has no inputs, or says so.
    shapes = [
        tuple(tensor.shape)
        for tensor in keras.tree.flatten(getattr(model, "inputs", None) or [])
    ]
    words = "(examples, …)"
    if len(shapes) == 1:
        words = str(shapes[0])
    elif shapes:
        raise RecipeError(
            "lint_model: `inputs` are the examples of a model's one input, "
            f"and this one has {len(shapes)}: leave `inputs` out."
        )
    try:
        array = np.asarray(inputs)
    except (TypeError, ValueError):
        array = np.array(None)
    if array.ndim and array.dtype.kind in "SUO":
        texts = {type(text) for text in array.ravel()} <= {str, bytes, np.str_}
        if texts:
            return None
    if array.dtype.kind not in "biuf" or not _fits(array.shape, shapes):
        shape = f", of shape {array.shape}" if array.ndim else ""
        raise RecipeError(
            "lint_model: `inputs` must be one array of raw examples, of shape "
            f"{words}: a batch, as x[:100]. Received: "
            f"{type(inputs).__name__}{shape}"
        )
    return array


def _fits(shape, shapes):
    """Whether a shape is a batch of at least one for the model's input."""
    if not shape or not shape[0]:
        return False
    return all(
        len(wanted) == len(shape)
        and all(
            w in (None, s) for w, s in zip(wanted[1:], shape[1:], strict=True)
        )
        for wanted in shapes
    )


def _as_callbacks(given):
    """Return what `model.fit` would take as a list."""
    found = [] if given is None else given
    if not isinstance(found, (list, tuple)):
        found = [found]
    if not all(isinstance(c, keras.callbacks.Callback) for c in found):
        raise RecipeError(
            "lint_model: `callbacks` must be a list of "
            f"keras.callbacks.Callback objects. Received: {given!r}"
        )
    return list(found)
