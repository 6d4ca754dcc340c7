"""Arrays, dictionaries of splits, data frames."""

from decimal import Decimal

import numpy as np
import pytest

from recipes.data import load
from recipes.errors import DataError

pytestmark = pytest.mark.both_backends


def test_a_pair_keeps_every_value(table):
    x, y = table
    data = load((x, y))
    rows = np.concatenate([split.rows for split in data.splits])
    assert sorted(rows) == list(range(60))
    for split in data.splits:
        np.testing.assert_array_equal(split.read(), x[split.rows])
        np.testing.assert_array_equal(split.labels, y[split.rows])


@pytest.mark.parametrize(
    "change",
    [
        np.asfortranarray,
        lambda x: x[:, ::-1][:, ::-1],
        lambda x: x.astype(">f4"),
        lambda x: x.astype("longdouble"),
        lambda x: x.astype(object),
        lambda x: x.tolist(),
        lambda x: x.astype(str),
        lambda x: [[Decimal(repr(float(v))) for v in row] for row in x],
        lambda x: list(x),
        lambda x: np.ma.masked_array(x, mask=np.zeros_like(x, bool)),
    ],
)
def test_every_form_of_numbers_is_read(table, change):
    x, y = table
    found = load((change(x), y)).train.source.array
    np.testing.assert_array_equal(found.astype("float32"), x)
    assert found.dtype.isnative and found.dtype.itemsize <= 8


def test_an_object_array_of_images_is_stacked(pictures):
    x, y = pictures
    cells = np.empty(len(x), object)
    cells[:] = list(x)
    np.testing.assert_array_equal(load((cells, y)).train.source.array, x)


def test_booleans_are_zero_and_one(pictures):
    x, y = pictures
    data = load((x[..., 0] > 99, y))
    assert data.value_scale == 1.0
    assert set(np.unique(data.train.read())) == {0.0, 1.0}


def test_gray_images_get_their_channel(pictures):
    x, y = pictures
    data = load((x[..., 0], y))
    assert data.input_shape == (6, 8, 1)
    np.testing.assert_array_equal(data.train.source.array[..., 0], x[..., 0])


def cell(value, kind=object):
    x = np.arange(240.0).reshape(60, 4).astype(kind)
    x[7, 2] = value
    return x


BAD_FEATURES = {
    "text": (cell("red"), 7, "'red' in column 2"),
    "underscores": (cell("1_000"), 7, "'1_000' in column 2"),
    "none": (cell(None), 7, "'None' in column 2"),
    "huge": (cell(10**400), 7, "in column 2"),
    "complex": (cell(1j, complex), 0, "'0j' in column 0"),
    "date": (cell("2020-01-01", "M8[D]"), 0, "in column 0"),
    "mask": (np.ma.masked_equal(cell(-1, float), -1), 7, "masked"),
    "scalar": (3.0, None, "shape ()"),
    "a text": ("abc", None, "type str"),
    "bytes": (b"abc", None, "type bytes"),
    "a date": (np.datetime64("2020-01-01"), None, "type datetime64"),
    "no texts": (np.array([], "U1"), None, "no rows"),
    "flat": (np.arange(60.0), None, "shape (60,)"),
    "nothing": (None, None, "NoneType"),
    "set": ({1, 2}, None, "type set"),
    "generator": ((i for i in range(60)), None, "generator"),
    "empty": (np.zeros((0, 4)), None, "no rows"),
    "no columns": (np.zeros((60, 0)), None, "shape (0,)"),
    "short": (np.zeros((59, 4)), None, "59 examples and 60 labels"),
    "uneven": ([[1.0]] * 59 + [[1.0, 2.0]], None, "different shapes"),
    "five axes": (np.zeros((60, 1, 2, 2, 3)), None, "(1, 2, 2, 3)"),
}


@pytest.mark.parametrize("case", BAD_FEATURES)
def test_bad_features(refusal, case):
    x, index, words = BAD_FEATURES[case]
    error = refusal((x, np.arange(60) % 3))
    assert error.index == index and words in str(error)


def test_images_of_different_sizes_point_at_folders(refusal, pictures):
    x, y = pictures
    mixed = [image[: 6 - i % 2] for i, image in enumerate(x)]
    assert "folder:PATH" in str(refusal((mixed, y)))


def test_a_sparse_matrix_points_at_toarray(refusal, table):
    from scipy import sparse

    assert "toarray()" in str(refusal((sparse.csr_array(table[0]), table[1])))


def test_the_pairs_of_keras_datasets_point_at_a_dictionary(refusal, table):
    assert "{'train': (x, y)" in str(refusal((table, table)))


def test_a_dictionary_is_taken_as_it_is(table):
    x, y = table
    given = {"train": (x[:40], y[:40]), "test": [x[40:], y[40:]]}
    data = load({**given, "class_names": ["a", "b", "c"]}, test_split=0.5)
    np.testing.assert_array_equal(data.test.read(), x[40:])
    assert data.class_names == ("a", "b", "c")
    rows = np.concatenate([data.train.rows, data.validation.rows])
    assert sorted(rows) == list(range(40)) and len(data.validation) == 6


@pytest.mark.parametrize(
    "keys, split, words",
    [
        ({}, None, "the keys []"),
        ({"test": "pair"}, None, "the keys ['test']"),
        ({"train": "pair", "val": "pair"}, None, "'val'"),
        ({"train": "x"}, "train", "a pair (x, y)"),
        ({"train": "pair", "test": "none"}, "test", "no rows"),
        ({"train": "none", "test": "pair"}, "train", "no rows"),
        ({"train": "pair", "test": "narrow"}, "test", "shape (2,)"),
        ({"train": "pair", "validation": "nan"}, "validation", "nan"),
    ],
)
def test_bad_dictionaries(refusal, table, keys, split, words):
    x, y = table
    values = {
        "pair": (x, y),
        "x": x,
        "none": ([], []),
        "narrow": (x[:, :2], y),
        "nan": (np.where(x == x[5, 1], np.nan, x), y),
    }
    error = refusal({key: values[value] for key, value in keys.items()})
    assert error.split == split and words in str(error)
    assert error.index == (5 if words == "nan" else None)


def test_data_frames(refusal, table):
    pandas = pytest.importorskip("pandas")
    x, y = table
    frame = pandas.DataFrame(x, columns=list("abcd"))
    data = load((frame, pandas.Series(y, index=range(100, 160))))
    assert data.feature_names == tuple("abcd")
    np.testing.assert_array_equal(data.train.source.array, x)
    for value in ("red", pandas.NA, pandas.Timestamp("2020-01-01")):
        bad = frame.astype(object)
        bad.iloc[3, 1] = value
        error = refusal((bad, y))
        assert error.index == 3 and "column 'b'" in str(error)
    bad = frame.copy()
    bad.iloc[3, 1] = np.nan
    assert "nan in column 'b'" in str(refusal((bad, y)))
    swapped = {"train": (frame, y), "test": (frame[list("badc")], y)}
    assert refusal(swapped).split == "test"
    for missing in (None, np.nan, pandas.NA):
        named = pandas.Series(["a", "b", missing] * 20, dtype="object")
        assert refusal((frame, named)).index == 2


def test_one_hot_frames_keep_their_names(refusal, table):
    pandas = pytest.importorskip("pandas")
    x, y = table
    letters = np.array(["red", "green", "blue"])[y]
    hot = pandas.get_dummies(letters)
    data = load((x, hot))
    assert data.class_names == ("blue", "green", "red")
    found = np.array(data.class_names)[data.train.labels]
    np.testing.assert_array_equal(found, letters[data.train.rows])
    splits = {"train": (x, hot), "test": (x, hot)}
    assert load(splits).class_names == ("blue", "green", "red")
    named = {**splits, "class_names": ["b", "g", "r"]}
    assert load(named).class_names == ("b", "g", "r")
    swapped = {**splits, "test": (x, hot[["red", "blue", "green"]])}
    error = refusal(swapped)
    assert error.split == "test" and "red, blue, green" in str(error)
    numbers = pandas.DataFrame({"a": y / 3, "b": y / 7})
    assert load((x, numbers)).class_names is None


def test_the_error_survives_pickling(refusal, table):
    import pickle

    error = refusal(({1}, table[1]))
    again = pickle.loads(pickle.dumps(error))
    assert isinstance(again, DataError) and str(again) == str(error)
