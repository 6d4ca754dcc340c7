"""The arguments of `load`: refused before anything is read."""

from numbers import Integral, Real

from recipes.errors import DataError
from recipes.tasks import FEATURES


def check(
    features,
    target,
    image_size,
    validation_split,
    test_split,
    seed,
    channels=None,
):
    """Refuse arguments that `load` cannot follow.

    Raises:
        DataError: Naming the argument.
    """
    _refuse_unless(
        features in (None, *FEATURES),
        "features",
        features,
        f"{', '.join(map(repr, FEATURES))} or None",
    )
    _refuse_unless(
        target in (None, "class", "labels", "number"),
        "target",
        target,
        "'class', 'labels', 'number' or None",
    )
    _refuse_unless(
        image_size in (None, "auto") or _is_size(image_size),
        "image_size",
        image_size,
        "(height, width) in pixels, two whole numbers of at least 1, or 'auto'",
    )
    _refuse_unless(
        channels is None or (_is_whole(channels, 1) and channels in (1, 3)),
        "channels",
        channels,
        "1 (gray), 3 (RGB), or None to tell from the images",
    )
    for name, value in (
        ("validation_split", validation_split),
        ("test_split", test_split),
    ):
        _refuse_unless(
            isinstance(value, Real) and 0 < value < 1,
            name,
            value,
            "a fraction of all rows, above 0 and below 1",
        )
    _refuse_unless(
        validation_split + test_split < 1,
        "validation_split + test_split",
        validation_split + test_split,
        "a sum below 1, so that something is left to train on",
    )
    _refuse_unless(_is_whole(seed, 0), "seed", seed, "a whole number from 0")


def _is_whole(value, least):
    real = isinstance(value, Integral) and not isinstance(value, bool)
    return real and value >= least


def _is_size(value):
    pair = isinstance(value, (tuple, list)) and len(value) == 2
    return pair and all(_is_whole(side, 1) for side in value)


def _refuse_unless(right, name, value, expected):
    if not right:
        raise DataError(f"{name}={value!r}", expected, f"change {name}")
