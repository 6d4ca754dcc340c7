"""A validation loss that is never finite is said in the fit, not only after."""

import warnings

import numpy as np
import pytest

import recipes
from recipes import Part
from recipes.errors import DivergedError
from recipes.training.diverging.validation_watch import ValidationWatch

pytestmark = [pytest.mark.both_backends]
RECIPE = recipes.tabular_regressor(
    network=Part("mlp", units=(2,)), epochs=2, early_stopping=None
)


def data():
    """One target of the validation is far outside: its square overflows."""
    x = np.arange(20.0)[:, None]
    outside = np.append(x[1:, 0], 1e30)
    parts = {"train": x[:, 0], "validation": outside, "test": x[:, 0]}
    return {name: (x, y) for name, y in parts.items()}


def test_it_is_said_after_the_first_epoch(tmp_path):
    given = {"directory": tmp_path / "run", "verbose": False}
    with pytest.warns(UserWarning) as said:
        with pytest.raises(DivergedError, match="the validation loss was not"):
            RECIPE.fit(data(), **given)
    words = [str(e.message) for e in said if e.category is UserWarning]
    assert len(words) == 1
    assert words[0].startswith("The validation loss of epoch 1 is inf, over a")


def test_only_what_is_not_finite_is_said():
    watch = ValidationWatch()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for logs in (None, {}, {"val_loss": 1.0}, {"loss": float("nan")}):
            watch.on_epoch_end(0, logs)
        with pytest.raises(UserWarning, match="epoch 3 is nan"):
            watch.on_epoch_end(2, {"val_loss": np.float32("nan")})
        watch.on_epoch_end(3, {"val_loss": np.float32("nan")})  # once
