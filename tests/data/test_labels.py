"""Labels: every form that is accepted, and every one that is not."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from recipes.data import load
from recipes.data.labels import encode_classes, encode_numbers

pytestmark = pytest.mark.both_backends
Y = np.arange(60) % 3
LETTERS = np.array(list("abc"))[Y]


def changed(y, value, kind="float64", at=7):
    y = np.array(y, kind)
    y[at] = value
    return y


@pytest.mark.parametrize(
    "y",
    [
        Y,
        Y.astype("uint8"),
        Y.astype("float32"),
        Y.astype(object),
        Y.astype(float).astype(object),
        Y[:, None],
        Y.tolist(),
        np.eye(3)[Y],
        np.eye(3, dtype=int)[Y],
        np.eye(3, dtype=bool)[Y],
        np.eye(3)[Y].astype(object),
    ],
)
def test_numbers_and_one_hot_rows_mean_the_same(y):
    encoded, names = encode_classes({"all": y})
    np.testing.assert_array_equal(encoded["all"], Y)
    assert encoded["all"].dtype == np.int64 and names == ("0", "1", "2")


@pytest.mark.parametrize(
    "y", [LETTERS, LETTERS.astype(object), LETTERS.astype("S"), list(LETTERS)]
)
def test_text_is_encoded_and_keeps_its_names(table, y):
    data = load((table[0], y))
    assert data.class_names == ("a", "b", "c")
    np.testing.assert_array_equal(data.train.labels, Y[data.train.rows])


def test_other_numbers_as_objects():
    for kind in (Decimal, Fraction):
        y = [kind(int(i)) for i in Y]
        np.testing.assert_array_equal(encode_classes({"all": y})[0]["all"], Y)


def test_a_class_may_be_called_nan_where_it_is_named():
    y = np.array(["nan", "b"] * 5)
    encoded, names = encode_classes({"all": y}, ["b", "nan"])
    assert encoded["all"].tolist() == [1, 0] * 5 and names == ("b", "nan")


def test_ten_numbers_as_objects_are_not_sorted_as_text():
    y = (np.arange(60) % 12).astype(object)
    encoded, names = encode_classes({"all": y})
    np.testing.assert_array_equal(encoded["all"], np.arange(60) % 12)
    assert names == tuple(str(i) for i in range(12))


def test_class_names_give_the_order():
    encoded, names = encode_classes({"all": LETTERS}, ["c", "b", "a"])
    np.testing.assert_array_equal(encoded["all"], 2 - Y)
    assert names == ("c", "b", "a")
    assert encode_classes({"all": Y}, [5, 6, 7])[1] == ("5", "6", "7")


def test_all_splits_are_encoded_alike():
    given = {"train": LETTERS, "test": np.array(["c", "b"])}
    assert encode_classes(given)[0]["test"].tolist() == [2, 1]
    given = {"train": np.eye(3)[Y], "test": np.array([2, 1])}
    assert encode_classes(given)[0]["test"].tolist() == [2, 1]


BAD_CLASSES = {
    "negative": (changed(Y, -1), 7, "-1"),
    "fraction": (changed(Y, 0.5), 7, "0.5"),
    "nan": (changed(Y, np.nan), 7, "nan"),
    "infinite": (changed(Y, np.inf), 7, "inf"),
    "past int64": (changed(Y, 1e30), 7, "1e+30"),
    "past uint64": (changed(Y, 2**63, "uint64"), 7, "9223372036854775808"),
    "far too many": (changed(Y, 10**9, int), 7, "numpy.unique"),
    "none": (changed(Y, None, object), 7, "None"),
    "missing text": (changed(LETTERS, np.nan, object), 7, "nan"),
    "nan in a list": (["a", "b", np.nan] * 20, 2, "nan"),
    "nan as text": (np.array(["a", "b", np.nan] * 20), 2, "nan"),
    "past 64 bits": ([0, 1, 2**70] * 20, 2, "the label 1180591620717411303424"),
    "far past 64 bits": ([0, 1, -(10**400)] * 20, 2, "the label -1000"),
    "decimal": ([Decimal("0.5"), Decimal(1)] * 30, 0, "0.5"),
    "from one": (Y + 1, None, "the class 0"),
    "gap": (2 * Y, None, "the class 1, 3"),
    "single": (0 * Y, None, "a single class, '0'"),
    "single text": (["a"] * 60, None, "a single class, 'a'"),
    "scalar": (3, None, "a single value"),
    "no value": (None, None, "a single value"),
    "short": (Y[:59], None, "60 examples and 59 labels"),
    "rank 3": (np.zeros((60, 1, 1)), None, "shape (60, 1, 1)"),
    "uneven": ([[1], [1, 2]] * 30, None, "different shapes"),
    "soft": (changed(np.eye(3)[Y], [0.5, 0.5, 0]), 7, "one-hot"),
    "two hot": (changed(np.eye(3)[Y], [1, 1, 0]), 7, "one-hot"),
    "none hot": (changed(np.eye(3)[Y], 0), 7, "one-hot"),
    "empty column": (np.eye(4)[Y], None, "the class 3"),
    "text rows": (np.array([["a", "b"]] * 60), None, "shape (60, 2)"),
    "complex": (Y * 1j, None, "complex128"),
    "dates": (Y.astype("M8[D]"), None, "datetime64"),
}


@pytest.mark.parametrize("case", BAD_CLASSES)
def test_bad_classes(refusal, table, case):
    y, index, words = BAD_CLASSES[case]
    error = refusal((table[0], y), target="class")
    assert error.index == index and words in str(error)


@pytest.mark.parametrize(
    "part, names, split, index, words",
    [
        ({"validation": Y + 1}, None, "validation", 2, "the label 3"),
        ({"test": np.eye(5)[Y]}, list("abc"), "test", None, "5 columns"),
        ({"test": LETTERS}, ["a", "b"], "test", 2, "'c'"),
        ({"test": Y}, ["a", "b"], "train", 2, "the label 2"),
        ({"test": Y}, list("abcd"), "train", None, "the class d"),
        ({"test": Y}, ["a", "a", "b"], None, None, "different names"),
        ({"test": Y}, {"a", "b", "c"}, None, None, "in the order"),
        ({"test": Y}, "abc", None, None, "a list"),
        ({"test": Y}, 3, None, None, "a list"),
        ({"test": Y}, [], None, None, "a list"),
    ],
)
def test_splits_that_disagree(refusal, table, part, names, split, index, words):
    x, (role, y) = table[0], next(iter(part.items()))
    train = LETTERS[Y < 2][:20] if y is LETTERS else Y
    spec = {"train": (x[: len(train)], train), role: (x, y)}
    error = refusal(spec if names is None else {**spec, "class_names": names})
    assert error.split == split and error.index == index
    assert words in str(error)


def test_a_class_that_train_lacks_is_named(refusal, table):
    x = table[0]
    spec = {"train": (x[:40], LETTERS[:40]), "test": (x[:2], ["a", "z"])}
    error = refusal(spec)
    assert error.split == "train" and "the class z" in str(error)


def test_numbers_become_columns_of_float64():
    y = encode_numbers({"all": Y})["all"]
    assert y.shape == (60, 1) and y.dtype == np.float64
    assert encode_numbers({"all": np.ones((60, 2))})["all"].shape == (60, 2)


@pytest.mark.parametrize(
    "y, index, words",
    [
        (changed(Y, "high", object), 7, "'high'"),
        (changed(Y, "1_000", object), 7, "'1_000'"),
        (changed(Y, "1_000", "U9"), 7, "'1_000'"),
        (changed(Y, np.nan), 7, "nan"),
        (changed(Y, -np.inf), 7, "-inf"),
        (changed(Y, None, object), 7, "nan"),
        (changed(Y, 1e300), 7, "float32"),
        (np.zeros((60, 0)), None, "(60, 0)"),
        (np.zeros((60, 2, 2)), None, "(60, 2, 2)"),
        (Y * 1j, 0, "0j"),
    ],
)
def test_bad_numbers(refusal, table, y, index, words):
    error = refusal((table[0], y), target="number")
    assert error.index == index and words in str(error)


def test_splits_have_the_same_targets(refusal, table):
    x = table[0]
    spec = {"train": (x, x[:, :2]), "test": (x, x[:, :1])}
    assert refusal(spec, target="number").split == "test"
