"""The proof of a fine-tuning, on whole fits with a protection taken away.

Each is a fit of two stages that works; then one part that keeps it right is
broken, as a mistake in the library or in Keras would, and the run says so.
"""

import json

import keras
import numpy as np
import pytest

import recipes
from recipes import Part
from recipes.backbones.backbone import Backbone
from recipes.network import backbone as network
from recipes.training import stages
from recipes.transfer import rates
from recipes.transfer.frozen_statistics import FrozenStatistics
from recipes.transfer.rates import set_rates

pytestmark = pytest.mark.both_backends


def tiny():
    """Two blocks, each a convolution and a normalization."""
    x = inputs = keras.Input((None, None, 1))
    for name in ("stem", "top"):
        x = keras.layers.Conv2D(3, 3, name=f"{name}_conv")(x)
        x = keras.layers.BatchNormalization(name=f"{name}_norm")(x)
    model = keras.Model(inputs, x, name="tiny")
    origin = {"weights": "some", "sha256": None, "file": None}
    return Backbone(model, (), 1, 8, 8, ("^stem_", "^top_"), origin)


HEAD = [["^head", 1], [".*", 0]]
TOP = [["^head", 1], ["^top_", 0.1], [".*", 0]]


@pytest.fixture
def fit(tmp_path):
    """Fit two stages: the head alone, then the upper block too."""
    recipes.register("backbone", "tiny", tiny)
    x = np.random.default_rng(0).integers(0, 256, (40, 8, 8, 1), "uint8")

    def run(rows=TOP, callbacks=(), **fields):
        plan = [["head", 0.5, HEAD], ["top", 0.5, rows]]
        recipe = recipes.image_fine_tuner(
            "tiny",
            strategy=Part("table", stages=plan),
            epochs=2,
            batch_size=8,
            **fields,
        )
        data = x, np.arange(40) % 2
        options = {"callbacks": callbacks, "verbose": False}
        return recipe.fit(data, directory=tmp_path, **options)

    return run


def verdicts(folder):
    """Return what the last stage in a run folder did to each variable."""
    found = json.loads((folder / "stages.json").read_text())["stages"][-1]
    return found["stage"], {v["path"]: v["verdict"] for v in found["variables"]}


def test_nothing_taken_away(fit, tmp_path):
    fit()
    stage, found = verdicts(tmp_path)
    assert stage == "top"
    moved = {path for path, verdict in found.items() if verdict != "still"}
    assert {p for p in moved if p.startswith(("stem", "top"))} == {
        "top_conv/kernel",
        "top_conv/bias",
        "top_norm/gamma",
        "top_norm/beta",
    }


@pytest.mark.filterwarnings("ignore:A layer's `trainable` state has changed")
def test_trainable_changed_without_compiling(fit, tmp_path, monkeypatch):
    compiled = stages.compile_stage

    def forgetful(plan, stage, end):
        if end is None:  # the first stage
            return compiled(plan, stage, end)
        return set_rates(plan.model, stage.table)

    monkeypatch.setattr(stages, "compile_stage", forgetful)
    # On features another model is trained first, and Keras finds it too.
    monkeypatch.setattr(stages, "trains_head_alone", lambda *_: False)
    if keras.backend.backend() == "jax":  # which finds it by itself
        with pytest.raises(ValueError, match="1:1"):
            fit()
        return
    with pytest.raises(recipes.RunError, match="should have moved.*top_conv"):
        fit()
    name, found = verdicts(tmp_path)  # the table of what went wrong is there
    assert name == "top" and found["top_conv/kernel"] == "stuck"


def awake(self, inputs, training=None):
    return self.model(inputs, training=training)


@pytest.mark.parametrize(
    "place, broken",
    [
        ((FrozenStatistics, "call"), awake),
        # `training=False` in a functional model, which `fit` ignores
        (
            (network, "FrozenStatistics"),
            lambda model, *_, **__: lambda x: model(x, training=False),
        ),
    ],
    ids=["a wrapper that does nothing", "no wrapper"],
)
def test_a_waking_batch_normalization(
    place, broken, fit, tmp_path, monkeypatch
):
    monkeypatch.setattr(*place, broken)
    words = "2 moving statistics.*did not: top_norm/moving_mean, top_norm/mov"
    with pytest.raises(recipes.RunError, match=words):
        fit()
    name, found = verdicts(tmp_path)
    woke = {path for path, verdict in found.items() if verdict == "woke"}
    assert name == "top" and woke == {
        "top_norm/moving_mean",
        "top_norm/moving_variance",
    }


def test_an_expression_with_a_typing_mistake(fit, tmp_path, monkeypatch):
    mistyped = [TOP[0], ["^tpo_", 0.1], TOP[2]]
    with pytest.raises(recipes.RecipeError, match="'.tpo_' matches no variab"):
        fit(mistyped)
    assert not any(tmp_path.iterdir())
    rows_for = rates.rows_for

    def trusting(paths, table, constants=()):
        known = [row for row in table if row[0] != "^tpo_"]
        return rows_for(paths, known, constants)

    monkeypatch.setattr(rates, "rows_for", trusting)  # the check before
    with pytest.raises(recipes.RunError, match="1 rows.*no variable: '.tpo_'"):
        fit(mistyped)
    assert verdicts(tmp_path)[1]["top_conv/kernel"] == "still"


@pytest.mark.parametrize(
    "optimizer",
    [
        "adamw",
        pytest.param(Part("sgd", momentum=0.9), marks=pytest.mark.slow),
    ],
    ids=str,
)
def test_an_optimizer_that_lost_its_slots(
    optimizer, fit, tmp_path, monkeypatch
):
    monkeypatch.setattr(stages, "carry", lambda old, new: None)
    with pytest.raises(recipes.RunError, match="lost its slots.*output/bias"):
        fit(optimizer=optimizer)
    assert verdicts(tmp_path)[0] == "head"  # the next one did not begin


@pytest.mark.slow
def test_a_frozen_weight_that_a_callback_writes_to(fit):
    class Writes(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            for variable in self.model.variables:
                if variable.path == "stem_conv/bias":
                    variable.assign(variable + 1e-3)

    with pytest.raises(recipes.RunError, match="frozen and moved: stem_conv/b"):
        fit(callbacks=[Writes()])
