"""Every way to write data down, and every way to misspell it."""

from pathlib import Path

import numpy as np
import pytest

from recipes.data.catalog import read

pytestmark = pytest.mark.both_backends


@pytest.mark.parametrize(
    "spec, words",
    [
        ("digts", "Did you mean 'digits'?"),
        ("Digits", "Did you mean 'digits'?"),
        ("brest_cancer", "Did you mean 'breast_cancer'?"),
        ("mnist", "digits, iris, wine, breast_cancer, diabetes"),
        ("", "the data name ''"),
        ("/some/path", "folder: before a path"),
        ("flder:/some/path", "Did you mean 'folder'?"),
        ("csvs:table.csv#y", "Did you mean 'csv'?"),
        ("C:\\pictures", "folder:, csv: or tfds:"),
        ("folder:", "after folder:"),
        ("csv:", "after csv:"),
        ("tfds: ", "after tfds:"),
        (None, "a NoneType"),
        (7, "an int"),
        (Path("/some/path"), "folder:PATH"),
        (np.zeros((3, 2)), "(x, y)"),
        (([[1.0]], [0], [1.0]), "a tuple of 3"),
        ([[1.0]], "a list of 1"),
        ({"x": 1}, "the keys ['x']"),
    ],
)
def test_unknown_data(refusal, spec, words):
    assert words in str(refusal(spec))


def test_no_sentence_runs_into_the_next(refusal):
    for spec in ("digts", "flder:x", "mnist", "csv:"):
        words = str(refusal(spec))
        assert "?." not in words and ".." not in words and " ." not in words


@pytest.mark.parametrize(
    "path", ["~no-such-user/x", "a" * 300, "a\0b", "\ud800"]
)
@pytest.mark.parametrize("form", ["folder:{}", "csv:{}#y", "tfds:/{}"])
def test_paths_that_cannot_be(refusal, path, form):
    if form.startswith("tfds"):
        pytest.importorskip("tensorflow_datasets")
    error = refusal(form.format(path))
    assert "check the" in error.mend and "\0" not in str(error)


def test_names_and_arrays_are_read(table):
    assert read("iris").name == "iris"
    for spec in (table, list(table), {"train": table}):
        source, _ = next(iter(read(spec).splits.values()))
        np.testing.assert_array_equal(source.array, table[0])
