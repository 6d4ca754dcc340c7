import json
import re
import shutil

import keras
import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

from recipes import pretraining
from recipes.backbones import glyphnet as room
from recipes.backbones.glyphnet import glyphnet
from recipes.errors import RecipeError


@pytest.fixture
def folder(tmp_path):
    for name in (room.WEIGHTS, room.CARD):
        shutil.copy(room.FOLDER / name, tmp_path / name)
    return tmp_path


def digits():
    """Scans as their fine-tuning sees them: 32 pixels, 0 to 255."""
    bunch = load_digits()
    images = keras.ops.image.resize(
        (bunch.images[..., None] * (255 / 16)).astype("float32"), (32, 32)
    )
    return keras.ops.convert_to_numpy(images), bunch.target


def features(backbone, images):
    for layer in backbone.preprocessing:
        images = layer(images)
    maps = backbone.model.predict(images, batch_size=256, verbose=0)
    return maps.mean((1, 2))


@pytest.mark.both_backends
def test_it_is_small_and_returns_a_map():
    backbone = glyphnet(input_shape=(32, 32, 1))
    assert backbone.model.count_params() == room.card()["parameters"]
    assert 200_000 < backbone.model.count_params() < 300_000
    assert room.FOLDER.joinpath(room.WEIGHTS).stat().st_size < 1.5e6
    assert backbone.channels == 1
    out = backbone.model(np.zeros((2, 32, 32, 1), "float32"))
    assert out.shape == backbone.model.compute_output_shape((2, 32, 32, 1))


def test_one_block_fits_each_variable():
    backbone = glyphnet(weights=None)
    for variable in backbone.model.variables:
        fits = [b for b in backbone.blocks if re.search(b, variable.path)]
        assert len(fits) == 1, variable.path
    assert len(backbone.blocks) == 4


@pytest.mark.both_backends
def test_weights_are_those_of_the_card():
    one, random = glyphnet(), glyphnet(weights=None)
    assert one.origin["weights"] == "glyphnet"
    assert one.origin["sha256"] == room.card()["sha256"]
    assert one.origin["file"].endswith(room.WEIGHTS)
    assert set(random.origin.values()) == {None}
    file = glyphnet(weights=str(room.FOLDER / room.WEIGHTS))
    for a, b, c in zip(
        one.model.variables,
        file.model.variables,
        random.model.variables,
        strict=True,
    ):
        a, b, c = map(keras.ops.convert_to_numpy, (a, b, c))
        np.testing.assert_array_equal(a, b)
        assert (a != c).any()


def test_statistics_are_those_of_its_pictures():
    """Each normalization's output has mean 0 and deviation 1 times gamma."""
    backbone = glyphnet()
    images, _ = pretraining.pictures("train", 1, 0, 490)
    x = backbone.preprocessing[0](images)
    for layer in backbone.model.layers:
        if not isinstance(layer, keras.layers.BatchNormalization):
            continue
        probe = keras.Model(backbone.model.inputs[0], layer.input)
        seen = keras.ops.convert_to_numpy(probe(x)).astype("float64")
        variance = keras.ops.convert_to_numpy(layer.moving_variance)
        mean = keras.ops.convert_to_numpy(layer.moving_mean)
        shift = (seen.mean((0, 1, 2)) - mean) / np.sqrt(variance)
        assert abs(shift).max() < 0.25, layer.name
        ratio = seen.var((0, 1, 2)) / variance
        assert 0.7 < ratio.min() and ratio.max() < 1.4, layer.name


@pytest.mark.parametrize("name", [room.WEIGHTS, room.CARD])
def test_a_changed_file_is_refused(folder, name):
    room.shipped(room.network((32, 32, 1)), folder)  # it is the copy's flaw
    path = folder / name
    content = bytearray(path.read_bytes())
    if name == room.CARD:
        at = content.index(room.card()["sha256"].encode())
        content[at] = ord("0") if content[at] != ord("0") else ord("1")
    else:
        content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(RecipeError, match="not what was shipped"):
        room.shipped(room.network((32, 32, 1)), folder)


def test_a_missing_file_is_said(folder):
    (folder / room.WEIGHTS).unlink()
    with pytest.raises(RecipeError, match="recipes pretrain glyphnet"):
        room.shipped(room.network((32, 32, 1)), folder)


@pytest.mark.parametrize(
    "arguments, words",
    [
        ({"input_shape": (32, 32, 3)}, "gray images.*(32, 32, 3)"),
        ({"input_shape": (31, 32, 1)}, "sides of 32 or more"),
        ({"weights": "imagenet"}, "no such file"),
        ({"weights": 3}, "Received: 3"),
    ],
)
def test_illegal_arguments_are_refused(arguments, words):
    with pytest.raises(RecipeError, match=words):
        glyphnet(**arguments)


def test_its_features_beat_random_ones():
    """Ten handwritten digits of each class, a linear probe, five draws."""
    images, classes = digits()
    scores = []
    keras.utils.set_random_seed(0)
    for weights in ("glyphnet", None):
        x = features(glyphnet(weights=weights), images)
        x = (x - x.mean(0)) / (x.std(0) + 1e-6)
        found = []
        for seed in range(5):
            order = np.random.default_rng(seed).permutation(len(x))
            rows = np.concatenate(
                [order[classes[order] == c][:10] for c in range(10)]
            )
            rest = np.setdiff1d(order, rows)
            probe = LogisticRegression(C=0.01, max_iter=300)
            probe.fit(x[rows], classes[rows])
            found.append(probe.score(x[rest], classes[rest]))
        scores.append(np.mean(found))
    pretrained, random = scores
    assert pretrained > 0.94
    assert pretrained > random + 0.1


@pytest.mark.slow
def test_pretraining_writes_weights_that_are_loaded(tmp_path, monkeypatch):
    for name, value in (("STEPS", 2), ("STATISTICS", 98), ("SCORED", 98)):
        monkeypatch.setattr(pretraining, name, value)
    first = pretraining.pretrain(tmp_path, seed=3, epochs=2)
    assert first == json.loads((tmp_path / room.CARD).read_text("utf-8"))
    model = room.network((32, 32, 1))
    assert room.shipped(model, tmp_path)["sha256"] == first["sha256"]
    assert first["command"] == "recipes pretrain glyphnet --seed 3 --epochs 2"
    assert set(first["settings"]) == set(room.card()["settings"])
    loaded = keras.ops.convert_to_numpy(
        model.get_layer("stem_1_normalization").moving_variance
    )
    assert (loaded != 1).all()  # recomputed


@pytest.mark.parametrize("arguments", [{"seed": -1}, {"epochs": 0}])
def test_pretraining_refuses_at_once(tmp_path, arguments):
    with pytest.raises(RecipeError, match="must be a whole number"):
        pretraining.pretrain(tmp_path / "none", **arguments)
    assert not (tmp_path / "none").exists()
