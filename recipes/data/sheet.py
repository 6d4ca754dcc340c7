"""A contact sheet of a recipe's augmentation on its data."""

from numbers import Integral

import numpy as np

from augment import show
from recipes.data import load
from recipes.data.augmenting import Pictures, build_policy, rendered
from recipes.data.image_files import Undecoded
from recipes.data.order import earlier
from recipes.errors import RecipeError
from recipes.resolve import target_of


def contact_sheet(recipe, spec, *, images=6, epochs=4):
    """Return a figure: originals, several epochs, the drawn parameters.

    Args:
        recipe: An image recipe with an augmentation.
        spec: A data spec, see `recipes.data.load`.
        images: Rows, at least 1: of the training split the first image of
            each class (or set of labels), then the second of each, and so on.
            The split is drawn by the recipe's seed, and so are they. Crops
            are cut out of the files themselves, as in a fit.
        epochs: Columns, at least 1.

    Raises:
        DataError: For data that is no images.
        RecipeError: For no augmentation or one that does not fit them, or a
            number of rows or columns that is no whole number from 1 to 100.
    """
    for name, value in (("images", images), ("epochs", epochs)):
        whole = isinstance(value, Integral) and not isinstance(value, bool)
        if not whole or not 1 <= value <= 100:
            raise RecipeError(
                f"`{name}` must be a whole number from 1 to 100. "
                f"Received: {value!r}"
            )
    if not recipe.augmentation:
        raise RecipeError(
            "`augmentation` must be given, for a contact sheet shows what it "
            "does: recipe.replace(augmentation='standard'). "
            f"Received: {recipe.augmentation!r}"
        )
    data = load(
        spec,
        features="image",
        target=target_of(recipe),
        image_size=recipe.image_size,
        validation_split=recipe.validation_split,
        test_split=recipe.test_split,
        seed=recipe.seed if recipe.split_seed is None else recipe.split_seed,
    )
    policy = build_policy(recipe, data)
    rows = of_each_class(data.train.labels)[:images]
    raw = data.train.read(rows)
    if raw.dtype != np.uint8:
        raw = np.clip(raw.astype("float32") * data.value_scale, 0, 1)
    seen = Pictures(policy, recipe.seed, data.value_scale)

    def as_trained(_, drawn, policy):
        given = seen.read(data.train, rows)
        given = given if isinstance(given, Undecoded) else raw
        return rendered(given, drawn, policy)

    drawing = {"indices": rows, "epochs": epochs, "seed": recipe.seed}
    return show(policy, raw, renderer=as_trained, **drawing)


def of_each_class(labels):
    """Return the places of the first of each class, the second of each, ….

    Args:
        labels: Class numbers (n,), or label rows (n, labels), of which each
            set of labels counts as a class.

    >>> of_each_class(np.array([7, 7, 7, 2, 2, 5])).tolist()
    [0, 3, 5, 1, 4, 2]
    """
    kinds = np.unique(labels, axis=0, return_inverse=True)[1].reshape(-1)
    return np.argsort(earlier(kinds), kind="stable")
