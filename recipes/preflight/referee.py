"""The network that judges pictures: one that stands a shift or a turn."""

from recipes.part import Part
from recipes.preflight.bench import Bench
from recipes.preflight.course import STEPS

NETWORK = Part("cnn", filters=((32, 32), (64, 64), (128,)))
NORMALIZATION = Part("batch_normalization")
LONGEST = 64  # pixels of a side that it sees


def referee(bench):
    """Return a bench whose short training is done, with a convolutional net.

    A dense network takes a digit that is moved by two pixels for another. So
    pictures are judged by the network of `image_classifier`, on images of at
    most 64 pixels, after 60 steps without augmentation: the recipe's own where
    it is that, else one that is built for it.

    Args:
        bench: The `Bench`, after its short training.
    """
    given = bench.given
    same = given.network == NETWORK and given.normalization == NORMALIZATION
    if same and max(bench.recipe.image_size) <= LONGEST:
        return bench
    other = Bench(as_referee(given, bench.recipe.image_size), bench.data)
    other.losses(other.batches(), STEPS)
    return other


def as_referee(given, size):
    """Return a recipe with the referee's network.

    Args:
        given: An image recipe.
        size: (height, width) that its own network sees.

    Example:

    >>> import recipes
    >>> as_referee(recipes.image_classifier(), (128, 96)).image_size
    (64, 48)
    """
    part = min(1.0, LONGEST / max(size))
    from_scratch = {"image_fine_tuner": "image_classifier"}
    return given.replace(
        task=from_scratch.get(given.task, given.task),
        network=NETWORK,
        normalization=NORMALIZATION,
        normalization_placement="pre",
        normalization_statistics=None,
        activation=Part("relu"),
        kernel_initializer="auto",
        backbone=None,
        strategy=None,
        preprocessing=Part("standardization"),
        image_size=tuple(max(16, round(side * part)) for side in size),
        optimizer=Part("adamw", learning_rate=3e-3),
        batch_size=max(32, given.batch_size),
        epochs=1,
    )
