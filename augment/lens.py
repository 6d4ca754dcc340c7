"""Lens distortion."""

from augment import limits
from augment.step import Step, between


class RandomLensDistortion(Step):
    """Bend straight lines as a lens does: barrel or pincushion.

    With r the distance from the center, 1 at the corners, a pixel of the
    output at r shows the input at

        r · (1 + k·r²) / (1 + k)    for k > 0 (barrel),
        r · (1 + k·r²)              for k < 0 (pincushion).

    This is the first term of the radial (Brown-Conrady) model. In both cases
    nothing outside the picture is shown: a barrel keeps the corners where
    they are and magnifies the center, a pincushion keeps the center's scale
    and magnifies the corners.

    Args:
        factor: Range of k, in [-0.3, 1]; one number f means (-f, f), as far
            as that is legal: 0.5 means (-0.3, 0.5).
        rate: Share of the images that are bent, in [0, 1].

    Raises:
        ValueError: For an argument out of range. When called: for a
            second lens in the same policy.

    Source: Brown, "Decentering distortion of lenses", 1966.

    Example:

    >>> import numpy as np
    >>> image = np.arange(49, dtype="uint8").reshape(7, 7, 1)
    >>> RandomLensDistortion((1, 1))(image)[3].ravel().tolist()
    [22, 23, 23, 24, 25, 25, 26]
    """

    neutral = {"k": 0.0}

    def __init__(self, factor=0.2, rate=1.0):
        name = "RandomLensDistortion"
        self.factor = factor
        self._factor = limits.factor(name, "factor", factor, -0.3, 1)
        self.rate = limits.number(name, "rate", rate, 0, 1)

    def values(self, u, drawn):
        """Return the strength."""
        return {"k": between(u[:, 0], self._factor)}

    def apply(self, drawn, values):
        """Bend after the maps so far."""
        drawn.bend(values["k"])

    def describe(self, values, i):
        """Return which way the lines were bent."""
        k = values["k"][i]
        said = f"{abs(k):.2f}"
        if said == "0.00":
            return None
        return f"{'barrel' if k > 0 else 'pincushion'} {said}"
