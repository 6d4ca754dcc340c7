"""Augmentation inside the step draws what the loader draws on the host."""

import keras
import numpy as np
import pytest

from augment import Policy, RandomFlip, RandomResizedCrop, RandomRotation
from recipes.data.augmenting import OnDevice, Pictures
from recipes.network.on_device import DrawnPictures

pytestmark = pytest.mark.both_backends

POLICY = Policy(
    [RandomFlip(), RandomRotation(0.1), RandomResizedCrop(12, 10, (0.3, 1))]
)
ROWS = np.array([17, 4, 90, 33])  # of the training split
EPOCH, SEED = 3, 5


def rendered(seed, epoch, rows, images, scale):
    """Return what the compiled step sees of a batch."""
    given, _ = OnDevice(POLICY)(images, None, epoch, rows)
    layer = DrawnPictures(POLICY, seed, scale, dtype="float32")
    found = layer([given["raw"], given["draws"]], training=True)
    return keras.ops.convert_to_numpy(found)


@pytest.mark.parametrize("kind", ["uint8", "float32"])
def test_the_pixels_are_those_of_the_host(kind):
    top = 255 if kind == "uint8" else 1
    y, x = np.mgrid[:20, :16] / 20
    channels = [x, y, 0.5 + 0.4 * np.sin(5 * x + 3 * y)]
    images = np.stack([np.stack(channels, axis=-1)] * 4)
    images = (images * top).astype(kind)
    host, _ = Pictures(POLICY, SEED, 1 / top)(images, None, EPOCH, ROWS)
    host = host.astype("float32")

    def apart(seed=SEED, epoch=EPOCH, rows=ROWS):
        found = rendered(seed, epoch, rows, images, 1 / top)
        return np.abs(found - host).mean() / top

    assert apart() < 0.005
    assert apart(seed=SEED + 1) > 0.05
    assert apart(epoch=EPOCH + 1) > 0.05
    assert apart(rows=ROWS + 1) > 0.05
