"""The checks before the first compile: values, shapes, ranges, classes."""

import numpy as np
import pytest

from recipes.data import load
from recipes.data.checks import check_features, value_scale
from recipes.data.data import ArraySource
from recipes.errors import DataError

pytestmark = pytest.mark.both_backends


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("kind", ["float16", "float32", "float64"])
def test_a_value_that_is_not_finite_is_located(refusal, table, value, kind):
    x, y = table
    x = x.astype(kind)
    assert load((x, y)).num_outputs == 3
    x[41, 2] = value
    error = refusal((x, y))
    assert error.index == 41 and f"{value} in column 2" in str(error)


def test_a_bad_value_is_found_behind_the_first_chunk():
    x = np.zeros((3000, 2), "float32")
    check_features(ArraySource(x), "train")
    x[2500, 1] = np.nan
    with pytest.raises(DataError, match="index 2500") as caught:
        check_features(ArraySource(x), "train", ("height", "width"))
    assert "column 'width'" in str(caught.value)
    assert caught.value.split == "train"


def test_a_number_beyond_float32(refusal, table):
    x, y = table[0].astype("float64"), table[1]
    x[3, 1] = 1e39
    error = refusal((x, y))
    assert error.index == 3 and "scale this column" in str(error)


def test_a_bad_pixel_is_located(refusal, pictures):
    x, y = pictures
    x = x / 255.0
    x[5, 1, 2, 0] = np.nan
    error = refusal((x, y))
    assert error.index == 5 and "(1, 2, 0)" in str(error)


@pytest.mark.parametrize(
    "shape, mend",
    [
        ((60, 3, 8, 8), "moveaxis"),
        ((60, 1, 8, 8), "moveaxis"),
        ((60, 8, 8, 4), "RGB"),
        ((60, 8, 8, 2), "gray"),
        ((60, 0, 8, 3), "gray"),
        ((60, 8), "tabular"),
    ],
)
def test_images_of_other_shapes(refusal, shape, mend):
    x = np.zeros(shape, "uint8")
    error = refusal((x, np.arange(60) % 3), features="image")
    assert mend in error.mend


def test_images_are_no_table(refusal, pictures):
    assert "flatten" in refusal(pictures, features="table").mend


@pytest.mark.parametrize(
    "change, scale",
    [
        (lambda x: x, 1 / 255),
        (lambda x: x.astype("float32"), 1 / 255),
        (lambda x: x.astype("float16"), 1 / 255),
        (lambda x: x.astype("int64"), 1 / 255),
        (lambda x: x / 255, 1.0),
        (lambda x: (x / 255).astype("float32"), 1.0),
        (lambda x: x.astype("uint16") * 257, 1 / 65535),
        (lambda x: x.astype("uint16"), 1 / 255),
        (lambda x: (x > 99).astype("int32"), 1 / 255),
        (lambda x: x * 0.0, 1.0),
    ],
)
def test_the_range_of_pixels_is_told_from_type_and_values(
    pictures, change, scale
):
    x, y = pictures
    assert load((change(x), y)).value_scale == scale


@pytest.mark.parametrize(
    "change, words",
    [
        (lambda x: x - 128.0, "-128 to 127"),
        (lambda x: x / 127.5 - 1, "-1 to 1"),
        (lambda x: x.astype("int8"), "-128 to 127"),
        (lambda x: x * 2.0, "0 to 510"),
        (lambda x: x / 250, "numpy.clip"),
    ],
)
def test_pixels_out_of_range(refusal, pictures, change, words):
    x, y = pictures
    assert words in str(refusal((change(x), y)))


def test_a_split_in_another_range_is_refused(refusal, pictures):
    x, y = pictures
    spec = {"train": (x, y), "validation": (x, y), "test": (x * 1.0, y)}
    assert load(spec).value_scale == 1 / 255  # another type, the same range
    error = refusal({**spec, "test": (x / 255, y)})
    assert error.split == "test" and "0 to 255, as in" in str(error)
    error = refusal({**spec, "validation": (x - 9.0, y)})
    assert error.split == "validation" and "-9 to 246" in str(error)


def test_a_dark_split_of_16_bits_is_not_brightened():
    train = ArraySource(np.full((2, 2, 2, 1), 60000, "uint16"))
    dark = ArraySource(np.full((2, 2, 2, 1), 200, "uint16"))
    assert value_scale({"train": train, "test": dark}) == 1 / 65535


def test_fewer_rows_than_classes(refusal):
    x, names = np.ones((2, 3)), list("abc")
    spec = {role: (x, [0, 1]) for role in ("train", "validation", "test")}
    error = refusal({**spec, "class_names": names})
    assert error.split == "train" and "2 rows for 3 classes" in str(error)


def test_a_class_missing_from_train(refusal, table):
    x, y = table
    rest = {role: (x, y) for role in ("validation", "test")}
    lacking = (x[y != 1], y[y != 1])
    error = refusal({"train": lacking, **rest})
    assert error.split == "train" and "the class 1" in str(error)
    assert load({"train": (x, y), "validation": lacking, "test": lacking})
