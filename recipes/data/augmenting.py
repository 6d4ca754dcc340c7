"""What the loader does to the examples of an epoch: nothing is kept."""

import numpy as np

from augment import Policy
from augment import checks as pictures
from augment.host import render
from augment.mix import mix
from augment.presets import Preset
from recipes import registry
from recipes.data.augmenting_texts import Texts, build_text_policy
from recipes.data.image_files import Undecoded
from recipes.data.images import in_raw_values
from recipes.errors import RecipeError
from recipes.resolve import resolve


def build_steps(recipe, data):
    """Return the steps of a recipe's augmentation, presets written out."""
    size, channels = network_size(recipe, data), data.input_shape[-1]
    steps = []
    for part in recipe.augmentation:
        built = registry.build("augmentation", part)
        if isinstance(built, Preset):
            steps += built.steps(channels, size)
        elif getattr(built, "height", size) is None:  # a crop
            sides = {"height": size[0], "width": size[1]}
            steps.append(type(built)(**{**built.get_config(), **sides}))
        else:
            steps.append(built)
    return steps


def network_size(recipe, data):
    """Return (height, width) of what the network sees."""
    return resolve(recipe, image_shape=data.input_shape[:2]).image_size


def resizes(recipe, data):
    """Whether augmented images come at another size than the raw ones.

    One resampling does both: a tiny picture turned at its own size would lose
    more than one that is enlarged as it is turned.
    """
    if not recipe.augmentation or data.features != "image":
        return False
    return tuple(network_size(recipe, data)) != tuple(data.input_shape[:2])


def build_policy(recipe, data):
    """Return the policy of a resolved recipe, or None without augmentation.

    Args:
        recipe: A recipe.
        data: Images.

    Raises:
        RecipeError: For steps that do not fit the data or each other.
    """
    if not recipe.augmentation:
        return None
    steps = build_steps(recipe, data)
    try:
        height, width = network_size(recipe, data)
        policy = Policy(
            steps,
            height=height,
            width=width,
            fill_mode=recipe.augmentation_fill_mode,
        )
        size = np.array([data.input_shape[:2]], "float32")
        policy.draw(size, data.input_shape[:2], seed=0, epoch=0, indices=[0])
    except ValueError as error:
        raise RecipeError(f"`augmentation`: {error}") from error
    return policy


class Pictures:
    """Augments images of the training split on the host.

    Args:
        policy: An `augment.Policy`.
        seed: Decides, with the epoch and the index, what each image gets.
        scale: What raw values are multiplied with to lie in [0, 1].
    """

    def __init__(self, policy, seed, scale):
        self.policy, self.seed, self.scale = policy, seed, scale
        self.crops = crops(policy)

    @property
    def looks_ahead(self):
        """Whether a batch needs one image more: the partner of its last."""
        return self.policy.mixes

    def read(self, split, positions):
        """Return raw images; for a crop of files the originals, undecoded.

        The crop is the same, and sees more in the original.
        """
        if self.crops and hasattr(split.source, "originals"):
            return split.source.originals(split.rows[positions])
        return split.read(positions)

    def __call__(self, images, targets, epoch, indices):
        """Return (images, targets), one fewer if it looks ahead.

        Args:
            images: As `read` gives them.
            targets: Rows of floats.
            epoch: Whole number from 0.
            indices: Which examples they are, for the draw.
        """
        kind = getattr(images, "dtype", np.uint8)
        if kind != np.uint8:
            images = np.clip(images.astype("float32") * self.scale, 0, 1)
        if isinstance(images, Undecoded):
            sizes, output = images.squashed()
        else:
            sizes, output = pictures.sizes(images)
        drawn, _ = self.policy.draw(
            sizes, output, seed=self.seed, epoch=epoch, indices=indices
        )
        images = rendered(images, drawn, self.policy)
        if self.looks_ahead:
            last = len(images) - 1
            partners = np.minimum(np.arange(len(images)) + 1, last)
            images, targets = mix(images, targets, drawn, partners)
            images, targets = images[:last], targets[:last]
        if kind != np.uint8:
            images = in_raw_values(images, self.scale, kind)
        return images, targets


def rendered(images, drawn, policy):
    """Return images as drawn; originals for the size that data has of them."""
    if isinstance(images, Undecoded):
        sizes, _ = images.squashed()
        drawn.rescale((images.sizes / sizes)[:, ::-1])
        images.reduced = reductions(drawn.scale(), images.sizes)
        drawn.rescale(1 / np.stack([images.reduced] * 2, axis=1))
    return render(images, drawn, policy)


def crops(policy):
    """Whether a policy enlarges a part of the picture."""
    return any(hasattr(step, "height") for step in policy.steps)


def reductions(scale, sizes):
    """Return the power of two, 1 to 8, that leaves a scale of at least 1.

    Args:
        scale: Input pixels per output pixel, of shape (n,).
        sizes: (height, width) of the inputs: each side keeps a pixel.

    >>> reductions(np.array([0.5, 1.9, 5.0, 9.0]), np.full((4, 2), 9)).tolist()
    [1, 1, 4, 8]
    """
    most = np.minimum(scale, np.min(sizes, axis=1))
    levels = np.floor(np.log2(np.clip(most, 1, 8)))
    return (2**levels).astype(int)


class OnDevice:
    """Leaves images as they are, and says what the device is to draw.

    Args:
        policy: An `augment.Policy` that mixes no images.
    """

    looks_ahead = False

    def __init__(self, policy):
        self.policy = policy

    def __call__(self, images, targets, epoch, indices):
        """Return ({"raw": images, "draws": (epoch, index)}, targets)."""
        draws = np.stack([np.full(len(indices), epoch), indices], axis=1)
        return {"raw": images, "draws": draws.astype("int32")}, targets

    @staticmethod
    def undrawn(images):
        """Return the inputs for images that nothing is drawn for."""
        draws = np.zeros((len(images), 2), "int32")
        return {"raw": images, "draws": draws}


def augmenter(recipe, data, vectorization=None):
    """Return what the loader calls for each batch, or None.

    Args:
        recipe: A recipe.
        data: Checked data.
        vectorization: For texts, the layer that makes their tokens.
    """
    if not recipe.augmentation:
        return None
    if data.features == "text":
        return Texts(build_text_policy(recipe), recipe.seed, vectorization)
    if recipe.augmentation_device == "device":
        return OnDevice(build_policy(recipe, data))
    return Pictures(build_policy(recipe, data), recipe.seed, data.value_scale)


def choose_renderer(recipe, data, accelerated):
    """Return the recipe with `augmentation_device` said.

    Args:
        recipe: A recipe.
        data: Checked data.
        accelerated: Whether the device is a GPU or the like.

    Raises:
        RecipeError: For `"device"` with what only the host does.
    """
    chosen = recipe.augmentation_device
    if not recipe.augmentation:
        return recipe.replace(
            augmentation_device="host" if chosen == "auto" else chosen
        )
    images = data.features == "image"
    policy = build_policy(recipe, data) if images else None
    able = images and not policy.mixes
    # A crop of files sees the originals, which only the host has.
    files = images and hasattr(data.train.source, "originals")
    host_is_better = files and crops(policy)
    if chosen == "auto":
        device = able and accelerated and not host_is_better
        chosen = "device" if device else "host"
    if chosen == "device" and not able:
        names = ", ".join(part.name for part in recipe.augmentation)
        why = "mixes images with those of other batches"
        raise RecipeError(
            "`augmentation_device` must be 'host' or 'auto' for the "
            f"augmentation {names}, which {why if images else 'is of texts'}. "
            "Received: 'device'"
        )
    return recipe.replace(augmentation_device=chosen)
