"""Recipes for images."""

from recipes.defaults import DEFAULTS
from recipes.fields import check_names
from recipes.recipe import Recipe


def image_classifier(**fields):
    """Classify images with a convolutional network trained from scratch.

    Small, fast and hard to break: five 3×3 convolutions with batch
    normalization before each activation, AdamW with warm-up and cosine.
    Use it for small images and some hundreds of examples or more.

    Args:
        **fields: Any field of `Recipe`, by name; the others keep this
            recipe's values (`recipes show image_classifier` prints them).

    Returns:
        A `Recipe`.

    Raises:
        RecipeError: For a misspelt field or an illegal value.

    Measured: `recipes fit digits`, seeds 0, 1, 2, two cores, TensorFlow: test
    accuracy 0.9972, 0.9972, 0.9972, 15 s each. With `--set
    augmentation=standard --epochs 60`, seeds 0 to 4: 1.0000, 0.9972, 1.0000,
    0.9944, 1.0000; without augmentation 0.9972 three times, 0.9889, 0.9917.

    Example:

    >>> import recipes
    >>> recipes.image_classifier(dropout=0.2).network.name
    'cnn'
    """
    check_names(fields)
    return Recipe(
        **{"task": "image_classifier", **DEFAULTS["image_classifier"], **fields}
    )


def image_regressor(**fields):
    """Predict one or more numbers from images, with a network from scratch.

    As `image_classifier`, but for what can be counted or measured in a
    picture. Targets are standardized for training; the model predicts in
    their own units. `image_fine_tuner(…, task="image_regressor")` puts a head
    on a pretrained backbone in its place. An augmentation must not change the
    number: no turning, where an angle is asked for.

    Args:
        **fields: Any field of `Recipe`, by name; the others keep this
            recipe's values (`recipes show image_regressor` prints them).

    Returns:
        A `Recipe`.

    Raises:
        RecipeError: For a misspelt field or an illegal value.

    Measured: the 1,797 digits, enlarged to 32×32 and each turned by up to 45
    degrees; how far? Seeds 0, 1, 2, two busy cores, TensorFlow: test R² 0.974,
    0.983, 0.979 (off by 3 degrees on average), 55 to 87 s; on glyphnet 0.983,
    0.986, 0.980, 20 to 35 s. With 100 to train on 0.918, 0.764, 0.928; on
    glyphnet with `"full"` 0.886, 0.894, 0.871.

    Example:

    >>> import recipes
    >>> model = recipes.image_regressor().build((32, 32, 1), num_outputs=2)
    >>> model.output_shape
    (None, 2)
    """
    check_names(fields)
    return Recipe(
        **{"task": "image_regressor", **DEFAULTS["image_regressor"], **fields}
    )
