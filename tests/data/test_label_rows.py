"""Multi-label targets: read, refused, named, split."""

import numpy as np
import pytest

from recipes.data import load
from recipes.data.label_rows import label_sets

pytestmark = pytest.mark.both_backends

RNG = np.random.default_rng(0)
X = RNG.normal(size=(200, 4)).astype("float32")
Y = (RNG.random((200, 3)) < [0.5, 0.2, 0.3]).astype("int64")


def labels_of(data):
    found = np.empty((200, data.num_outputs), "int8")
    for split in data.splits:
        found[split.rows] = split.labels
    return found


@pytest.mark.parametrize(
    "y", [Y, Y.astype(float), Y.astype(bool), Y.astype(str), Y.tolist()]
)
def test_rows_of_0_and_1_in_any_form(y):
    data = load((X, y), target="labels")
    assert (data.target, data.num_outputs) == ("labels", 3)
    assert data.class_names == ("0", "1", "2")
    np.testing.assert_array_equal(labels_of(data), Y)


@pytest.mark.parametrize("count", [1, 2])
def test_one_and_two_labels_keep_their_columns(count):
    data = load((X, Y[:, :count]), target="labels")
    assert data.num_outputs == count
    assert data.train.labels.shape[1] == count


def test_names_come_from_class_names_or_a_frame():
    spec = {"train": (X, Y), "class_names": ["a", "b", "c"]}
    assert load(spec, target="labels").class_names == ("a", "b", "c")

    class Frame(np.ndarray):
        columns = ["red", "green", "blue"]

    data = load((X, Y.view(Frame)), target="labels")
    assert data.class_names == ("red", "green", "blue")


@pytest.mark.parametrize(
    "row, column, value", [(7, 1, 2), (7, 1, 0.5), (7, 1, -1), (7, 1, np.nan)]
)
def test_the_first_bad_row_is_named(refusal, row, column, value):
    y = Y.astype("float64")
    y[row, column] = value
    words = str(refusal((X, y), target="labels"))
    assert "index 7" in words and f"{value:g}" in words


@pytest.mark.parametrize(
    "y, words",
    [
        (Y[:, 0], "reshape"),
        (Y.sum(axis=1), "multi_label=False"),
        (np.array(["red", "blue"] * 100), "MultiLabelBinarizer"),
        (Y * [1, 1, 0], "no row with the label 2"),
        (np.maximum(Y, [0, 1, 0]), "every row with the label 1"),
    ],
)
def test_what_is_no_label_rows_is_refused(refusal, y, words):
    assert words in str(refusal((X, y), target="labels"))


def test_wrong_names_are_refused(refusal):
    for names in (["a", "b"], ["a", "b", "b"]):
        spec = {"train": (X, Y), "class_names": names}
        assert "names" in str(refusal(spec, target="labels"))


def test_several_labels_for_a_plain_classifier_are_refused(refusal):
    assert "multi_label=True" in str(refusal((X, Y), target="class"))
    soft = np.full((200, 2), 0.5)
    assert "multi_label" not in str(refusal((X, soft), target="class"))


def test_one_hot_rows_still_mean_classes():
    data = load((X, np.eye(3)[np.arange(200) % 3]), target="class")
    assert data.target == "class" and data.train.labels.ndim == 1


def test_frequent_sets_of_labels_keep_their_shares():
    y = np.array([[1, 0]] * 120 + [[0, 1]] * 78 + [[1, 1], [0, 0]])
    data = load((X, y), target="labels", test_split=0.2)
    shares = [(s.labels == [1, 0]).all(axis=1).mean() for s in data.splits]
    np.testing.assert_allclose(shares, 0.6, atol=0.02)
    assert sum(map(len, data.splits)) == 200


def test_the_strata_are_the_sets_by_hand():
    sets = [(1, 0)] * 5 + [(0, 1)] * 4 + [(1, 1)] * 2 + [(0, 0)]
    found = label_sets(np.array(sets), least=3)
    assert len(set(found)) == 3  # the two rare sets share one
    assert found[9] == found[11] and found[0] != found[5] != found[9]
    lonely = label_sets(np.array(sets[:5] + sets[-1:]), least=3)
    assert set(lonely) == {0}  # a row alone joins the largest


def test_too_many_sets_are_split_without_strata():
    y = RNG.integers(0, 2, (30, 8))
    data = load((X[:30], y), target="labels")
    assert [len(s) for s in data.splits] == [19, 5, 6]


def csv(path, columns, rows):
    lines = [",".join(columns), *(",".join(map(str, r)) for r in rows)]
    path.write_text("\n".join(lines))
    return path


def test_several_label_columns_of_a_csv(tmp_path):
    rows = np.column_stack([np.round(X, 3), Y])
    file = csv(tmp_path / "t.csv", ["p", "q", "r", "s", "a", "b", "c"], rows)
    data = load(f"csv:{file}#c, a", target="labels")
    assert data.class_names == ("c", "a")
    assert data.feature_names == ("p", "q", "r", "s", "b")
    np.testing.assert_array_equal(labels_of(data), Y[:, [2, 0]])


def test_several_numbers_of_a_csv_are_as_exact_as_one(tmp_path):
    numbers = [[i, i / 10, i / 7] for i in range(60)]
    file = csv(tmp_path / "t.csv", ["x", "y", "z"], numbers)
    data = load(f"csv:{file}#y,z", target="number")
    np.testing.assert_array_equal(
        data.test.labels, np.array(numbers)[data.test.rows, 1:]
    )


def test_a_column_with_a_comma_in_its_name_is_one_column(tmp_path):
    lines = ['x,"a,b"', *(f"{i},{i % 2}" for i in range(60))]
    (tmp_path / "t.csv").write_text("\n".join(lines))
    data = load(f"csv:{tmp_path / 't.csv'}#a,b", target="class")
    assert data.class_names == ("0", "1")


def test_a_missing_label_column_and_cell_are_named(tmp_path, refusal):
    file = csv(tmp_path / "t.csv", ["x", "a", "b"], [[1, 0, 1], [2, "", 0]])
    assert "'c'" in str(refusal(f"csv:{file}#a,c", target="labels"))
    words = str(refusal(f"csv:{file}#a,b", target="labels"))
    assert "empty cell in column 'a', line 3" in words
