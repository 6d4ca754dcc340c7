"""One of several steps, drawn for each image: RandAugment, TrivialAugment."""

from augment import limits
from augment.color import (
    RandomBrightness,
    RandomContrast,
    RandomSaturation,
)
from augment.geometry import RandomRotation, RandomShear, RandomTranslation
from augment.step import Step
from augment.tables import (
    AutoContrast,
    Equalization,
    RandomPosterization,
    RandomSharpness,
    Solarization,
)


class RandomChoice(Step):
    """Apply one of the steps to each image, drawn for each image alone.

    Args:
        steps: List of steps that can be left out (so no crops); None is a
            step that does nothing.
        rate: Share of the images that get one at all, in [0, 1].

    Raises:
        ValueError: For an empty list, a step that cannot be left out, or a
            rate out of range.

    Example:

    >>> from augment import CutMix, MixUp
    >>> either = RandomChoice([MixUp(0.2), CutMix(1.0)], rate=0.5)
    """

    def __init__(self, steps, rate=1.0):
        name = type(self).__name__
        if not isinstance(steps, list | tuple) or not steps:
            raise ValueError(
                f"{name}: `steps` must be a list of one step or more. "
                f"Received: {steps!r}"
            )
        for step in steps:
            if step is not None and getattr(step, "only", None) is None:
                raise ValueError(
                    f"{name}: `steps` must be steps that can be left out, "
                    f"which a crop cannot, or None. Received: {step!r}"
                )
        self.steps = list(steps)
        self.rate = limits.number(name, "rate", rate, 0, 1)
        self.mixes = any(step is not None and step.mixes for step in steps)

    @property
    def uniforms(self):
        """One number to choose, and those of the hungriest step."""
        return 1 + max(s.uniforms + 1 if s else 0 for s in self.steps)

    def values(self, u, drawn):
        """Return the chosen step's number, and every step's values."""
        chosen = drawn.xp.floor(u[:, 0] * float(len(self.steps)))
        values = [
            step
            and step.only(step.sample(u[:, 1:], drawn), chosen == i, drawn.xp)
            for i, step in enumerate(self.steps)
        ]
        return {"chosen": chosen, "values": values}

    def only(self, values, on, xp):
        """Return the values where `on` holds, nothing chosen elsewhere."""
        found = [
            step and step.only(inner, on, xp)
            for step, inner in zip(self.steps, values["values"], strict=True)
        ]
        return {"chosen": xp.where(on, values["chosen"], -1.0), "values": found}

    def apply(self, drawn, values):
        """Apply every step, neutral where it was not chosen."""
        for step, found in zip(self.steps, values["values"], strict=True):
            if step:
                step.apply(drawn, found)

    def describe(self, values, i):
        """Return the chosen step's words."""
        chosen = int(values["chosen"][i])
        if chosen < 0 or self.steps[chosen] is None:
            return None
        return self.steps[chosen].describe(values["values"][chosen], i)


class TrivialAugment(RandomChoice):
    """One operation of fourteen, at a drawn strength, for each image.

    Args:
        rate: Share of the images that get one, in [0, 1].

    Raises:
        ValueError: For a rate out of range.

    Source: Müller and Hutter, "TrivialAugment: Tuning-free yet
    state-of-the-art data augmentation", 2021; the wide space. Brightness
    adds here, as in `RandomBrightness`.

    Example:

    >>> import numpy as np
    >>> images = np.zeros((4, 32, 32, 3), "uint8")
    >>> TrivialAugment()(images).shape
    (4, 32, 32, 3)
    """

    def __init__(self, rate=1.0):
        super().__init__(_operations(1.0, wide=True), rate)


class RandAugment(Step):
    """Several operations in a row at one strength, drawn for each image.

    Args:
        num_ops: How many in a row, from 1 to 8.
        factor: Strength, in [0, 1]; 0 changes nothing. Above, auto-contrast
            and equalization, which have no strength, come as they are.
        rate: Share of the images that get them, in [0, 1].

    Raises:
        ValueError: For an argument out of range.

    Source: Cubuk et al., "RandAugment: Practical automated data augmentation
    with a reduced search space", 2020; the ranges are those of Cubuk et al.,
    "AutoAugment: Learning augmentation strategies from data", 2019.
    Brightness adds here, as in `RandomBrightness`.

    Example:

    >>> import numpy as np
    >>> images = np.zeros((4, 32, 32, 3), "uint8")
    >>> RandAugment(num_ops=2, factor=0.5)(images).shape
    (4, 32, 32, 3)
    """

    def __init__(self, num_ops=2, factor=0.5, rate=1.0):
        name = "RandAugment"
        self.num_ops = limits.whole(name, "num_ops", num_ops, 1, 8)
        self.factor = limits.number(name, "factor", factor, 0, 1)
        self.rate = limits.number(name, "rate", rate, 0, 1)
        operations = _operations(factor, wide=False) if factor else [None]
        self._choice = RandomChoice(operations)

    @property
    def uniforms(self):
        """Those of one choice, for each in a row."""
        return self.num_ops * self._choice.uniforms

    def values(self, u, drawn):
        """Return the values of each choice."""
        size = self._choice.uniforms
        starts = range(0, self.uniforms, size)
        found = [self._choice.values(u[:, i : i + size], drawn) for i in starts]
        return {"in_a_row": found}

    def only(self, values, on, xp):
        """Return the values where `on` holds, nothing chosen elsewhere."""
        found = [self._choice.only(v, on, xp) for v in values["in_a_row"]]
        return {"in_a_row": found}

    def apply(self, drawn, values):
        """Apply one after another."""
        for found in values["in_a_row"]:
            self._choice.apply(drawn, found)

    def describe(self, values, i):
        """Return the words of those that did something."""
        said = [self._choice.describe(v, i) for v in values["in_a_row"]]
        return ", ".join(filter(None, said)) or None


class _Ends(Step):
    """A step whose factors are at one of their two ends, never between.

    Args:
        step: A step of symmetric factors.
    """

    def __init__(self, step):
        self.step = step
        self.neutral, self.words = step.neutral, step.words
        self.uniforms = step.uniforms

    def values(self, u, drawn):
        """Return the step's values at an end."""
        ends = drawn.xp.where(u < 0.5, u * 0.0, u * 0.0 + 1.0)
        return self.step.values(ends, drawn)

    def apply(self, drawn, values):
        """Apply the step."""
        self.step.apply(drawn, values)


def _operations(factor, wide):
    """Return the fourteen operations of the two papers, at most at `factor`.

    RandAugment's strength is fixed and its sign drawn; TrivialAugment draws
    both, up to larger limits.
    """
    ends = (lambda step: step) if wide else _Ends
    change = (0.99 if wide else 0.9) * factor
    slant = (0.99 if wide else 0.3) * factor
    shift = (32 / 224 if wide else 150 / 331) * factor  # pixels of their sides
    bits = 8 - round((6 if wide else 4) * factor)
    threshold = (1 - factor, 1) if wide else 1 - factor
    return [
        None,
        AutoContrast(),
        Equalization(),
        ends(RandomRotation((135 if wide else 30) / 360 * factor)),
        RandomPosterization((bits, 8) if wide else bits),
        Solarization(threshold),
        ends(RandomSaturation(change)),
        ends(RandomContrast(change)),
        ends(RandomBrightness(change / 2)),
        ends(RandomSharpness(change)),
        ends(RandomShear(slant, 0.0)),
        ends(RandomShear(0.0, slant)),
        ends(RandomTranslation(shift, 0.0)),
        ends(RandomTranslation(0.0, shift)),
    ]
