"""A frozen backbone's features: computed once, and the same run as without."""

import numpy as np
import pytest

import recipes
from recipes.training import frozen_features, plan
from recipes.transfer import features

pytestmark = pytest.mark.both_backends


@pytest.fixture(scope="module")
def few():
    """A hundred digits to train on, fifty for each other split."""
    data = recipes.data.load("digits").train
    x, y = data.read(), data.labels
    parts = {"train": (0, 100), "validation": (100, 150), "test": (150, 200)}
    return {role: (x[a:b], y[a:b]) for role, (a, b) in parts.items()}


@pytest.fixture
def recipe(tmp_path, monkeypatch):
    monkeypatch.setenv("RECIPES_CACHE", str(tmp_path / "cache"))
    return recipes.image_fine_tuner("glyphnet", strategy="frozen", epochs=4)


def test_the_run_is_that_through_the_backbone(
    recipe, few, tmp_path, monkeypatch, capsys
):
    first = recipe.fit(few, directory=tmp_path / "first")
    assert "features of 150 frozen examples: computed once" in (
        capsys.readouterr().out
    )
    again = recipe.fit(few, directory=tmp_path / "again")
    assert "found on disk" in capsys.readouterr().out
    monkeypatch.setattr(plan, "can_be_cached", lambda *_: False)
    through = recipe.fit(few, directory=tmp_path / "through", verbose=False)
    other = recipe.fit(few, directory=tmp_path / "o", seed=1, verbose=False)
    weights = [r.model.get_weights() for r in (first, again, through, other)]
    for a, b, c in zip(*weights[:3], strict=True):
        np.testing.assert_array_equal(a, b)
        np.testing.assert_allclose(a, c, atol=2e-4)
    assert any(
        not np.allclose(a, d, atol=2e-4)
        for a, d in zip(weights[0], weights[3], strict=True)
    )
    np.testing.assert_allclose(
        first.metrics["test_loss"], through.metrics["test_loss"], atol=1e-3
    )


def test_nothing_goes_through_the_backbone_twice(
    recipe, few, tmp_path, monkeypatch
):
    recipe.fit(few, directory=tmp_path / "first", verbose=False)

    def refuse(*_):
        raise AssertionError("the backbone was asked again")

    monkeypatch.setattr(features, "predicted", refuse)
    longer = recipe.replace(epochs=5)  # another run on the same features
    longer.fit(few, directory=tmp_path / "second", verbose=False)
    other = {**few, "train": (few["train"][0] // 2, few["train"][1])}
    with pytest.raises(AssertionError, match="asked again"):
        recipe.fit(other, directory=tmp_path / "third", verbose=False)


@pytest.mark.parametrize(
    ("fields", "cached"),
    [
        ({}, True),
        ({"augmentation": "light"}, False),
        ({"strategy": "full"}, False),
        ({"strategy": "gradual"}, False),
        ({"normalization_statistics": "update"}, False),
    ],
)
def test_only_what_stays_the_same_is_kept(recipe, fields, cached):
    from recipes.network.backbone import build_transfer

    recipe = recipe.replace(**fields)
    transfer = build_transfer(recipe)
    assert frozen_features.can_be_cached(recipe, transfer) == cached
    assert not frozen_features.can_be_cached(recipe, None)
