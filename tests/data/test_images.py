"""Image files to arrays, against what Pillow gives by other code."""

import io

import numpy as np
import pytest
from PIL import Image

from recipes.data.images import common_size, decode, decode_all, header
from recipes.errors import DataError

pytestmark = pytest.mark.both_backends
RGB = np.random.default_rng(0).integers(0, 256, (6, 9, 3), "uint8")
GRAY = RGB[..., 0]

# Orientation → what brings the stored pixels upright.
UPRIGHT = {
    1: lambda x: x,
    2: lambda x: x[:, ::-1],
    3: lambda x: x[::-1, ::-1],
    4: lambda x: x[::-1],
    5: lambda x: x.swapaxes(0, 1),
    6: lambda x: np.rot90(x, -1),
    7: lambda x: np.rot90(x, 2).swapaxes(0, 1),
    8: lambda x: np.rot90(x),
}


@pytest.fixture
def saved(tmp_path):
    def save(pixels, ending="png", mode=None, **options):
        path = tmp_path / f"picture.{ending}"
        image = Image.fromarray(pixels)
        (image.convert(mode) if mode else image).save(path, **options)
        return path

    return save


def luma(rgb):
    """ITU-R 601, rounded as JPEG does it."""
    weights = rgb.astype("int64") @ [19595, 38470, 7471]
    return ((weights + 0x8000) >> 16)[..., None]


@pytest.mark.parametrize("ending", ["png", "bmp", "tiff", "gif"])
def test_lossless_files_give_their_pixels(saved, ending):
    gray = decode(saved(GRAY, ending), 1)
    np.testing.assert_array_equal(gray, GRAY[..., None])
    if ending != "gif":
        np.testing.assert_array_equal(decode(saved(RGB, ending), 3), RGB)
        np.testing.assert_array_equal(decode(saved(RGB, ending), 1), luma(RGB))
    colored = decode(saved(GRAY, ending), 3)
    np.testing.assert_array_equal(colored, np.stack([GRAY] * 3, -1))


@pytest.mark.parametrize("ending", ["jpg", "webp"])
def test_lossy_files_give_what_pillow_decodes(saved, ending):
    path = saved(RGB, ending)
    with Image.open(path) as image:
        expected = np.array(image)
    found = decode(path, 3)
    np.testing.assert_array_equal(found, expected)
    assert found.dtype == np.uint8 and not np.array_equal(found, RGB)


def test_lossless_webp(saved):
    path = saved(RGB, "webp", lossless=True)
    np.testing.assert_array_equal(decode(path, 3), RGB)


@pytest.mark.parametrize("orientation", UPRIGHT)
@pytest.mark.parametrize("ending", ["png", "jpg", "webp", "tiff"])
def test_exif_orientation_is_obeyed(saved, orientation, ending):
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = saved(RGB, ending, exif=exif)
    with Image.open(path) as image:
        # Pillow turns TIFF upright by itself, and no other format.
        stored = RGB if ending == "tiff" else np.array(image)
    expected = UPRIGHT[orientation](stored)
    np.testing.assert_array_equal(decode(path, 3), expected)
    assert header(path) == (expected.shape[:2], False)
    if orientation != 1:
        assert not np.array_equal(expected, stored)


@pytest.mark.parametrize("ending", ["png", "webp"])
def test_transparency_is_laid_on_white(saved, ending):
    alpha = np.resize(np.array([0, 255, 100], "uint8"), RGB.shape[:2])
    options = {"lossless": True, "exact": True} if ending == "webp" else {}
    path = saved(np.dstack([RGB, alpha]), ending, **options)
    share = alpha[..., None] / 255
    expected = RGB * share + 255 * (1 - share)
    found = decode(path, 3)
    assert np.abs(found - expected).max() <= 1
    np.testing.assert_array_equal(found[alpha == 0], 255)
    np.testing.assert_array_equal(found[alpha == 255], RGB[alpha == 255])


def test_a_transparent_palette(saved):
    pixels = np.resize(np.array([0, 200], "uint8"), (4, 4))
    path = saved(pixels, mode="P", transparency=0)
    with Image.open(path) as image:
        assert image.mode == "P" and image.has_transparency_data
    assert set(np.unique(decode(path, 1))) == {200, 255}


@pytest.mark.parametrize("top", [65535, 200])
def test_sixteen_bits_become_eight_by_one_rule(saved, top):
    pixels = np.linspace(0, top, 54).reshape(6, 9).astype("uint16")
    path = saved(pixels)
    assert header(path) == ((6, 9), True)
    expected = np.rint(pixels / 257).astype("uint8")
    np.testing.assert_array_equal(decode(path, 1)[..., 0], expected)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "CMYK", "RGBA"])
@pytest.mark.parametrize("channels", [1, 3])
def test_every_mode_gives_the_shape_that_was_asked(saved, mode, channels):
    path = saved(RGB, "tiff", mode)
    found = decode(path, channels, (4, 5))
    assert found.shape == (4, 5, channels) and found.dtype == np.uint8


def test_resizing_is_antialiased(saved):
    stripes = np.zeros((64, 64), "uint8")
    stripes[:, ::2] = 255
    small = decode(saved(stripes), 1, (8, 8))
    assert np.abs(small.astype(int) - 127).max() <= 8  # else 0 or 255
    expected = Image.fromarray(RGB).resize((5, 4), Image.Resampling.BILINEAR)
    np.testing.assert_array_equal(decode(saved(RGB), 3, (4, 5)), expected)


def test_many_images_come_in_order(tmp_path):
    paths = [tmp_path / f"{i}.png" for i in range(20)]
    for i, path in enumerate(paths):
        Image.fromarray(np.full((3, 3), i, "uint8")).save(path)
    found = decode_all(paths, 1, (3, 3))
    assert found[:, 0, 0, 0].tolist() == list(range(20))


@pytest.mark.parametrize(
    "sizes, expected",
    [
        ([(8, 9)] * 3, (8, 9)),
        ([(30, 40), (50, 60)], (40, 40)),
        ([(1000, 900), (800, 700)], (224, 224)),
        ([(1, 1), (1, 2)], (1, 1)),
    ],
)
def test_one_size_for_all(sizes, expected):
    assert common_size(sizes) == expected


def encoded(ending):
    buffer = io.BytesIO()
    pixels = np.random.default_rng(0).integers(0, 256, (40, 40, 3), "uint8")
    Image.fromarray(pixels).save(buffer, ending)
    return buffer.getvalue()


BROKEN = {
    "empty.png": (b"", "an empty file"),
    "text.png": (b"this is no image", "no image"),
    "half.png": (encoded("png")[:2000], "no image"),
    "half.jpg": (encoded("jpeg")[:900], "no image"),
    "half.webp": (encoded("webp")[:600], "no image"),
    "head.png": (encoded("png")[:20], "no image"),
    "flipped.png": (encoded("png").replace(b"IDAT", b"IDAX"), "no image"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_files_are_named(tmp_path, name):
    content, words = BROKEN[name]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=words) as caught:
        decode(tmp_path / name, 3)
    assert caught.value.file == tmp_path / name
    assert name in str(caught.value) and "To mend it" in str(caught.value)


def test_float_pixels_are_refused_and_missing_files_named(saved, tmp_path):
    path = saved(np.random.default_rng(0).random((4, 4), "float32"), "tiff")
    with pytest.raises(DataError, match="floats of unknown range"):
        decode(path, 1)
    with pytest.raises(DataError, match="gone.png"):
        decode(tmp_path / "gone.png", 1)
