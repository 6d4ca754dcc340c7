"""image_fine_tuner: a head on the embedded backbone, stage by stage."""

import json
import subprocess
import sys

import keras
import numpy as np
import pytest

import recipes
from recipes import Part, cli
from recipes.network.backbone import build_transfer, size_for
from recipes.training import stages

pytestmark = [pytest.mark.both_backends, pytest.mark.by_hand_on_jax]


@pytest.fixture(scope="module")
def few():
    """Ten digits of each class to train on."""
    data = recipes.data.load("digits")
    x = np.concatenate([split.read() for split in data.splits])
    y = np.concatenate([split.labels for split in data.splits])
    places = [np.flatnonzero(y == n) for n in range(10)]
    parts = {"train": (0, 10), "validation": (10, 20), "test": (20, 70)}
    rows = {
        role: np.concatenate([p[a:b] for p in places])
        for role, (a, b) in parts.items()
    }
    return {role: (x[r], y[r]) for role, r in rows.items()}


@pytest.fixture(scope="module")
def gradual(few, tmp_path_factory):
    recipe = recipes.image_fine_tuner(
        "glyphnet", strategy="gradual", stages=2, epochs=12, batch_size=16
    )
    directory = tmp_path_factory.mktemp("gradual") / "run"
    return recipe.fit(few, directory=directory, verbose=False)


def test_few_examples_are_enough(gradual):
    """The same network from scratch has seen too little."""
    assert gradual.metrics["test_accuracy"] > 0.85
    assert len(gradual.history["loss"]) == 12
    assert gradual.recipe.image_size == (32, 32)


@pytest.mark.slow
def test_a_stage_that_stops_early_is_as_long_as_it_was(few, tmp_path):
    """Its epochs, the history's and those of the marks are the same ones."""
    never_better = Part("early_stopping", patience=1, min_delta=10.0)
    recipe = recipes.image_fine_tuner(
        "glyphnet",
        strategy="gradual",
        stages=2,
        epochs=8,
        early_stopping=never_better,
    )
    run = recipe.fit(few, directory=tmp_path / "run", verbose=False)
    text = (run.directory / "stages.json").read_text()
    spans = [stage["epochs"] for stage in json.loads(text)["stages"]]
    assert spans[0] == [1, 2] and spans[1][0] == 3 and spans[1][1] < 8
    assert len(run.history["loss"]) == spans[1][1] == run.metrics["epochs"]
    best = run.metrics["best_epoch"]
    assert best == run.metrics["model_epoch"] == spans[1][0]
    shown = run.evaluate(few, "validation")["loss"]
    np.testing.assert_allclose(
        shown, run.history["val_loss"][best - 1], rtol=0.05
    )


def test_each_stage_says_what_it_moved(gradual):
    text = (gradual.directory / "stages.json").read_text()
    head, everything = json.loads(text)["stages"]
    assert head["stage"] == "head" and head["epochs"] == [1, 6]
    assert everything["epochs"] == [7, 12]
    for row in head["variables"]:
        ours = row["path"].split("_")[0] in (
            "stem",
            "block1",
            "block2",
            "block3",
        )
        assert (row["verdict"] == "still") == ours, row
    kernels = [r for r in everything["variables"] if "kernel" in r["path"]]
    assert len(kernels) == 8
    assert all(r["verdict"] == "moved" for r in kernels)
    still = [r["path"] for r in everything["variables"] if not r["change"]]
    assert still and all("moving_" in path for path in still)


def test_show_prints_a_line_for_each_rate(gradual, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert cli.main(["show", str(gradual.directory)]) == 0
    printed = capsys.readouterr().out
    assert '"task": "image_fine_tuner"' in printed
    tables = printed[printed.index("stage head, epochs 1 to 6") :]
    head, everything = tables.split("stage all 4 blocks, epochs 7 to 12")
    lines = [line.split("│") for line in everything.splitlines()]
    cells = [[c.strip() for c in line[1:-1]] for line in lines if line[2:]]
    rows = stages_of(gradual)[1]["variables"]
    for expression, rate, count, expected, change, verdict in cells:
        mine = [
            row
            for row in rows
            if (row["row"], row["expected"]) == (expression, expected)
        ]
        assert (int(count), float(rate)) == (len(mine), mine[0]["multiplier"])
        low, high = (f(r["change"] for r in mine) for f in (min, max))
        ends = f"{low:.2g} to {high:.2g}" if low != high else f"{low:.2g}"
        assert change == ends
        assert verdict == f"{count} {mine[0]['verdict']}"
    assert sum(int(cell[2]) for cell in cells) == len(rows) == 42
    assert [c[0] for c in cells if c[4] != "0"][:2] == ["^stem_", "^block1_"]
    assert len(cells) == 10 and "convolution/kernel" not in printed


def test_show_prints_every_variable(gradual, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert cli.main(["show", str(gradual.directory), "--variables"]) == 0
    printed = capsys.readouterr().out
    for row in stages_of(gradual)[0]["variables"]:
        assert printed.count(f"│ {row['path']} ") == 2


def stages_of(run):
    return json.loads((run.directory / "stages.json").read_text())["stages"]


@pytest.mark.slow
def test_a_saved_run_is_the_same_in_a_fresh_process(gradual, few):
    x = few["test"][0][:5]
    expected = gradual.model.predict(x, verbose=0)
    np.save(gradual.directory / "x.npy", x)
    script = (
        "import sys, numpy, recipes\n"
        "run = recipes.load_run(sys.argv[1])\n"
        "x = numpy.load(sys.argv[1] + '/x.npy')\n"
        "numpy.save(sys.argv[1] + '/y.npy', run.model.predict(x, verbose=0))"
    )
    command = [sys.executable, "-c", script, str(gradual.directory)]
    subprocess.run(command, check=True, capture_output=True)
    found = np.load(gradual.directory / "y.npy")
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_a_wrong_stage_fails_loudly(few, tmp_path, monkeypatch):
    """The protection taken away: what should be frozen is trained."""
    recipe = recipes.image_fine_tuner("glyphnet", strategy="top", epochs=1)
    freeze = stages.set_rates

    def forgetful(model, table):
        rates = freeze(model, table)
        for layer in model._flatten_layers():
            layer.trainable = False
            layer.trainable = True
        for variable in model.variables:
            kind = variable.path.rsplit("/")[-1]
            variable.trainable = kind in ("kernel", "bias", "gamma", "beta")
        return rates._replace(
            multipliers=tuple((path, 1.0) for path, _ in rates.multipliers)
        )

    monkeypatch.setattr(stages, "set_rates", forgetful)
    with pytest.raises(recipes.RunError, match="stem_1_convolution/kernel"):
        recipe.fit(few, directory=tmp_path / "run", verbose=False)


def test_any_images_fit_a_backbone():
    tuner = recipes.image_fine_tuner(
        "MobileNet", weights=None, strategy="scratch"
    )
    model = tuner.build((20, 24, 1), 3)  # gray, and too small
    assert model.output_shape == (None, 3)
    gray = recipes.image_fine_tuner("glyphnet").build((40, 32, 3), 2)
    assert gray.output_shape == (None, 1)
    backbone = build_transfer(tuner).backbone
    assert size_for(backbone, (20, 24)) == (40, 48)
    assert size_for(backbone, (100, 120)) == (100, 120)
    assert size_for(backbone, (500, 400)) == (224, 224)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"backbone": "ResNet5"}, "Did you mean 'ResNet50'"),
        ({"backbone": None}, "`backbone` must be given"),
        ({"strategy": "fozen"}, "Did you mean 'frozen'"),
        ({"network": "cnn"}, "must be 'head'"),
        ({"preprocessing": "standardization"}, "pretrained with"),
        ({"weight_average": "exponential_moving_average"}, "averages"),
    ],
)
def test_what_does_not_go_together_is_refused(change, message):
    with pytest.raises(recipes.RecipeError, match=message):
        recipes.image_fine_tuner(**change)
    with pytest.raises(recipes.RecipeError, match="image_fine_tuner"):
        recipes.image_classifier(backbone="glyphnet")
    with pytest.raises(recipes.RecipeError, match="image_fine_tuner"):
        recipes.image_classifier(network="head")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"image_size": (16, 16)}, "at least 32×32"),
        ({"strategy": Part("top", blocks=9)}, "from 1 to 4"),
        ({"network": Part("head", global_pooling="sum")}, "average, max, both"),
        (
            {"strategy": Part("table", stages=[["a", 1.0, [["setm", 1]]]])},
            "'setm' matches no variable.*stem",
        ),
        ({"weights": "none.weights.h5"}, "there is no such file"),
        ({"strategy": "gradual", "epochs": 2}, "at least that"),
    ],
)
def test_what_cannot_be_is_refused_before_training(
    few, fields, message, tmp_path
):
    recipe = recipes.image_fine_tuner("glyphnet", **fields)
    with pytest.raises(recipes.RecipeError, match=message):
        recipe.fit(few, directory=tmp_path / "run", verbose=False)


def test_features_keep_their_precision_in_float16(few):
    """Pixels of 0 to 255 are too fine for bfloat16."""
    recipe = recipes.image_fine_tuner(
        "glyphnet", dtype_policy="mixed_bfloat16", strategy="frozen"
    )
    model = recipe.build((8, 8, 1), 10)
    assert np.isfinite(model.predict(few["test"][0][:4], verbose=0)).all()
    assert keras.config.dtype_policy().name == "float32"
