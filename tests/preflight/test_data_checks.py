"""The checks that look at the data alone."""

import numpy as np
import pytest

import recipes
from recipes.preflight import (
    classes,
    duplicates,
    labels,
    simple_model,
    value_range,
)
from recipes.training.plan import load_for
from tests.preflight import faults

IMAGE = recipes.image_classifier()
TABLE = recipes.tabular_classifier()


def loaded(spec, recipe=IMAGE):
    return load_for(recipe, spec)


@pytest.mark.parametrize("name", ["digits", "wine", "breast_cancer"])
def test_clean_data_pass_all(name):
    recipe = IMAGE if name == "digits" else TABLE
    data = loaded(name, recipe)
    for module in (duplicates, classes, value_range):
        assert module.check(recipe, data).verdict == "pass"
    assert labels.check(data).verdict == "pass"


def test_the_same_images_in_two_splits_are_counted():
    found = duplicates.check(IMAGE, loaded(faults.leaking()))
    assert found.verdict == "fail"
    assert "50 in validation and train" in found.words
    assert found.number == pytest.approx(50 / (270 + 50 + 360))


def test_like_rows_with_unlike_labels_are_said():
    x = np.arange(120.0).reshape(60, 2)
    x[1] = x[0]
    y = np.arange(60) % 2
    splits = {"train": (x, y), "validation": (x + 0.5, y), "test": (x + 0.2, y)}
    found = duplicates.check(TABLE, loaded(splits, TABLE))
    assert (found.verdict, found.number) == ("warn", 0.0)
    assert "2 rows of train are alike and labeled differently" in found.words
    assert "columns do not tell these rows apart" in found.mend


def test_like_rows_may_have_unlike_numbers():
    recipe = recipes.tabular_regressor()
    x = np.repeat(np.arange(60.0), 2)[:, None]
    y = np.random.default_rng(0).normal(size=(120, 1))
    splits = {
        role: (x + 0.3 * i, y)
        for i, role in enumerate(("train", "validation", "test"))
    }
    data = loaded(splits, recipe)
    found = duplicates.check(recipe, data)
    assert (found.verdict, found.words) == (
        "pass",
        "No row stands in two splits.",
    )
    keys = duplicates.hashes(data.train)
    assert duplicates.conflicts(keys, data.train.labels) == 120


def test_a_rare_class_is_warned_of_and_the_change_runs():
    x, y = np.random.default_rng(0).normal(size=(200, 3)), np.zeros(200, int)
    y[:8] = 1
    data = loaded((x, y), TABLE)
    found = classes.check(TABLE, data)
    assert found.verdict == "warn"
    mended = TABLE.replace(**found.changes)
    assert mended.class_weight == "balanced"
    assert classes.check(mended, data).changes is None


def test_a_class_that_validation_lacks_is_named():
    found = faults.splits()
    x, y = found["validation"]
    found["validation"] = x[y != 3], y[y != 3]
    words = classes.check(IMAGE, loaded(found)).words
    assert "Validation has none of '3'" in words


@pytest.mark.parametrize("top", [16, 1 / 255])
def test_dark_images_fail(top):
    data = faults.splits(images=lambda x: x / 255 * top)
    found = value_range.check(IMAGE, loaded(data))
    assert found.verdict == "fail"
    lit = faults.splits(images=lambda x: x / 255)
    assert value_range.check(IMAGE, loaded(lit)).verdict == "pass"


def test_columns_as_they_are_fail_and_the_change_runs():
    recipe = TABLE.replace(preprocessing=None)
    data = loaded("wine", TABLE)
    found = value_range.check(recipe, data)
    assert found.verdict == "fail" and "'proline'" in found.words
    mended = recipe.replace(**found.changes)
    assert value_range.check(mended, data).verdict == "pass"


def test_a_split_of_another_scale_fails():
    data = faults.splits("wine", role="validation", images=lambda x: x / 10)
    found = value_range.check(TABLE, loaded(data, TABLE))
    assert found.verdict == "fail" and "validation" in found.words


def test_a_constant_column_is_warned_of():
    x, y = np.random.default_rng(0).normal(size=(90, 3)), np.arange(90) % 3
    x[:, 1] = 4
    found = value_range.check(TABLE, loaded((x, y), TABLE))
    assert found.verdict == "warn" and "as 1" in found.words


def test_shuffled_labels_fail():
    data = loaded(faults.splits(labels=faults.shuffled))
    assert labels.check(data).verdict == "fail"


@pytest.mark.parametrize(
    "change, words",
    [
        (lambda y: (y + 1) % 10, "shifted by 1"),
        (lambda y: (y + 3) % 10, "shifted by 3"),
        (lambda y: np.array([1, 0, *range(2, 10)])[y], None),
        (lambda y: np.roll(y, 1), "the row before"),
        (lambda y: np.roll(y, -1), "the row after"),
        (faults.shuffled, "do not"),
    ],
)
def test_validation_labels_that_are_mixed_up(change, words):
    found = labels.check(
        loaded(faults.splits(labels=change, role="validation"))
    )
    if words is None:  # two of ten classes: an eighth of the rows
        assert found.verdict == "pass"
    else:
        assert found.verdict == "fail" and words in found.words


def test_the_new_names_bring_the_labels_back():
    data = faults.splits(labels=lambda y: (y + 1) % 10, role="validation")
    mend = labels.check(loaded(data)).mend
    assert "'1' → '0'" in mend and "'0' → '9'" in mend


def test_numbers_and_label_rows():
    recipe = recipes.tabular_regressor()
    assert labels.check(loaded("diabetes", recipe)).verdict == "pass"
    for change in (faults.shuffled, lambda y: np.roll(y, 1, axis=0)):
        data = faults.splits("diabetes", labels=change, role="validation")
        assert labels.check(loaded(data, recipe)).verdict == "fail"
    several = IMAGE.replace(multi_label=True)
    data = faults.splits(labels=lambda y: np.eye(10, dtype=int)[y])
    assert labels.check(loaded(data, several)).verdict == "pass"
    x, y = data["validation"]
    data["validation"] = x, np.roll(y, 1, axis=1)
    found = labels.check(loaded(data, several))
    assert found.verdict == "fail" and "shifted by 1" in found.words


@pytest.mark.parametrize(
    "rows, rare", [(90, 1), (90, 2), (300, 3), (8, 4), (10, 5)]
)
def test_of_rare_classes_and_a_handful_of_rows_no_chance_is_told(rows, rare):
    random = np.random.default_rng(0)
    y = np.zeros(rows, int)
    y[:rare] = 1
    splits = {
        role: (random.normal(size=(rows, 3)), y)
        for role in ("train", "validation", "test")
    }
    found = labels.check(loaded(splits, TABLE))
    assert found.verdict == "warn" and "too few" in found.words


def test_a_class_that_is_rare_and_shows_is_told():
    """A linear model for which rows weigh alike gives the other alone."""
    random = np.random.default_rng(0)
    splits = {}
    for role in ("train", "validation", "test"):
        y = (np.arange(1000) % 40 == 0).astype(int)
        x = random.normal(size=(1000, 6))
        x[:, 0] += 2 * y
        splits[role] = x, y
    data = loaded(splits, TABLE)
    found = labels.check(data)
    assert found.verdict == "pass" and "Logistic" in found.words
    x = simple_model.features(data, data.train, np.arange(1000))[0]
    plain = simple_model.models(data)[1].set_params(class_weight=None)
    assert plain.fit(x, data.train.labels).predict(x).sum() < 3


def test_of_few_rows_no_chance_is_told():
    random = np.random.default_rng(0)
    x, y = random.normal(size=(40, 3)), np.arange(40) % 2
    found = labels.check(loaded((x, y), TABLE))
    assert found.verdict == "warn" and "too few" in found.words


def many(order, moved=0):
    """Splits of 2,400 rows whose class shows, sorted by class or in turn."""
    random = np.random.default_rng(0)
    found = {}
    for role in ("train", "validation", "test"):
        y = order(np.arange(2400))
        x = random.normal(size=(len(y), 4)) + 4 * np.eye(3, 4)[y]
        found[role] = x, y
    x, y = found["validation"]
    found["validation"] = x, np.roll(y, moved)
    return found


@pytest.mark.parametrize(
    "order",
    [lambda i: (i >= 2000) + (i >= 2200) * 1, lambda i: i * 7 % 11 % 3],
    ids=["sorted", "in turn"],
)
def test_rows_in_any_order_are_judged_by_all_classes(order):
    """The first 2,000 rows, which simple models once saw, have one class."""
    found = labels.check(loaded(many(order), TABLE))
    assert found.verdict == "pass" and found.number > 0.9


def test_labels_moved_by_a_row_are_found_in_a_sample_of_the_rows():
    data = loaded(many(lambda i: i * 7 % 11 % 3, moved=1), TABLE)
    found = labels.check(data)
    assert found.verdict == "fail" and "the row before" in found.words
