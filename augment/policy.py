"""Policy: several steps, carried out as one."""

import numpy as np

from augment import checks, limits
from augment.config import from_plain, to_plain
from augment.counter import uniforms
from augment.drawn import Drawn
from augment.host import render
from augment.mix import mix, one_hot, places
from augment.resample import FILL_MODES
from augment.step import Arguments, Step


class Policy(Arguments):
    """Steps in a row: what each image gets is drawn, composed, carried out.

    Whatever the number of steps, an image is resampled once, its colors go
    through one matrix (and at most one table) and are clipped once. So the
    order is: geometry, as written; color, as written; tables; sharpness;
    erasing; mixing.

    What an image gets is a pure function of (seed, epoch, index): not of the
    other images, the batch size, the number of threads or the process. Only a
    mixing step also looks at a partner.

    Args:
        steps: List of steps, such as `augment.RandomFlip("horizontal")`.
        height: Of what comes out, pixels; None: as the last crop has it, or
            the images.
        width: Of what comes out, pixels; None: as the height's None.
        fill_mode: What lies outside the picture: `"reflect"` (mirrored at
            the edge), `"nearest"` (the edge goes on), `"wrap"`, or
            `"constant"`.
        fill_value: For `"constant"`, in [0, 1]: 0 is black.
        interpolation: `"bilinear"` (antialiased where the picture shrinks) or
            `"nearest"`.

    Raises:
        ValueError: For an argument out of range.

    Example:

    >>> from augment import RandomFlip, RandomRotation
    >>> policy = Policy([RandomFlip("horizontal"), RandomRotation(15 / 360)])
    >>> images = np.zeros((8, 32, 32, 3), "uint8")
    >>> policy(images, seed=0, epoch=3).shape
    (8, 32, 32, 3)
    """

    def __init__(
        self,
        steps,
        *,
        height=None,
        width=None,
        fill_mode="reflect",
        fill_value=0.0,
        interpolation="bilinear",
    ):
        given = list(steps) if isinstance(steps, list | tuple) else [steps]
        for step in given:
            if not isinstance(step, Step):
                raise ValueError(
                    "Policy: `steps` must be steps for images, such as "
                    f"augment.RandomFlip(). Received: {step!r}"
                )
        self.steps = given
        for side, value in (("height", height), ("width", width)):
            if value is not None or (height is None) != (width is None):
                limits.whole("Policy", side, value, 1)
        self.height, self.width = height, width
        self.fill_mode = limits.one_of(
            "Policy", "fill_mode", fill_mode, tuple(FILL_MODES)
        )
        self.fill_value = limits.number(
            "Policy", "fill_value", fill_value, 0, 1
        )
        self.interpolation = limits.one_of(
            "Policy", "interpolation", interpolation, ("bilinear", "nearest")
        )

    @property
    def mixes(self):
        """Whether some step mixes images, and so their labels."""
        return any(step.mixes for step in self.steps)

    def output(self, size):
        """Return the (height, width) of what comes out, for a size of input."""
        sizes = np.array([size], "float32")
        return self.draw(sizes, size, seed=0, epoch=0, indices=[0])[0].output

    def get_config(self):
        """Return the arguments as plain values, as JSON has them."""
        return {k: to_plain(v) for k, v in self._arguments().items()}

    @classmethod
    def from_config(cls, config):
        """Return the policy of such arguments."""
        return cls(**{name: from_plain(v) for name, v in config.items()})

    def as_layer(self, seed=0, value_range=None, **kwargs):
        """Return a Keras layer that augments on the device while training.

        Args:
            seed: Whole number from 0.
            value_range: (lower, upper) of float images, (0, 255) or (0, 1);
                uint8 images need none.
            **kwargs: As of `keras.layers.Layer`. See `AugmentLayer`.
        """
        from augment.layer import AugmentLayer

        return AugmentLayer(self, seed, value_range, **kwargs)

    def as_map(self, seed=0, size=None, num_classes=None):
        """Return a function for `tf.data`, which augments on the host.

        `dataset.repeat().enumerate().batch(64).map(policy.as_map(size=n))`:
        elements are (number, images) or (number, (images, labels)), and each
        repetition of the data draws anew. Weights, as a third part, go
        through where nothing is mixed. Give `map` `num_parallel_calls`.

        Args:
            seed: Whole number from 0.
            size: Number of images in the data set: `number // size` is the
                epoch; None: all is epoch 0.
            num_classes: For labels to be mixed that are class numbers.
        """
        from augment.tf_data import as_map

        return as_map(self, seed, size, num_classes)

    def draw(self, sizes, output, *, seed, epoch, indices, xp=np):
        """Draw what each image gets.

        Args:
            sizes: (height, width) of each image, of shape (n, 2).
            output: The one size of all images, or None.
            seed: Whole number from 0.
            epoch: Whole number from 0, or one for each image.
            indices: Of the images in their data set, from 0; of shape (n,).
            xp: `numpy` or `keras.ops`.

        Returns:
            (the `Drawn`, a list with each step's values)
        """
        count = sum(step.uniforms + 1 for step in self.steps)
        u = uniforms(seed, epoch, indices, max(1, count), xp)
        drawn, found, start = Drawn(sizes, output, xp), [], 0
        for step in self.steps:
            end = start + step.uniforms + 1
            values = step.sample(u[:, start:end], drawn)
            step.apply(drawn, values)
            found.append(values)
            start = end
        if self.height is not None:
            drawn.resize((self.height, self.width))
        return drawn, found

    def __call__(
        self,
        images,
        labels=None,
        *,
        seed=0,
        epoch=0,
        indices=None,
        partners=None,
        num_classes=None,
        threads=1,
    ):
        """Augment images on the host.

        Args:
            images: uint8, or floats in [0, 1], of shape (n, height, width,
                channels) with 1 or 3 channels; one image of rank 3; or a list
                of images of different sizes, for a policy with a crop.
            labels: Needed where images are mixed: class numbers (n,), or rows
                (n, classes); for one image also its own number or row.
            seed: Whole number from 0.
            epoch: Whole number from 0, or one for each image: each epoch
                draws anew.
            indices: Of the images in their data set (for one image: a
                number); None: 0, 1, ….
            partners: Which image of the batch each is mixed with; None: the
                next one, the last with the first.
            num_classes: For labels that are class numbers.
            threads: Images are shared among as many threads; the result is
                the same.

        Returns:
            Images of the same type; with labels (images, labels), float32
            rows where images are mixed.

        Raises:
            ValueError: For images, labels or indices that do not fit.
        """
        images, single = checks.images(images)
        indices = checks.indices(indices, len(images), single)
        seed = limits.whole("Policy", "seed", seed, 0, 2**64 - 1)
        epoch = checks.epochs(epoch, len(images))
        threads = limits.whole("Policy", "threads", threads, 1)
        alone = single and labels is not None and checks.is_one(labels)
        labels = [labels] if alone else labels
        if labels is not None:
            labels = one_hot(labels, len(images), num_classes, self.mixes)
        elif self.mixes:
            raise ValueError(
                "A policy that mixes images mixes their labels too: pass "
                "`labels`, or leave MixUp and CutMix out. Received: none"
            )
        if self.mixes:
            partners = places(partners, len(images))
        sizes, output = checks.sizes(images)
        drawn, _ = self.draw(
            sizes, output, seed=seed, epoch=epoch, indices=indices
        )
        checks.one_size(drawn.output, self.steps)
        rendered = render(images, drawn, self, threads)
        if self.mixes:
            rendered, labels = mix(rendered, labels, drawn, partners)
        if single:
            rendered = rendered[0]
            labels = labels[0] if alone else labels
        return rendered if labels is None else (rendered, labels)
