"""Ensembles of the folds of a cross-validation."""

import numpy as np
import pytest

import recipes
from recipes.errors import DataError
from tests.report.reading import read


@pytest.mark.slow
def test_the_folds_of_a_cross_validation_share_the_untouched_split(tmp_path):
    recipe = recipes.tabular_classifier(
        network=recipes.Part("mlp", units=(4,)), epochs=1
    )
    folds = recipe.cross_validate(
        "wine", 2, directory=tmp_path / "cv", verbose=False
    )
    one = recipes.ensemble(folds, tmp_path / "of_folds", data="wine")
    test = recipes.data.load("wine").test
    outputs = [run.model.predict(test.read(), verbose=0) for run in folds.runs]
    right = np.mean(outputs, axis=0).argmax(axis=1) == test.labels
    assert one.metrics["test_accuracy"] == right.mean()
    assert one.evaluate("wine")["rows"] == len(test) == 36
    for split in ("train", "validation"):
        with pytest.raises(DataError, match="used to train a member"):
            one.evaluate("wine", split)
    page = read(one.report())
    assert page.faults == [] and ", 36 rows" in page.words("verdict")
    assert page.source.count("Left out") == 1  # the validation split
    with pytest.raises(DataError, match="other data than the members"):
        recipes.ensemble(tmp_path / "cv", tmp_path / "x", data="iris")
    assert not (tmp_path / "x").exists()
