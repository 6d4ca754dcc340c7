"""The geometry of the host renderer: one resampling of an image."""

import cv2
import numpy as np

from augment.drawn import times
from augment.shrink import averaged, levels, part, shrunk, softness

FILL_MODES = {
    "reflect": cv2.BORDER_REFLECT,
    "nearest": cv2.BORDER_REPLICATE,
    "wrap": cv2.BORDER_WRAP,
    "constant": cv2.BORDER_CONSTANT,
}
_INTERPOLATIONS = {"bilinear": cv2.INTER_LINEAR, "nearest": cv2.INTER_NEAREST}
_CLOSE = 1e-4  # pixels
_LARGE = 4  # times the output; a larger input is not worth a fourth channel
_FLIPS = {(True, False): 1, (False, True): 0, (True, True): -1}


class Resampler:
    """What maps the images of a batch.

    What can be said without the pixels is computed for all images at once:
    NumPy takes as long for a matrix of one image as for those of a hundred.

    Args:
        drawn: The `Drawn` of these images.
        policy: How the outside is filled and pixels are interpolated.
        top: The value of white.
    """

    def __init__(self, drawn, policy, top):
        self.size = drawn.output[1], drawn.output[0]
        self.smooth = policy.interpolation == "bilinear"
        self.wraps = policy.fill_mode == "wrap"
        self.reading = {
            "flags": cv2.WARP_INVERSE_MAP
            | _INTERPOLATIONS[policy.interpolation],
            "borderMode": FILL_MODES[policy.fill_mode],
            "borderValue": (policy.fill_value * top,) * 4,
        }
        linear = drawn.linear.astype("float64")
        offset = drawn.offset.astype("float64")
        self.lens, self.bent = drawn.lens, [False] * len(linear)
        if drawn.lens is not None:
            self.bent = (drawn.lens[0] != 0).tolist()
            self.before = linear, offset
            first, start = drawn.lens[3]
            first = first.astype("float64")
            offset = times(np, first, offset) + start
            linear = first @ linear
        self.maps = np.concatenate([linear, offset[..., None]], axis=2)
        found, upright, self.close = edges(linear, offset, self.size)
        self.boxes = whole_boxes(linear, found, upright, self.close)
        self.edges, self.upright = found.tolist(), upright.tolist()
        halved = levels(linear)
        self.levels = halved.tolist()
        self.soft = softness(linear, halved).tolist()
        self.bounds = bounds(linear, offset, self.size).tolist()

    def image(self, image, i):
        """Return one image, resampled once."""
        if self.bent[i]:
            return self._bent(image, i)
        plain = self._plain(image, i)
        if plain is not None:
            return shaped(plain)
        matrix, reading = self.maps[i], dict(self.reading)
        inside = self._inside(image, i)
        if inside:
            # Half a pixel beyond the edge of a crop is no outside to be filled.
            reading["borderMode"] = cv2.BORDER_REPLICATE
        if inside or self._near(image, i):
            image, start = part(image, self.bounds[i], self.levels[i])
            matrix = matrix - np.array([[0, 0, side] for side in start])
        image, sides = self._shrunk(image, i)
        matrix = averaged(matrix, sides)
        return self._read(cv2.warpAffine, image, matrix, self.size, **reading)

    def _inside(self, image, i):
        """Whether the map is upright and shows nothing but the picture."""
        left, top, right, bottom = self.edges[i]
        inside = min(left, top) >= -self.close
        inside &= right <= image.shape[1] + self.close
        inside &= bottom <= image.shape[0] + self.close
        return self.upright[i] and inside

    def _near(self, image, i):
        """Whether what lies outside is filled from the part that is read."""
        outside = []
        for axis, side in enumerate(image.shape[1::-1]):
            low, high = self.bounds[i][axis] - 1, self.bounds[i][axis + 2] + 2
            if low >= 0 and high < side:
                continue
            least = min(high, side) - max(low, 0)
            outside.append(max(-low, high - side) <= least)
        return all(outside) and not (outside and self.wraps)

    def _read(self, read, image, *place, **reading):
        """Read an image at places between its pixels.

        OpenCV reads four bytes at once, so four channels in less time than
        three, and the same values.
        """
        large = image.size > _LARGE * 3 * self.size[0] * self.size[1]
        if large or image.dtype != np.uint8 or image.shape[2:] != (3,):
            return shaped(read(image, *place, **reading))
        image = cv2.cvtColor(image, cv2.COLOR_RGB2RGBA)
        image = read(image, *place, **reading)
        return cv2.cvtColor(image, cv2.COLOR_RGBA2RGB)

    def _plain(self, image, i):
        """Return the image if it is a whole box of the input, or None."""
        left, top, right, bottom, whole, *flipped = self.boxes[i]
        inside = left >= 0 and top >= 0
        inside &= right <= image.shape[1] and bottom <= image.shape[0]
        if not whole or not inside:
            return None
        same = (right - left, bottom - top) == self.size
        if not same and self.smooth and any(self.levels[i] + self.soft[i]):
            return None
        image = image[top:bottom, left:right]
        if any(flipped):
            image = shaped(cv2.flip(image, _FLIPS[tuple(flipped)]))
        if not same:
            # INTER_NEAREST takes the pixel at the corner, not at the center.
            flag = cv2.INTER_LINEAR if self.smooth else cv2.INTER_NEAREST_EXACT
            image = np.ascontiguousarray(image)
            image = cv2.resize(image, self.size, interpolation=flag)
        return image

    def _bent(self, image, i):
        """Return the image through a lens: a map of its own for each pixel."""
        strength, center, radius, (first, start) = self.lens
        k, center, radius = float(strength[i]), center[i], float(radius[i])
        image, sides = self._shrunk(image, i)
        first = np.concatenate([first[i], start[i][:, None]], axis=1)
        first = averaged(first.astype("float64"), sides)
        # Python's numbers leave float32 what it is.
        linear = (self.before[0][i] / radius).tolist()
        shift = ((self.before[1][i] - center) / radius).tolist()
        x = np.arange(self.size[0], dtype="float32")[None, :]
        y = np.arange(self.size[1], dtype="float32")[:, None]
        across = (linear[0][0] * x + shift[0]) + linear[0][1] * y
        down = (linear[1][0] * x + shift[1]) + linear[1][1] * y
        factor = across * across
        factor += down * down
        least = radius / (1 + max(k, 0))
        factor *= k * least
        factor += least
        across *= factor
        down *= factor
        grid = []
        for a, b, at in first.tolist():
            row = a * across
            row += b * down
            row += at + a * float(center[0]) + b * float(center[1])
            grid.append(row)
        return self._read(_remap, image, *grid, **self.reading)

    def _shrunk(self, image, i):
        if not self.smooth:
            return image, (1, 1)
        return shrunk(image, self.levels[i], self.soft[i])


def edges(linear, offset, size):
    """Return which boxes of the input upright maps show.

    Args:
        linear: Of the map of output to input, of shape (n, 2, 2).
        offset: Of shape (n, 2).
        size: (width, height) of the output.

    Returns:
        (left, top, right, bottom of each image, whether each map is upright,
        how many pixels are a rounding error)
    """
    scale = np.diagonal(linear, axis1=1, axis2=2)
    sides = np.array(size)
    ends = np.stack([offset - scale / 2, offset + scale * (sides - 0.5)])
    found = np.concatenate([ends.min(axis=0), ends.max(axis=0)], axis=1) + 0.5
    upright = np.abs(linear[:, 0, 1]) + np.abs(linear[:, 1, 0]) <= 1e-6
    return found, upright, _CLOSE * sides.max()


def bounds(linear, offset, size):
    """Return (left, top, right, bottom) of the places that each map reads.

    Args:
        linear: Of the map of output to input, of shape (n, 2, 2).
        offset: Of shape (n, 2).
        size: (width, height) of the output.

    >>> bounds(np.eye(2)[None] * 2, np.zeros((1, 2)), (3, 4)).tolist()
    [[0.0, 0.0, 4.0, 6.0]]
    """
    last = linear * (np.array(size) - 1)
    low = offset + np.minimum(last, 0).sum(axis=2)
    high = offset + np.maximum(last, 0).sum(axis=2)
    return np.concatenate([low, high], axis=1)


def whole_boxes(linear, edges, upright, close):
    """Return which boxes of whole pixels the images are, if they are.

    Args:
        linear: Of the map of output to input, of shape (n, 2, 2).
        edges: As the function `edges` has them, with what follows.
        upright: Whether each map is upright.
        close: How many pixels are a rounding error.

    Returns:
        A list with (left, top, right, bottom, whether that is the whole map,
        whether it is mirrored across, whether down) for each image.
    """
    scale = np.diagonal(linear, axis1=1, axis2=2)
    box = np.rint(edges)
    whole = upright & (np.abs(box - edges).max(axis=1) < close)
    whole &= (box[:, 2:] > box[:, :2]).all(axis=1)
    return [
        (*corners, *rest)
        for corners, *rest in zip(
            box.astype(int).tolist(),
            whole.tolist(),
            *(scale < 0).T.tolist(),
            strict=True,
        )
    ]


def _remap(image, across, down, flags, **border):
    flags &= ~cv2.WARP_INVERSE_MAP
    return cv2.remap(image, across, down, flags, **border)


def shaped(image):
    """Give a gray image its channel axis back, which OpenCV drops."""
    return image[..., None] if image.ndim == 2 else image
