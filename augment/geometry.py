"""Flips, rotation, translation, zoom and shear.

Each is a linear map; a policy composes them all and resamples once. A single
number f as a factor means (-f, f), as far as that is legal. What lies outside
the picture is filled as the policy's `fill_mode` says.
"""

import math

from augment import limits
from augment.step import Step, between


class RandomFlip(Step):
    """Mirror images.

    Not for pictures whose sides mean something: letters, digits, hands.

    Args:
        mode: `"horizontal"`, `"vertical"`, or `"horizontal_and_vertical"`
            (each with its own draw).
        rate: Probability of each flip, in [0, 1].

    Raises:
        ValueError: For an argument out of range.

    Example:

    >>> import numpy as np
    >>> image = np.arange(12, dtype="uint8").reshape(1, 2, 2, 3)
    >>> flipped = RandomFlip("horizontal", rate=1.0)(image)
    >>> bool((flipped == image[:, :, ::-1]).all())
    True
    """

    uniforms = 2
    neutral = {"across": 1.0, "down": 1.0}

    def __init__(self, mode="horizontal_and_vertical", rate=0.5):
        legal = ("horizontal", "vertical", "horizontal_and_vertical")
        self.mode = limits.one_of("RandomFlip", "mode", mode, legal)
        self.rate = limits.number("RandomFlip", "rate", rate, 0, 1)

    def sample(self, u, drawn):
        """Return which sides are mirrored."""
        sides = {"across": "horizontal", "down": "vertical"}
        return {
            side: drawn.one
            - 2.0 * drawn.number(u[:, i] < self.rate) * float(name in self.mode)
            for i, (side, name) in enumerate(sides.items())
        }

    def apply(self, drawn, values):
        """Mirror about the center."""
        drawn.map_about_center([[values["across"], 0], [0, values["down"]]])

    def describe(self, values, i):
        """Return which way the image was mirrored."""
        said = [
            name
            for side, name in (
                ("across", "horizontally"),
                ("down", "vertically"),
            )
            if values[side][i] < 0
        ]
        return f"flipped {' and '.join(said)}" if said else None


class RandomRotation(Step):
    """Turn images about their center.

    Args:
        factor: Fraction of a full turn, in [-1, 1]: `15 / 360` is ±15°.
            Positive turns counter-clockwise.
        rate: Share of the images that are turned, in [0, 1].

    Raises:
        ValueError: For an argument out of range.

    Example:

    >>> RandomRotation(15 / 360)
    RandomRotation(factor=0.041666666666666664, rate=1.0)
    """

    neutral = {"degrees": 0.0}
    words = {"degrees": "{:+.0f}°"}

    def __init__(self, factor, rate=1.0):
        self.factor = factor
        self._factor = limits.factor(
            "RandomRotation", "factor", factor, hint="; 15 / 360 is 15 degrees"
        )
        self.rate = limits.number("RandomRotation", "rate", rate, 0, 1)

    def values(self, u, drawn):
        """Return the angle."""
        return {"degrees": 360.0 * between(u[:, 0], self._factor)}

    def apply(self, drawn, values):
        """Turn the grid the other way."""
        angle = values["degrees"] * (math.pi / 180)
        cos, sin = drawn.xp.cos(angle), drawn.xp.sin(angle)
        drawn.map_about_center([[cos, -sin], [sin, cos]])


class RandomTranslation(Step):
    """Shift images.

    Args:
        height_factor: Fraction of the height, in [-1, 1]; positive is down.
        width_factor: Fraction of the width, in [-1, 1]; positive is right.
        rate: Share of the images that are shifted, in [0, 1].

    Raises:
        ValueError: For an argument out of range.

    Example:

    >>> import numpy as np
    >>> image = np.array([[[1], [2], [3], [4]]], "uint8")
    >>> RandomTranslation(0, (0.25, 0.25))(image).ravel().tolist()
    [1, 1, 2, 3]
    """

    uniforms = 2
    neutral = {"down": 0.0, "right": 0.0}
    words = {"right": "right {:+.0%}", "down": "down {:+.0%}"}

    def __init__(self, height_factor, width_factor, rate=1.0):
        name = "RandomTranslation"
        self.height_factor, self.width_factor = height_factor, width_factor
        self._height = limits.factor(name, "height_factor", height_factor)
        self._width = limits.factor(name, "width_factor", width_factor)
        self.rate = limits.number(name, "rate", rate, 0, 1)

    def values(self, u, drawn):
        """Return the shifts, as fractions."""
        return {
            "down": between(u[:, 0], self._height),
            "right": between(u[:, 1], self._width),
        }

    def apply(self, drawn, values):
        """Read each pixel where it was before the shift."""
        shift = [values["right"], values["down"]]
        sides = drawn.xp.flip(drawn.canvas, axis=-1)
        shift = -drawn.xp.stack(shift, axis=-1) * sides
        drawn.map_about_center([[1, 0], [0, 1]], shift)


class RandomZoom(Step):
    """Zoom in or out.

    Args:
        height_factor: How much more of the height is seen, as a fraction in
            [-0.99, 1]: +0.2 zooms out to 120 %, -0.2 zooms in to 80 %. One
            number f means (-f, f), as far as that is legal.
        width_factor: The same for the width; None: as the height, which
            keeps the aspect ratio.
        rate: Share of the images that are zoomed, in [0, 1].

    Raises:
        ValueError: For an argument out of range.

    Example:

    >>> import numpy as np
    >>> image = np.array([[[0], [10], [20], [30]]], "uint8")
    >>> RandomZoom(0, (-0.5, -0.5))(image).ravel().tolist()
    [10, 13, 18, 20]
    """

    uniforms = 2
    neutral = {"height": 1.0, "width": 1.0}
    words = {"width": "{:.0%} wide", "height": "{:.0%} high"}

    def __init__(self, height_factor, width_factor=None, rate=1.0):
        name = "RandomZoom"
        self.height_factor, self.width_factor = height_factor, width_factor
        least = -0.99
        self._height = limits.factor(
            name, "height_factor", height_factor, least
        )
        self._width = None
        if width_factor is not None:
            self._width = limits.factor(
                name, "width_factor", width_factor, least
            )
        self.rate = limits.number(name, "rate", rate, 0, 1)

    def values(self, u, drawn):
        """Return how much of each side is seen."""
        height = 1.0 + between(u[:, 0], self._height)
        if self._width is None:
            return {"height": height, "width": height}
        return {"height": height, "width": 1.0 + between(u[:, 1], self._width)}

    def apply(self, drawn, values):
        """Scale about the center."""
        drawn.map_about_center([[values["width"], 0], [0, values["height"]]])


class RandomShear(Step):
    """Slant images.

    Keras' layer slants about the upper left corner, and flips the signs of
    both sides at random; here it is about the center, and a single number f
    means (-f, f).

    Args:
        x_factor: Pixels that a row moves to the side, for each row of
            distance from the center, in [-1, 1]; positive moves the upper
            half to the right.
        y_factor: The same for columns; positive moves the right half up.
        rate: Share of the images that are slanted, in [0, 1].

    Raises:
        ValueError: For an argument out of range.

    Example:

    >>> import numpy as np
    >>> image = np.array([[[0], [9], [0]]] * 3, "uint8")
    >>> RandomShear((1, 1))(image)[..., 0].tolist()
    [[0, 0, 9], [0, 9, 0], [9, 0, 0]]
    """

    uniforms = 2
    neutral = {"x": 0.0, "y": 0.0}
    words = {"x": "shear x {:+.2f}", "y": "shear y {:+.2f}"}

    def __init__(self, x_factor=0.0, y_factor=0.0, rate=1.0):
        name = "RandomShear"
        self.x_factor, self.y_factor = x_factor, y_factor
        self._x = limits.factor(name, "x_factor", x_factor)
        self._y = limits.factor(name, "y_factor", y_factor)
        self.rate = limits.number(name, "rate", rate, 0, 1)

    def values(self, u, drawn):
        """Return the slants."""
        return {"x": between(u[:, 0], self._x), "y": between(u[:, 1], self._y)}

    def apply(self, drawn, values):
        """Slant the grid about the center."""
        drawn.map_about_center([[1, values["x"]], [values["y"], 1]])
