"""Predictions averaged over several views of each image."""

import numpy as np

from augment.views import VIEWS, views
from recipes.data.images import in_raw_values
from recipes.data.loader import evaluation_batch_size
from recipes.errors import DataError, suggest


def check_views(run, name):
    """Refuse views that do not exist, or of what is no image.

    Raises:
        DataError: With the legal names.
    """
    if not isinstance(name, str) or name not in VIEWS:
        raise DataError(
            f"views={name!r}",
            f"one of {', '.join(VIEWS)}, or None",
            suggest(name, VIEWS).strip() or "name one of these",
        )
    features = run.environment["data"]["features"]
    if features != "image":
        raise DataError(f"views of a {features}", "images", "leave views out")


def predict_views(model, split, name, scale):
    """Return the mean of the model's outputs over the views of a split.

    Args:
        model: Takes raw images.
        split: Of images.
        name: As `augment.views.views` has it.
        scale: What raw values are multiplied with to lie in [0, 1].
    """
    size = evaluation_batch_size(len(split), int(np.prod(split.source.shape)))
    return np.concatenate(
        [_mean(model, raw, name, scale) for raw in split.chunks(size)]
    )


def _mean(model, raw, name, scale):
    images = raw
    if raw.dtype != np.uint8:
        images = np.clip(raw.astype("float32") * scale, 0, 1)
    total = 0.0
    for view in views(images, name):
        if raw.dtype != np.uint8:
            view = in_raw_values(view, scale, raw.dtype)
        total = total + model.predict_on_batch(view).astype("float64")
    return total / len(VIEWS[name])
