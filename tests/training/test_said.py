"""What a fine-tuning says: the backbone, the images, each stage's epochs."""

import hashlib
import json
import re

import keras
import numpy as np
import pytest
from PIL import Image

import recipes
from recipes.backbones.backbone import Backbone
from recipes.backbones.glyphnet import FOLDER, WEIGHTS
from recipes.backbones.preprocessing import preprocessing
from recipes.backbones.weights import load_weights
from recipes.training.fit import headline
from recipes.training.plan import load_for, make_plan


def tiny(*, weights=None, mode="caffe"):
    """A convolution for RGB of 12 pixels or more, made for 24."""
    inputs = keras.Input((None, None, 3))
    x = keras.layers.Conv2D(2, 3, name="stem")(inputs)
    model = keras.Model(inputs, x, name="tiny")
    origin = {"weights": None, "sha256": None, "file": None}
    if weights is not None:
        origin = load_weights(model, weights)
    layers = preprocessing(mode)
    return Backbone(model, layers, 3, 12, 24, ("^stem",), origin)


@pytest.fixture(autouse=True)
def registered():
    recipes.register("backbone", "tiny", tiny)


def pictures(height, width, channels, count=40):
    rng = np.random.default_rng(0)
    x = rng.integers(0, 256, (count, height, width, channels)).astype("uint8")
    return x, np.arange(count) % 2


def said(data, backbone="tiny", **fields):
    recipe = recipes.image_fine_tuner(backbone, strategy="full", **fields)
    return headline(make_plan(recipe, load_for(recipe, data))).splitlines()


@pytest.mark.parametrize(
    ("shape", "fields", "words"),
    [
        ((8, 9, 1), {}, "8×9 enlarged to 16×18, gray as RGB"),
        ((12, 20, 3), {}, "12×20, RGB"),
        ((60, 40, 3), {}, "60×40 reduced to 24×24, RGB"),
        ((12, 20, 3), {"image_size": (12, 12)}, "12×20 reduced to 12×12, RGB"),
        (
            (40, 60, 3),
            {"backbone": "glyphnet"},
            "40×60 reduced to 32×32, RGB as gray",
        ),
        ((8, 8, 1), {"backbone": "glyphnet"}, "8×8 enlarged to 32×32, gray"),
    ],
)
def test_what_becomes_of_the_images(shape, fields, words):
    lines = said(pictures(*shape), **fields)
    mode = "-1 to 1 (tf)" if fields.get("backbone") else "BGR minus ImageNet's"
    assert lines[3].startswith(f"images: {words}; {mode}")
    assert all(len(line) <= 80 for line in lines[1:])


def test_files_of_several_sizes_are_read_at_one(tmp_path):
    for name in "ab":
        (tmp_path / name).mkdir()
        for i in range(10):
            image = Image.new("L", (30 + 4 * i, 40 + i), 20 * i)
            image.save(tmp_path / name / f"{i}.png")
    words = "images: files of 40×30 to 49×66 read at 44×44 reduced to 24×24, "
    assert said(f"folder:{tmp_path}")[3].startswith(words + "gray as RGB; ")


def test_where_the_weights_come_from(tmp_path):
    lines = said(pictures(12, 12, 3))
    assert lines[2] == "backbone tiny: random weights"
    file = tmp_path / "mine.weights.h5"
    tiny().model.save_weights(file)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    lines = said(pictures(12, 12, 3), recipes.Part("tiny", weights=str(file)))
    assert lines[2] == f"backbone tiny: weights {file} (sha256 {digest[:12]})"
    lines = said(pictures(12, 12, 3), "glyphnet")
    digest = hashlib.sha256((FOLDER / WEIGHTS).read_bytes()).hexdigest()
    words = f"backbone glyphnet: weights glyphnet (sha256 {digest[:12]})"
    assert lines[2] == words


def test_others_say_nothing_of_it():
    recipe = recipes.image_classifier(network=recipes.Part("cnn", filters=(2,)))
    data = load_for(recipe, pictures(12, 12, 1))
    assert "backbone" not in headline(make_plan(recipe, data))


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """A run in two stages, and what it printed."""
    folder = tmp_path_factory.mktemp("said")
    file = folder / "mine.weights.h5"
    tiny().model.save_weights(file)
    recipes.register("backbone", "tiny", tiny)
    recipe = recipes.image_fine_tuner(
        recipes.Part("tiny", weights=str(file), mode="torch"),
        strategy=recipes.Part("gradual", stages=2),
        epochs=10,
        batch_size=8,
    )
    with pytest.MonkeyPatch.context() as patch:
        lines = []
        patch.setattr("callbacks.SteadyConsole.print", record(lines))
        run = recipe.fit(pictures(8, 8, 1), directory=folder / "run")
    return run, lines, file


def record(lines):
    return lambda self, *objects, **options: lines.extend(map(str, objects))


def test_progress_counts_the_run_and_names_the_stage(printed):
    _, lines, _ = printed
    epochs = [re.sub("  loss.*", "", x) for x in lines if x[:5] == "epoch"]
    upper = "the whole backbone"
    assert epochs == [
        *(f"epoch  {n}/10  head" for n in range(1, 6)),
        *(f"epoch  {n}/10  {upper}" for n in range(6, 10)),
        f"epoch 10/10  {upper}",
    ]
    told = [line for line in lines if line.startswith("stage ")]
    assert told == [
        "stage 1/2, head: epochs 1 to 5",
        f"stage 2/2, {upper}: epochs 6 to 10",
    ]
    # Between them the features' line and five epochs.
    assert lines.index(told[1]) == lines.index(told[0]) + 7
    left = ["left" in line for line in lines if line.startswith("epoch")]
    assert left == [True] * 9 + [False]


def test_the_environment_holds_the_origin(printed):
    run, lines, file = printed
    text = (run.directory / "environment.json").read_text()
    assert json.loads(text)["backbone"] == {
        "name": "tiny",
        "weights": str(file),
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        "file": str(file),
        "preprocessing": "standardized by ImageNet's means (torch)",
    }
    assert "the head first" in "\n".join(lines)  # the strategy's words
