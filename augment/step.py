"""Step and TextStep: one augmentation, its arguments, and what it draws."""

import inspect

import numpy as np


class Arguments:
    """What is the same as another if its arguments are."""

    def get_config(self):
        """Return the arguments."""
        return self._arguments()

    def _arguments(self):
        names = inspect.signature(type(self)).parameters
        return {name: getattr(self, name) for name in names}

    def __eq__(self, other):
        if type(self) is not type(other):
            return NotImplemented
        return _compared(self) == _compared(other)

    def __hash__(self):
        return hash((type(self), _compared(self)))

    def __repr__(self):
        pairs = (f"{k}={v!r}" for k, v in self._arguments().items())
        return f"{type(self).__name__}({', '.join(pairs)})"


def _compared(given):
    """Return the arguments as they are compared: as if they came from JSON."""

    def plain(value):
        if isinstance(value, list | tuple):
            return tuple(map(plain, value))
        return value.item() if isinstance(value, np.generic) else value

    return plain(list(given._arguments().values()))


class Step(Arguments):
    """One augmentation of images. Its arguments, and no random state.

    A subclass says how many numbers it draws for an image (`uniforms`), turns
    them into named values (`values`), and puts these into the picture of the
    whole batch (`apply`). `neutral` holds the values that change nothing;
    with it the step can be applied to some images alone.
    """

    uniforms = 1
    neutral = {}
    rate = 1.0  # share of the images that it is applied to
    words = {}  # value → format, for the contact sheet
    mixes = False  # whether it mixes images, and so their labels

    def values(self, u, drawn):
        """Return name → array of shape (n,) from uniforms of shape (n, k).

        Args:
            u: Numbers in [0, 1), a row for each image.
            drawn: The `Drawn` so far: its canvas may decide.
        """
        raise NotImplementedError

    def apply(self, drawn, values):
        """Put the values into `drawn`."""
        raise NotImplementedError

    def sample(self, u, drawn):
        """Return the values, neutral where the step is not applied.

        Args:
            u: Uniforms of shape (n, `uniforms` + 1); the last decides.
            drawn: The `Drawn` so far.
        """
        values = self.values(u, drawn)
        if self.rate == 1:
            return values
        return self.only(values, u[:, self.uniforms] < self.rate, drawn.xp)

    def only(self, values, on, xp):
        """Return the values where `on` holds, the neutral ones elsewhere."""
        return {
            name: xp.where(on, value, self.neutral[name])
            for name, value in values.items()
        }

    def describe(self, values, i):
        """Return in words what was drawn for image `i`, or None for nothing."""
        said = []
        for name, form in self.words.items():
            value = values[name][i]
            if not np.isclose(value, self.neutral.get(name, np.nan)):
                said.append(form.format(value))
        return ", ".join(said) or None

    def __call__(self, images, labels=None, **arguments):
        """Augment images with this step alone; see `Policy.__call__`."""
        from augment.policy import Policy

        return Policy([self])(images, labels, **arguments)


class TextStep(Arguments):
    """One augmentation of texts. Its arguments, and no random state."""

    def order(self, text, u, v):
        """Return the places of the words that come, in their new order.

        Args:
            text: Number of the text each word is in, ascending.
            u: A number in [0, 1) for each word.
            v: The same.
        """
        raise NotImplementedError

    def __call__(self, texts, **arguments):
        """Augment texts with this step alone; see `TextPolicy.__call__`."""
        from augment.text import TextPolicy

        return TextPolicy([self])(texts, **arguments)


def between(u, limits):
    """Map uniforms to [lower, upper]."""
    lower, upper = limits
    return u * (upper - lower) + lower
