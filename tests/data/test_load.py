"""load: the front door of the data room."""

import numpy as np
import pytest

from recipes.data import load

pytestmark = pytest.mark.both_backends
EMBEDDED = {
    "digits": ("image", "class", (8, 8, 1), 10, 1797),
    "iris": ("table", "class", (4,), 3, 150),
    "wine": ("table", "class", (13,), 3, 178),
    "breast_cancer": ("table", "class", (30,), 2, 569),
    "diabetes": ("table", "number", (10,), 1, 442),
}


@pytest.mark.parametrize("name", EMBEDDED)
def test_embedded_data(name):
    features, target, shape, outputs, rows = EMBEDDED[name]
    data = load(name)
    assert (data.name, data.features, data.target) == (name, features, target)
    assert data.input_shape == shape and data.num_outputs == outputs
    assert sum(map(len, data.splits)) == rows
    if features == "table":
        assert len(data.feature_names) == shape[0]


@pytest.mark.parametrize(
    "y, target",
    [
        (np.arange(60) % 3, "class"),
        (np.arange(60) % 3 + 0.0, "class"),
        (np.arange(60) / 8, "number"),
        (np.arange(120).reshape(60, 2) / 3, "number"),
        (np.eye(3)[np.arange(60) % 3], "class"),
        (list("abc") * 20, "class"),
    ],
)
def test_the_target_is_told_from_the_labels(table, y, target):
    data = load((table[0], y))
    assert data.target == target
    assert (data.class_names is None) == (target == "number")


def test_whole_numbers_can_be_targets(table):
    data = load((table[0], np.arange(60)), target="number")
    assert data.train.labels.shape == (39, 1)


@pytest.mark.parametrize(
    "spec, options, words",
    [
        ("diabetes", {"target": "class"}, "a number to predict"),
        ("iris", {"target": "number"}, "a class to predict"),
        ("digits", {"features": "table"}, "flatten"),
        ("iris", {"features": "image"}, "tabular"),
    ],
)
def test_data_of_another_kind(refusal, spec, options, words):
    assert words in str(refusal(spec, **options))
    assert words or refusal(load(spec), **options)


def test_loaded_data_passes_through(refusal):
    data = load("iris")
    assert load(data) is data
    assert load(data, features="table", target="class") is data
    assert "recipe that fits" in str(refusal(data, features="image"))


@pytest.mark.parametrize(
    "options",
    [
        {"features": "img"},
        {"target": "klass"},
        {"image_size": 8},
        {"image_size": [0, 8]},
        {"channels": 2},
        {"channels": True},
        {"channels": "rgb"},
        {"image_size": (8, 0)},
        {"image_size": (8.0, 8.0)},
        {"image_size": "large"},
        {"validation_split": 0},
        {"validation_split": "a"},
        {"validation_split": float("nan")},
        {"test_split": 1.0},
        {"test_split": None},
        {"validation_split": 0.5, "test_split": 0.5},
        {"seed": -1},
        {"seed": 0.5},
        {"seed": None},
        {"seed": True},
    ],
)
def test_bad_arguments(refusal, options):
    assert next(iter(options)) in str(refusal("iris", **options))


def test_a_small_image_size_is_explained(refusal):
    error = refusal("digits", image_size=[0, 8])
    assert "image_size=[0, 8]" in error.found
    assert "at least 1" in error.expected


def test_the_fingerprint_knows_every_byte(table):
    x, y = table
    first = load((x, y)).fingerprint
    assert load((x.copy(), y.copy())).fingerprint == first
    other = x.copy()
    other[5, 3] += 1
    swapped = y.copy()
    swapped[[0, 1]] = swapped[[1, 0]]
    named = {"train": (x, y), "class_names": list("abc")}
    for spec in ((other, y), (x, swapped), (x.astype("f8"), y), named):
        assert load(spec).fingerprint != first
    assert load((x, y), seed=1).fingerprint != first
