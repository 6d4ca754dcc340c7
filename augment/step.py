"""Step and TextStep: one augmentation, its arguments, and what it draws."""

import functools
import inspect

import numpy as np

_ELSEWHERE = {  # what Keras' layers take, and where it is given here
    "seed": "the call takes it, `step(images, seed=3)` or `policy(images, "
    "seed=3)`, and `policy.as_layer(seed=3)`",
    "value_range": "it is known from the type, 0 to 255 of uint8 and 0 to 1 "
    "of floats; `policy.as_layer(value_range=(0, 1))` takes it",
    "factor": "its arguments are {names}",
    "data_format": "images are of shape (height, width, channels)",
    **dict.fromkeys(
        ("fill_mode", "fill_value", "interpolation"),
        "all steps are resampled at once, so `augment.Policy` takes it",
    ),
}


class Arguments:
    """What is the same as another if its arguments are."""

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if "__init__" in vars(cls):  # `__new__` would hide its signature
            cls.__init__ = _telling(cls.__init__)

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


def _telling(init):
    """Return an `__init__` that says where Keras' own arguments are given."""
    legal = inspect.signature(init).parameters
    names = ", ".join(list(legal)[1:])

    @functools.wraps(init)
    def checked(self, *args, **kwargs):
        for name, value in kwargs.items():
            if name in _ELSEWHERE and name not in legal:
                where = _ELSEWHERE[name].format(names=names)
                raise TypeError(
                    f"{type(self).__name__} takes no `{name}`: {where}. "
                    f"Received: {name}={value!r}"
                )
        init(self, *args, **kwargs)

    return checked


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
        """Return in words what was drawn for image `i`, or None for nothing.

        What rounds to the neutral value is nothing. A mixing step has no
        words: `show`, which knows the partner, says what was mixed.
        """
        found = []
        for name, form in self.words.items():
            same = self.neutral.get(name, np.nan)
            nothing = [same] if same else [0.0, -0.0]
            said = form.format(values[name][i])
            if said not in [form.format(value) for value in nothing]:
                found.append(said)
        return ", ".join(found) or None

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


def percent(share):
    """Return a share in words, or None for one that rounds to nothing.

    >>> percent(0.264), percent(0.004), percent(0.0002)
    ('26%', '0.4%', None)
    """
    said = f"{share:.0%}" if share >= 0.01 else f"{share:z.1%}"
    return None if said == "0.0%" else said
