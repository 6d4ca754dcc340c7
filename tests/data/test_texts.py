"""Texts in memory: what is taken, and what is refused by split and index."""

import numpy as np
import pytest

from recipes.data import load
from recipes.data.data import ArraySource

pytestmark = pytest.mark.both_backends
TEXTS = [f"text number {i}" for i in range(60)]
Y = np.arange(60) % 3


def with_one(value, at=7):
    return [*TEXTS[:at], value, *TEXTS[at + 1 :]]


@pytest.mark.parametrize(
    "x",
    [
        TEXTS,
        tuple(TEXTS),
        np.array(TEXTS),
        np.array(TEXTS, object),
        np.array([t.encode() for t in TEXTS]),
        [t.encode() for t in TEXTS],
    ],
    ids=["list", "tuple", "unicode", "object", "bytes array", "bytes list"],
)
def test_strings_become_one_source(x):
    data = load((x, Y), features="text")
    assert (data.features, data.target, data.input_shape) == (
        "text",
        "class",
        (),
    )
    assert data.train.source.array.tolist() == TEXTS
    assert all(type(t) is str for t in data.train.source.array)
    assert load((x, Y)).fingerprint == data.fingerprint


def test_a_message_about_half_a_character_can_be_printed(refusal):
    str(refusal((with_one("a\udc80b"), Y))).encode("utf-8")
    whole = "a\U0001f600b"  # both halves, as UTF-16 would have it
    assert load((with_one(whole), Y)).train.source.array[7] == whole


def test_a_frame_of_one_column_of_texts(refusal):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"body": TEXTS})
    assert "x['body']" in refusal((frame, Y), features="text").mend
    assert load((frame["body"], Y), features="text").input_shape == ()


def test_two_columns_of_strings_are_a_table_with_a_bad_cell(refusal):
    error = refusal((np.array([TEXTS, TEXTS]).T, Y))
    assert "in column 0" in str(error) and "x[:, 0]" not in error.mend


def test_bytes_are_utf_8():
    data = load((with_one("Grüße".encode()), Y))
    assert data.train.source.array[7] == "Grüße"


def test_a_dictionary_of_splits():
    parts = {r: (TEXTS, Y) for r in ("train", "validation", "test")}
    assert [len(s) for s in load(parts).splits] == [60, 60, 60]


@pytest.mark.parametrize(
    "value, words",
    [
        ("", "an empty text"),
        (" \n\t", "an empty text"),
        (None, "'None', a NoneType"),
        (float("nan"), "'nan', a float"),
        (3, "'3', an int"),
        ("a\udc80b", r"half a character, '\udc80', at position 1"),
        (b"\xff\xfe", "no UTF-8"),
    ],
)
def test_a_bad_text_is_named_by_split_and_index(refusal, value, words):
    error = refusal((with_one(value), Y))
    assert error.index == 7 and error.split is None and words in str(error)
    parts = {"train": (TEXTS, Y), "test": (with_one(value, 9), Y)}
    error = refusal(parts)
    assert error.index == 9 and error.split == "test" and words in str(error)


def test_loaded_texts_are_checked_again(refusal):
    data = load((TEXTS, Y))
    assert load(data, features="text") is data
    data.train.source.array[3] = ""
    assert "an empty text" in str(refusal(data))


@pytest.mark.parametrize(
    "x, features, mend",
    [
        (TEXTS, "image", "text_classifier"),
        (TEXTS, "table", "text_classifier"),
        (["1.5", "2"] * 30, "table", "astype"),
        (np.zeros((60, 4)), "text", "a tabular recipe"),
        (np.zeros((60, 8, 8, 1)), "text", "an image recipe"),
        ([[t] for t in TEXTS], "text", "x[:, 0]"),
        (np.array(TEXTS)[:, None], "text", "x[:, 0]"),
        (np.array(TEXTS)[:, None], None, "x[:, 0]"),
    ],
)
def test_other_features_are_refused_with_the_mend(refusal, x, features, mend):
    assert mend in str(refusal((x, Y), features=features))


def test_splits_of_different_kinds(refusal):
    parts = {"train": (TEXTS, Y), "test": (np.zeros((60, 4)), Y)}
    assert refusal(parts, features="text").split == "test"
    assert refusal(parts).split == "test"


def test_no_texts(refusal):
    assert "no rows" in str(refusal((np.array([], "U1"), [])))
    assert "60 examples and 59 labels" in str(refusal((TEXTS, Y[1:])))


def test_the_fingerprint_knows_every_letter_and_where_texts_end():
    first = load((TEXTS, Y)).fingerprint
    assert load((with_one("text number 7 "), Y)).fingerprint != first
    cut = [*TEXTS]
    cut[0], cut[1] = "text number 0t", "ext number 1"
    assert "".join(cut) == "".join(TEXTS)
    assert load((cut, Y)).fingerprint != first


def test_numbers_along_one_axis_are_no_texts(refusal):
    assert "reshape(-1, 1)" in str(refusal((np.arange(60.0), Y)))
    cells = np.array([["1"], ["2"]] * 30)
    assert type(load((cells, Y)).train.source) is ArraySource
