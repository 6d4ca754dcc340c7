"""A policy as a Keras layer, rendered on the device."""

import keras
import numpy as np
from keras import ops

from augment import limits
from augment.device import mix, render
from augment.drawn import Drawn
from augment.policy import Policy


@keras.saving.register_keras_serializable(package="recipes")
class AugmentLayer(keras.layers.Layer):
    """Augment while training, inside the model; `policy.as_layer()` makes it.

    An image gets what the policy draws for (seed, epoch 0, index), its index
    being the number of images seen before. This number is saved with the
    model, so that a resumed run goes on as if it had not stopped; it starts
    anew after 2**32 images.

    Predicting leaves images as they are; where the policy gives them another
    size, the largest box of this shape in the middle is scaled to it.

    Args:
        policy: The `Policy`.
        seed: Whole number from 0.
        value_range: (lower, upper) of the values of float images, which
            need it: (0, 255), or (0, 1) behind a `Rescaling(1 / 255)`. What
            training makes of them stays within. uint8 is always 0 to 255.
        **kwargs: As of `keras.layers.Layer`.

    Shapes: images `(batch, height, width, channels)`, uint8 or floats, with
    1 or 3 channels; or `{"images": …, "labels": …}` with labels `(batch,
    classes)`, which a policy that mixes needs while training. The same comes
    out. It computes in float32, whatever the precision of the model.

    Raises:
        ValueError: For images or labels that do not fit.

    Example:

    >>> from augment import RandomFlip
    >>> layer = Policy([RandomFlip()]).as_layer(seed=1)
    >>> images = np.zeros((8, 32, 32, 3), "uint8")
    >>> tuple(layer(images, training=True).shape)
    (8, 32, 32, 3)
    """

    def __init__(self, policy, seed=0, value_range=None, **kwargs):
        if not isinstance(policy, Policy):
            raise ValueError(
                f"AugmentLayer: `policy` must be a Policy. Received: {policy!r}"
            )
        super().__init__(autocast=False, **kwargs)
        self.policy = policy
        self.seed = limits.whole("AugmentLayer", "seed", seed, 0, 2**64 - 1)
        self.value_range = None if value_range is None else _range(value_range)
        self.seen = self.add_weight(
            name="seen", dtype="uint32", initializer="zeros", trainable=False
        )

    def call(self, inputs, training=None):
        images, labels = self._parted(inputs, training)
        kind = images.dtype
        if images.shape[0] == 0:  # which not every operation takes
            shape = self.compute_output_shape(tuple(images.shape))
            none = ops.zeros(shape, kind)
            return {**inputs, "images": none} if images is not inputs else none
        if training:
            drawn = self._draw(images)
        else:
            drawn = self._middle(images)
        if not training and not drawn.moves:
            return inputs
        images = render(
            self._unit(images),
            drawn,
            self.policy.fill_mode,
            self.policy.fill_value,
            self.policy.interpolation,
        )
        if training and self.policy.mixes:
            images, labels = mix(images, labels, drawn)
        images = self._ranged(images, kind)
        if not isinstance(inputs, dict):
            return images
        rows = {} if labels is None else {"labels": labels}
        return {**inputs, "images": images, **rows}

    def compute_output_shape(self, input_shape):
        if isinstance(input_shape, dict):
            images = self.compute_output_shape(input_shape["images"])
            return {**input_shape, "images": images}
        size = self.policy.output(input_shape[1:3])
        return (input_shape[0], *size, input_shape[3])

    def compute_output_spec(self, inputs, training=None):
        images, _ = self._parted(inputs, training)
        shape = self.compute_output_shape(images.shape)
        images = keras.KerasTensor(shape, dtype=images.dtype)
        if not isinstance(inputs, dict):
            return images
        # New ones: a model finds its way from outputs to inputs by them.
        rest = {
            k: keras.KerasTensor(v.shape, v.dtype) for k, v in inputs.items()
        }
        return {**rest, "images": images}

    def get_config(self):
        return {
            **super().get_config(),
            "policy": self.policy.get_config(),
            "seed": self.seed,
            "value_range": self.value_range and list(self.value_range),
        }

    @classmethod
    def from_config(cls, config):
        policy = Policy.from_config(config["policy"])
        return cls(**{**config, "policy": policy})

    def _parted(self, inputs, training):
        """Return (images, labels or None), or say what does not fit."""
        images, labels = inputs, None
        if isinstance(inputs, dict):
            if "images" not in inputs:
                raise ValueError(
                    'AugmentLayer: a dict must hold "images", and "labels" to '
                    f"be mixed. Received: {sorted(inputs)}"
                )
            images, labels = inputs["images"], inputs.get("labels")
        shape = tuple(images.shape)
        fits = len(shape) == 4 and shape[-1] in (1, 3) and None not in shape[1:]
        kind = keras.backend.standardize_dtype(images.dtype)
        if not fits or not (kind == "uint8" or "float" in kind):
            raise ValueError(
                "AugmentLayer: images must be uint8 or floats of shape "
                "(batch, height, width, channels) with known sides and 1 or "
                f"3 channels. Received: {kind} of shape {shape}"
            )
        if kind != "uint8" and self.value_range is None:
            # A wrong guess would make them black or white, without a word.
            raise ValueError(
                "AugmentLayer: float images need their range: as_layer("
                "value_range=(0, 255)), or (0, 1) behind a Rescaling(1 / 255);"
                f" uint8 images need none. Received: {kind}, value_range=None"
            )
        if self.policy.mixes and (training or labels is not None):
            self._check_labels(labels)
        return images, labels

    def _check_labels(self, labels):
        if labels is None:
            raise ValueError(
                "AugmentLayer: a policy that mixes images mixes their labels "
                'too: pass {"images": …, "labels": …}. Received: images alone'
            )
        kind = keras.backend.standardize_dtype(labels.dtype)
        if len(labels.shape) != 2 or "float" not in kind:
            raise ValueError(
                "AugmentLayer: labels to be mixed must be floats of shape "
                "(batch, classes), as keras.ops.one_hot has them. Received: "
                f"{kind} of shape {tuple(labels.shape)}"
            )

    def _unit(self, images):
        """Return uint8, or float32 in [0, 1]."""
        if _whole(images.dtype):
            return images
        lower, upper = self.value_range
        return (ops.cast(images, "float32") - lower) / (upper - lower)

    def _ranged(self, images, kind):
        """Return images of a type, within the range of values."""
        if _whole(kind):
            return images
        lower, upper = self.value_range
        return ops.cast(images * (upper - lower) + lower, kind)

    def _draw(self, images):
        count = ops.shape(images)[0]
        indices = ops.cast(ops.arange(count), "uint32") + self.seen
        self.seen.assign(self.seen + ops.cast(count, "uint32"))
        return self.policy.draw(
            _sizes(images),
            tuple(images.shape[1:3]),
            seed=self.seed,
            epoch=0,
            indices=indices,
            xp=ops,
        )[0]

    def _middle(self, images):
        size = tuple(images.shape[1:3])
        drawn, output = Drawn(_sizes(images), size, ops), None
        output = tuple(self.policy.output(size))
        if output != size:
            side = min(size[0] / output[0], size[1] / output[1])
            height, width = side * output[0], side * output[1]
            left, top = (size[1] - width) / 2, (size[0] - height) / 2
            drawn.crop(
                *(drawn.one * x for x in (left, top, width, height)), output
            )
        return drawn


def _sizes(images):
    size = np.array([images.shape[1:3]], "float32")
    zero = ops.zeros((ops.shape(images)[0], 1), dtype="float32")
    return zero + size


def _whole(kind):
    return keras.backend.standardize_dtype(kind) == "uint8"


def _range(given):
    pair = isinstance(given, tuple | list) and len(given) == 2
    if pair and all(isinstance(end, int | float) for end in given):
        if -np.inf < given[0] < given[1] < np.inf:
            return tuple(given)
    raise ValueError(
        "AugmentLayer: `value_range` must be (lower, upper) of float images: "
        f"(0, 255), (0, 1) or another. Received: {given!r}"
    )
