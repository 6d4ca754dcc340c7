"""Whether a sweep trains many trials as one."""

import keras

from recipes.errors import RecipeError
from recipes.tuning.search.space import close, hyperparameters
from recipes.tuning.tuner import Tuner
from recipes.tuning.vectorized.alike import why_not


def choose_tuner(vectorize, about, data, workers=None):
    """Return the class of the tuner that a sweep takes.

    Args:
        vectorize: `"auto"`: many trials as one wherever it can be; True: the
            same, and refused where the sweep has no such trial to begin
            with; False: one by one.
        about: The `Settings`.
        data: Loaded `Data`.
        workers: As of `sweep`; each worker trains one by one.

    Raises:
        RecipeError: For another value, and for True with the reason.
    """
    if vectorize != "auto" and not isinstance(vectorize, bool):
        raise RecipeError(
            "`vectorize` must be 'auto', True or False. "
            f"Received: {vectorize!r}"
        )
    if vectorize is False:
        return Tuner
    reason = _why_not(about, workers)
    if reason is None and vectorize is True:
        values = hyperparameters(about.recipe).values
        reason = why_not(close(about.recipe, values), data)
    if reason is None:
        from recipes.tuning.vectorized.tuner import TogetherTuner

        return TogetherTuner
    if vectorize is True:
        raise RecipeError(
            f"`vectorize=True`: trials cannot be trained as one: {reason}. "
            "vectorize='auto' trains one by one where it has to."
        )
    return Tuner


def _why_not(about, workers):
    """Say why no trial can be trained with others, or None."""
    if keras.backend.backend() != "jax":
        return "it needs the JAX backend: set KERAS_BACKEND=jax"
    if workers is not None:
        return "each of several workers trains one by one: leave `workers` out"
    if about.tuner == "hyperband":
        return "a trial of Hyperband goes on from an earlier trial's weights"
    return None
