"""Glyphnet: the embedded network, pretrained on printed characters."""

import json
from pathlib import Path

import keras

from recipes.backbones.backbone import Backbone
from recipes.backbones.preprocessing import preprocessing
from recipes.backbones.weights import load_weights, origin
from recipes.errors import RecipeError

NAME = "glyphnet"
SIZE = 32  # pixels per side of what it was trained on
FOLDER = Path(__file__).parent
WEIGHTS = f"{NAME}.weights.h5"
CARD = f"{NAME}.json"
# Block, convolution in it, channels, stride, padding. The last one reads what
# is where: without padding a map of 4×4 leaves 2×2, each of most of the image.
PLAN = (
    ("stem", 1, 24, 1, "same"),
    ("stem", 2, 32, 2, "same"),
    ("block1", 1, 48, 1, "same"),
    ("block1", 2, 64, 2, "same"),
    ("block2", 1, 64, 1, "same"),
    ("block2", 2, 96, 2, "same"),
    ("block3", 1, 160, 1, "valid"),
)
MOMENTUM = 0.95  # of batch normalization: 20 steps back


def glyphnet(*, input_shape=None, weights=NAME):
    """Build the network that comes with the library, without its top.

    For small gray pictures of characters and the like. Blocks of 3×3
    convolutions, each with batch normalization and ReLU; an image of 32
    pixels becomes a map of 2×2. `recipes pretrain glyphnet` made its weights,
    on characters of matplotlib's fonts written as by hand; `card()` tells
    how, and how well.

    Args:
        input_shape: (height, width, 1) in pixels, 32 or more; None: any.
        weights: `"glyphnet"`, those that come with the library; the path of a
            file, as of `load_weights`; or None, random.

    Returns:
        A `Backbone`.

    Raises:
        RecipeError: For another number of channels, or weights that do not
            fit or are not those that were shipped.

    Example:

    >>> backbone = glyphnet(input_shape=(32, 32, 1))
    >>> backbone.model.output_shape
    (None, 2, 2, 160)
    """
    shape = tuple(input_shape or (None, None, 1))
    if (
        len(shape) != 3
        or shape[2] != 1
        or any(n and n < SIZE for n in shape[:2])
    ):
        raise RecipeError(
            "glyphnet takes gray images: `input_shape` must be (height, "
            f"width, 1) with sides of {SIZE} or more. Received: {input_shape!r}"
        )
    if weights is not None and not isinstance(weights, str):
        raise RecipeError(
            f"`weights` must be '{NAME}', the path of a file, or None. "
            f"Received: {weights!r}"
        )
    model = network(shape)
    came = {"weights": None, "sha256": None, "file": None}
    if weights == NAME:
        came = shipped(model)
    elif weights is not None:
        came = load_weights(model, weights, words=(NAME,))
    return Backbone(
        model,
        preprocessing("tf"),
        channels=1,
        minimum_size=SIZE,
        default_size=SIZE,
        blocks=tuple(
            f"^{block}_" for block in dict.fromkeys(p[0] for p in PLAN)
        ),
        origin=came,
    )


def network(shape):
    """Return the network with random weights."""
    x = inputs = keras.Input(shape, name="image")
    for block, number, channels, stride, padding in PLAN:
        name = f"{block}_{number}"
        x = keras.layers.Conv2D(
            channels,
            3,
            strides=stride,
            padding=padding,
            use_bias=False,
            kernel_initializer="he_normal",
            name=f"{name}_convolution",
        )(x)
        x = keras.layers.BatchNormalization(
            momentum=MOMENTUM, name=f"{name}_normalization"
        )(x)
        x = keras.layers.ReLU(name=f"{name}_relu")(x)
    return keras.Model(inputs, x, name=NAME)


def shipped(model, folder=FOLDER):
    """Load the weights of a folder, if they are those that its card names.

    Args:
        model: As of `network`.
        folder: Where both files are.

    Returns:
        The origin, as of `Backbone`.

    Raises:
        RecipeError: If the file is not the one that was made with the card.
    """
    file = Path(folder, WEIGHTS)
    expected = card(folder)["sha256"]
    if not file.is_file() or origin(NAME, file)["sha256"] != expected:
        raise RecipeError(
            f"{file} is missing or not what was shipped, with the hash "
            f"{expected}. Install keras-recipes again, or make the weights "
            f"anew: recipes pretrain glyphnet."
        )
    return load_weights(model, file) | {"weights": NAME}


def card(folder=FOLDER):
    """Return how the weights of a folder were made: settings, score, hash."""
    return json.loads(Path(folder, CARD).read_text("utf-8"))
