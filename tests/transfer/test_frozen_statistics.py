"""The layer around a backbone: what sleeps, what trains, what is saved."""

import keras
import numpy as np
import pytest

from recipes.transfer.frozen_statistics import FrozenStatistics

pytestmark = pytest.mark.both_backends

generator = np.random.default_rng(0)
X = generator.normal(3.0, 2.0, (16, 6, 6, 3)).astype("float32")
Y = generator.integers(0, 2, 16)


def backbone():
    inputs = keras.Input((6, 6, 3))
    x = keras.layers.Conv2D(4, 3, name="stem_conv")(inputs)
    x = keras.layers.BatchNormalization(name="stem_norm")(x)
    x = keras.layers.Dropout(0.5, name="stem_dropout", seed=1)(x)
    return keras.Model(inputs, x, name="backbone")


def network(body, statistics="frozen"):
    """Put a head on a backbone; `statistics=None`: as one does in Keras."""
    inputs = keras.Input((6, 6, 3))
    if statistics is None:
        x = body(inputs, training=False)
    else:
        x = FrozenStatistics(body, statistics)(inputs)
    x = keras.layers.GlobalAveragePooling2D()(x)
    model = keras.Model(inputs, keras.layers.Dense(2, name="head")(x))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.1), loss)
    return model


def values(model):
    return {v.path: np.array(v, copy=True) for v in model.variables}


def moved_by_a_fit(model):
    before = values(model)
    model.fit(X, Y, batch_size=8, verbose=0)
    after = values(model)
    return {p for p in before if (before[p] != after[p]).any()}


STATISTICS = {"stem_norm/moving_mean", "stem_norm/moving_variance"}
TRAINED = {"stem_norm/gamma", "stem_norm/beta", "stem_conv/kernel"}


def test_statistics_sleep_while_everything_else_trains():
    moved = moved_by_a_fit(network(backbone()))
    assert moved >= TRAINED | {"head/kernel", "head/bias"}
    assert not moved & STATISTICS
    assert not any("seed" in path for path in moved)  # no dropout


@pytest.mark.parametrize("statistics", ["update", None], ids=str)
def test_otherwise_they_wake(statistics):
    """None is the control: the call that `fit` is said to ignore."""
    moved = moved_by_a_fit(network(backbone(), statistics))
    assert moved >= STATISTICS | TRAINED


def test_frozen_layers_stay_still_when_others_update():
    body = backbone()
    body.trainable = False
    moved = moved_by_a_fit(network(body, "update"))
    weights = {path for path in moved if "seed_generator" not in path}
    assert weights == {"head/kernel", "head/bias"}


@pytest.mark.parametrize("statistics", ["frozen", "update"])
def test_in_training_it_computes_what_the_backbone_does(statistics):
    body = backbone()
    layer = FrozenStatistics(body, statistics)
    frozen = np.asarray(layer(X, training=True))
    difference = abs(frozen - np.asarray(body(X, training=False))).max()
    assert difference > 0.1 if statistics == "update" else difference == 0
    assert layer.compute_output_shape((None, 6, 6, 3)) == (None, 4, 4, 4)


def test_paths_stay_and_files_load(tmp_path):
    body = backbone()
    paths = [v.path for v in body.weights]
    assert "stem_conv/kernel" in paths
    model = network(body)
    assert [v.path for v in model.weights][: len(paths)] == paths
    moved_by_a_fit(model)
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    assert [v.path for v in again.weights] == [v.path for v in model.weights]
    found, expected = (m.predict(X, verbose=0) for m in (again, model))
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert not moved_by_a_fit(again) & STATISTICS


def test_whole_pixels_survive_half_precision():
    """255 and 254 are one number in bfloat16; the backbone is in float32."""
    inputs = keras.Input((1,))
    body = keras.Model(inputs, keras.layers.Rescaling(1.0)(inputs))
    layer = FrozenStatistics(body, dtype="mixed_bfloat16")
    pixels = np.array([[254.0], [255.0], [253.5]], "float32")
    found = keras.ops.convert_to_numpy(layer(pixels))
    np.testing.assert_array_equal(found, pixels)


@pytest.mark.parametrize(
    "model, statistics, words",
    [
        (None, "frozen", "must be a keras.Model"),
        (keras.Sequential([keras.layers.Dense(1)]), "frozen", "built"),
        (backbone(), "sleep", "'frozen' or 'update'.*'sleep'"),
    ],
    ids=["none", "unbuilt", "statistics"],
)
def test_what_is_refused(model, statistics, words):
    with pytest.raises(ValueError, match=words):
        FrozenStatistics(model, statistics)
