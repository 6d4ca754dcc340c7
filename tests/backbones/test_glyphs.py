import string
import unicodedata
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from matplotlib import ft2font
from scipy import ndimage

from recipes.backbones import glyphs as room
from recipes.backbones.glyphs import CLASSES, glyphs
from recipes.backbones.handwriting import CHUNK, write
from recipes.backbones.strokes import STEP, axes, outlines, thinned
from recipes.errors import RecipeError

EIGHT = np.ones((3, 3))


@pytest.fixture(scope="module")
def train():
    return glyphs("train")


@pytest.fixture(scope="module")
def validation():
    return glyphs("validation")


def ring(size=24, outer=9.0, inner=5.0):
    y, x = np.mgrid[:size, :size] - (size - 1) / 2
    radius = np.hypot(y, x)
    return ((radius <= outer) & (radius >= inner))[None]


def test_every_letter_and_digit_is_in_one_class():
    assert sorted("".join(CLASSES)) == sorted(
        string.digits + string.ascii_letters
    )


def test_drawn_again_it_is_the_same(validation):
    for one, other in zip(validation, glyphs("validation"), strict=True):
        np.testing.assert_array_equal(one, other)


def test_splits_share_no_font_and_have_all_classes(train, validation):
    assert not set(train.faces) & set(validation.faces)
    for split in (train, validation):
        assert set(split.labels) == set(range(len(CLASSES)))
        assert split.reliefs.shape == (len(split.labels), 64, 64)
        assert split.reliefs.dtype == "uint8"
        for label, character in zip(
            split.labels, split.characters, strict=True
        ):
            assert character in CLASSES[label]


def test_characters_of_different_classes_look_different(train):
    half = len(train.labels) // 2  # as printed; the rest is written
    for face in np.unique(train.faces):
        rows = np.flatnonzero(train.faces[:half] == face)
        ink = (train.reliefs[rows] >= 128).reshape(len(rows), -1)
        ink = ink.astype("float32")
        both, area = ink @ ink.T, ink.sum(1)
        assert area.min() > 30, face  # an empty picture is no character
        overlap = both / (area[:, None] + area - both)
        same = np.equal.outer(train.labels[rows], train.labels[rows])
        np.testing.assert_allclose(np.diag(overlap), 1)  # what "same" scores
        assert overlap[~same].max() < 0.97, face


def test_merged_characters_do_look_alike(train):
    first = train.faces == "DejaVuSans"
    first[len(first) // 2 :] = False
    ink = {
        c: r >= 128
        for c, r in zip(
            train.characters[first], train.reliefs[first], strict=True
        )
    }

    def overlap(a, b):
        return (ink[a] & ink[b]).sum() / (ink[a] | ink[b]).sum()

    assert overlap("S", "s") > 0.7 > overlap("A", "a")


@pytest.mark.parametrize("alphabet", room.ALPHABETS)
def test_alphabets_are_unicodes(alphabet):
    path = Path(matplotlib.get_data_path(), "fonts/ttf/STIXGeneral.ttf")
    covered = ft2font.FT2Font(str(path)).get_charmap()
    for character in "".join(CLASSES):
        printed = room._printed(character, alphabet)
        if printed is None:
            assert character in string.digits
            continue
        assert ord(printed) in covered
        assert unicodedata.normalize("NFKC", printed) == character
        words = unicodedata.name(printed).lower()
        assert all(w in words for w in alphabet.replace("-", " ").split()[:1])


def test_fonts_left_out_have_no_letters():
    """Fonts that come with matplotlib: taken, or without letters."""
    folder = Path(matplotlib.get_data_path(), "fonts", "ttf")
    taken = {name for names in room.FAMILIES.values() for name in names}
    # These have codes of letters, with boxes, symbols or half of them.
    boxes = {"LastResortHE-Regular", "cmex10", "cmsy10"}
    for path in folder.glob("*.ttf"):
        letters = set(map(ord, string.ascii_letters))
        has = letters <= set(ft2font.FT2Font(str(path)).get_charmap())
        assert has == (path.stem in taken | boxes), path.stem


def test_a_font_that_is_missing_is_said():
    with pytest.raises(RecipeError, match="lacks the font 'Nowhere'"):
        room._font("Nowhere")
    with pytest.raises(RecipeError, match="Received: 'test'"):
        glyphs("test")


def test_outlines_are_distances_to_the_edge():
    ink = ring()
    inside = ndimage.distance_transform_edt(ink[0])
    outside = ndimage.distance_transform_edt(~ink[0])
    expected = np.where(ink[0], inside - 0.5, 0.5 - outside)
    found = (outlines(ink * np.uint8(255))[0] - 128.0) / STEP
    near = abs(expected) < 10
    # OpenCV's distances are approximate, within 2 %.
    np.testing.assert_allclose(found[near], expected[near], atol=0.25)


def test_thinned_ink_is_thin_and_whole(validation):
    half = len(validation.labels) // 2
    ink = np.concatenate([validation.reliefs[:half:7] >= 128])
    thin = thinned(ink)
    assert (thin <= ink).all()
    broken = 0
    for one, line in zip(ink, thin, strict=True):
        pieces = ndimage.label(one, EIGHT)[1]
        assert ndimage.label(line, EIGHT)[1] == pieces
        assert not ndimage.binary_erosion(line, np.ones((3, 3))).any()
        eroded = ndimage.binary_erosion(one, EIGHT)
        broken += ndimage.label(eroded, EIGHT)[1] != pieces
    assert broken  # what thinning by erosion would have done


def test_an_axis_is_written_in_the_middle():
    relief = axes(ring() * np.uint8(255))[0]
    y, x = np.mgrid[:24, :24] - 11.5
    radius = np.hypot(y, x)[relief >= 138]  # within half a pixel of the axis
    assert 5.5 < radius.min() and radius.max() < 8.5


def test_what_is_written_depends_on_seed_epoch_and_index_alone(validation):
    reliefs = validation.reliefs[:6]
    indices = np.arange(10, 16)
    whole = write(reliefs, seed=0, epoch=1, indices=indices)
    assert whole.shape == (6, 32, 32, 1) and whole.dtype == "uint8"
    alone = write(reliefs[[4, 1]], seed=0, epoch=1, indices=indices[[4, 1]])
    np.testing.assert_array_equal(alone, whole[[4, 1]])
    for other in (
        write(reliefs, seed=1, epoch=1, indices=indices),
        write(reliefs, seed=0, epoch=2, indices=indices),
        write(reliefs, seed=0, epoch=1, indices=indices + 1),
    ):
        assert all(
            (a != b).mean() > 0.2 for a, b in zip(other, whole, strict=True)
        )


def test_pictures_beyond_one_chunk_are_in_order(validation):
    rows = np.arange(CHUNK + 2) % 5
    many = write(
        validation.reliefs[rows], seed=0, epoch=0, indices=np.arange(len(rows))
    )
    last = write(
        validation.reliefs[rows[-1:]], seed=0, epoch=0, indices=[CHUNK + 1]
    )
    np.testing.assert_array_equal(many[-1:], last)


def test_written_characters_fill_their_pictures(validation):
    n = 300
    images = write(
        validation.reliefs[:n], seed=0, epoch=0, indices=np.arange(n)
    ).astype("float32")[..., 0]
    edge = np.concatenate(
        [images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1]], axis=1
    )
    ground = np.median(edge, axis=1)
    ink = images - ground[:, None, None]
    dark = ink.sum((1, 2)) < 0
    assert 0.4 < dark.mean() < 0.6  # ink is dark on half of the papers
    tall = abs(ink).max(2) > 0.5 * abs(ink).max((1, 2))[:, None]
    assert 16 < tall.sum(1).mean() < 30
