"""A contact sheet of a recipe's augmentation on its data."""

import numpy as np

from augment import show
from recipes.data import load
from recipes.data.augmenting import build_policy
from recipes.errors import RecipeError


def contact_sheet(recipe, spec, *, images=6, epochs=4):
    """Return a figure: originals, several epochs, the drawn parameters.

    Args:
        recipe: An image recipe with an augmentation.
        spec: A data spec, see `recipes.data.load`.
        images: Rows: the first images of the training split, at least 1.
        epochs: Columns, at least 1.

    Raises:
        DataError: For data that is no images.
        RecipeError: For an augmentation that does not fit them, or a number
            of rows or columns below 1.
    """
    for name, value in (("images", images), ("epochs", epochs)):
        if not 1 <= value <= 100:
            raise RecipeError(
                f"`{name}` must be a whole number from 1 to 100. "
                f"Received: {value!r}"
            )
    data = load(
        spec,
        features="image",
        image_size=recipe.image_size,
        validation_split=recipe.validation_split,
        test_split=recipe.test_split,
        seed=recipe.seed,
    )
    policy = build_policy(recipe, data)
    count = min(images, len(data.train))
    raw = data.train.read(slice(0, count))
    if raw.dtype != np.uint8:
        raw = np.clip(raw.astype("float32") * data.value_scale, 0, 1)
    return show(policy, raw, epochs=epochs, seed=recipe.seed)
