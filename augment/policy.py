"""Policy: several steps, carried out as one."""

import numpy as np

from augment import checks, limits
from augment.counter import uniforms
from augment.drawn import Drawn
from augment.host import render
from augment.mix import mix, one_hot
from augment.resample import FILL_MODES
from augment.step import Step


class Policy:
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
        fill_mode="reflect",
        fill_value=0.0,
        interpolation="bilinear",
    ):
        if isinstance(steps, Step):
            steps = [steps]
        for step in steps:
            if not isinstance(step, Step):
                raise ValueError(
                    "Policy: `steps` must be steps, such as "
                    f"augment.RandomFlip(). Received: {step!r}"
                )
        self.steps = list(steps)
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

    def draw(self, sizes, output, *, seed, epoch, indices, xp=np):
        """Draw what each image gets.

        Args:
            sizes: (height, width) of each image, of shape (n, 2).
            output: The one size of all images, or None.
            seed: Whole number from 0.
            epoch: Whole number from 0.
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
                (n, classes).
            seed: Whole number from 0.
            epoch: Whole number from 0: each epoch draws anew.
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
        epoch = limits.whole("Policy", "epoch", epoch, 0, 2**32 - 1)
        if labels is not None:
            labels = one_hot(labels, len(images), num_classes, self.mixes)
        elif self.mixes:
            raise ValueError(
                "A policy that mixes images mixes their labels too: pass "
                "`labels`, or leave MixUp and CutMix out. Received: none"
            )
        sizes, output = checks.sizes(images)
        drawn, _ = self.draw(
            sizes, output, seed=seed, epoch=epoch, indices=indices
        )
        rendered = render(images, drawn, self, threads)
        if self.mixes:
            rendered, labels = mix(rendered, labels, drawn, partners)
        if single:
            rendered = rendered[0]
        return rendered if labels is None else (rendered, labels)
