"""A frozen backbone's features, computed once: the same run as without."""

import io
import json

import keras
import numpy as np
import pytest

import callbacks
import recipes
from callbacks import SteadyConsole
from recipes import Part
from recipes.data.augmenting import Pictures
from recipes.network.head import split_network
from recipes.training import feature_arrays, stages
from recipes.training.callbacks import model_users
from recipes.training.plan import load_for, make_plan
from recipes.transfer import feature_store, features

pytestmark = [pytest.mark.both_backends, pytest.mark.by_hand_on_jax]


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


@pytest.fixture
def weights(few, tmp_path):
    """Fit, and return the weights of the saved model."""

    def fitted(recipe, name, **given):
        given = {"directory": tmp_path / name, "verbose": False, **given}
        return recipe.fit(few, **given).model.get_weights()

    return fitted


def through_the_backbone(monkeypatch):
    monkeypatch.setattr(stages, "trains_head_alone", lambda *_: False)


def same(one, other, atol=2e-4):
    return all(
        np.allclose(a, b, atol=atol) for a, b in zip(one, other, strict=True)
    )


@pytest.mark.slow
def test_the_run_is_that_through_the_backbone(
    recipe, weights, monkeypatch, capsys
):
    first = weights(recipe, "first", verbose=True)
    assert "features of 150 frozen examples: computed once" in (
        capsys.readouterr().out
    )
    monkeypatch.setattr(feature_arrays, "MEMORY", 1000)
    again = weights(recipe, "again", verbose=True)  # read batch by batch
    assert "150 frozen examples: found on disk; 188 KiB, read from disk" in (
        capsys.readouterr().out
    )
    through_the_backbone(monkeypatch)
    through = weights(recipe, "through")
    other = weights(recipe, "other", seed=1)
    assert same(first, again, atol=0) and same(first, through)
    assert not same(first, other)


@pytest.mark.slow
def test_nothing_goes_through_the_backbone_twice(
    recipe, few, tmp_path, monkeypatch, weights
):
    recipe = recipe.replace(epochs=1)
    weights(recipe, "first")

    def refuse(*_):
        raise AssertionError("the backbone was asked again")

    monkeypatch.setattr(features, "predicted", refuse)
    # The head, its course, the seed: nothing of the features.
    other = recipe.replace(
        network=Part("head", units=(8,)), dropout=0.5, batch_size=16, seed=3
    )
    weights(other, "second")
    halved = {**few, "train": (few["train"][0] // 2, few["train"][1])}
    with pytest.raises(AssertionError, match="asked again"):
        recipe.fit(halved, directory=tmp_path / "third", verbose=False)


@pytest.mark.slow
def test_the_first_stage_of_gradual_runs_on_features(
    recipe, weights, monkeypatch, tmp_path
):
    recipe = recipe.replace(strategy=Part("gradual", stages=2))
    recipe = recipe.replace(epochs=3)
    found = weights(recipe, "found")
    assert list((tmp_path / "cache" / "features").glob("*.npy"))
    text = (tmp_path / "found" / "stages.json").read_text()
    head, everything = json.loads(text)["stages"]
    paths = [row["path"] for row in head["variables"]]
    assert paths == [row["path"] for row in everything["variables"]]
    stem = next(
        row
        for row in head["variables"]
        if row["path"] == "stem_1_convolution/kernel"
    )
    assert (stem["verdict"], stem["change"]) == ("still", 0)
    through_the_backbone(monkeypatch)
    assert same(found, weights(recipe, "through"), atol=2e-3)


@pytest.mark.slow
def test_a_backbone_that_moves_beside_its_features_is_caught(
    recipe, weights, monkeypatch
):
    networks, compute = [], stages.on_features

    def seen(plan, *rest):
        networks.append(plan.model)
        return compute(plan, *rest)

    class Moves(keras.callbacks.Callback):
        uses_model = False

        def on_epoch_end(self, epoch, logs=None):
            (stem,) = (
                variable
                for variable in networks[0].variables
                if variable.path == "stem_1_convolution/kernel"
            )
            stem.assign(stem + 1e-3)

    monkeypatch.setattr(stages, "on_features", seen)
    with pytest.raises(recipes.RunError, match="stem_1_convolution/kernel"):
        weights(recipe.replace(epochs=1), "run", callbacks=[Moves()])


VIEWS = {
    "augmentation": [Part("random_rotation", factor=0.1)],
    "augmentation_device": "host",
}


@pytest.mark.slow
def test_views_are_those_of_the_draws(recipe, weights, monkeypatch, capsys):
    """Epoch e takes the draws of epoch e mod 2, through the backbone."""
    recipe = recipe.replace(**VIEWS)
    two = recipe.replace(strategy=Part("frozen", views=2))
    found = weights(two, "found", verbose=True)
    assert "features of 250 frozen examples: computed once" in (
        capsys.readouterr().out
    )
    draw = Pictures.__call__

    def turned(by):
        return lambda self, images, targets, epoch, indices: draw(
            self, images, targets, (epoch + by) % 2, indices
        )

    monkeypatch.setattr(Pictures, "__call__", turned(0))
    through = weights(recipe, "through", verbose=True)
    assert "strategy/views=8" in capsys.readouterr().out
    assert same(found, through)
    monkeypatch.setattr(Pictures, "__call__", turned(1))
    assert not same(found, weights(recipe, "turned"))


@pytest.mark.slow
def test_views_of_another_draw_are_others(recipe, weights, capsys):
    two = recipe.replace(strategy=Part("frozen", views=2), epochs=3, **VIEWS)
    weights(two, "first")
    three = two.replace(strategy=Part("auto", few=99, views=3))
    run = weights(three, "three", verbose=True)
    assert "250 found on disk, 100 computed once" in capsys.readouterr().out
    weights(two.replace(seed=1), "seed", verbose=True)
    assert "50 found on disk, 200 computed" in capsys.readouterr().out
    assert run
    # A view that no epoch sees is not computed.
    weights(two.replace(seed=2, epochs=1), "one epoch", verbose=True)
    assert "50 found on disk, 100 computed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"augmentation": None}, "Set one, such as"),
        ({"augmentation": ["light", Part("mixup")]}, "mixup mixes images"),
        ({"augmentation_device": "device"}, "on the host"),
        ({"normalization_statistics": "update"}, "='frozen'"),
        ({"strategy": Part("frozen", views=0)}, "at least 1"),
    ],
)
def test_views_that_cannot_be_kept_are_refused(
    recipe, few, fields, message, tmp_path
):
    fields = {
        "strategy": Part("frozen", views=2),
        "augmentation": "light",
        **fields,
    }
    with pytest.raises(recipes.RecipeError, match=message):
        recipe.replace(**fields).fit(few, directory=tmp_path, verbose=False)


def test_views_are_short_for_the_strategys():
    tuner = recipes.image_fine_tuner("glyphnet", strategy="frozen", views=8)
    assert tuner.strategy == Part("frozen", views=8)


def test_what_is_too_large_for_the_disk_goes_through_the_backbone(
    recipe, weights, monkeypatch, capsys, tmp_path
):
    monkeypatch.setattr(feature_arrays, "MEMORY", 1000)
    monkeypatch.setattr(feature_store.FeatureStore, "limit", 2000, False)
    monkeypatch.setattr(
        feature_store.FeatureStore,
        "__init__",
        lambda self: setattr(self, "directory", tmp_path),
    )
    weights(recipe.replace(epochs=1), "run", verbose=True)
    assert "above the limit of 1.95 KiB: images go through the frozen" in (
        capsys.readouterr().out
    )
    assert not list(tmp_path.glob("*.npy"))


class Saves(keras.callbacks.Callback):
    def __init__(self, path):
        super().__init__()
        self.path = path

    def on_train_end(self, logs=None):
        self.model.save_weights(self.path)
        self.found = self.model.predict_on_batch(np.zeros((1, 8, 8, 1)))


@pytest.mark.parametrize("own", [True, False])
def test_a_callback_that_saves_has_the_whole_network(
    recipe, weights, tmp_path, capsys, own
):
    path = tmp_path / "kept.weights.h5"
    saver = (
        Saves(path)
        if own
        else keras.callbacks.ModelCheckpoint(path, save_weights_only=True)
    )
    found = weights(
        recipe.replace(epochs=1), "run", callbacks=[saver], verbose=True
    )
    said = capsys.readouterr().out
    assert f"{type(saver).__name__} may use the whole network" in said
    assert "frozen examples" not in said
    model = recipe.build((8, 8, 1), 10)
    model.load_weights(path)
    assert same(found, model.get_weights(), atol=0)


def test_known_callbacks_leave_the_features(tmp_path):
    class Clock(keras.callbacks.Callback):
        uses_model = False

    class Stops(keras.callbacks.EarlyStopping):
        """Whatever else it does."""

    known = [
        Clock(),
        keras.callbacks.EarlyStopping(),
        keras.callbacks.CSVLogger(tmp_path / "a.csv"),
        callbacks.EarlyStopping(),
    ]
    assert model_users(known) == []
    assert model_users([*known, Stops(), Saves("")]) == ["Stops", "Saves"]


def network(recipe, side):
    x = np.random.default_rng(0).integers(0, 256, (40, side, side, 1), "uint8")
    y = np.arange(40) % 2
    return make_plan(recipe, load_for(recipe, (x, y))).network, x[:5]


@pytest.mark.parametrize(
    ("pooling", "width"),
    [("auto", 320), ("both", 320), ("average", 160), ("max", 160)],
)
def test_the_cut_is_after_the_pooling(recipe, pooling, width):
    head = Part("head", global_pooling=pooling, units=(8,))
    model, x = network(recipe.replace(network=head), 8)
    body, head = split_network(model)
    assert body.output_shape == (None, width)
    np.testing.assert_allclose(
        head.predict_on_batch(body.predict_on_batch(x)),
        model.predict_on_batch(x),
        atol=1e-5,
    )
    learned = [v.path for v in head.trainable_variables]
    assert len(learned) and not {v.path for v in body.variables} & {*learned}


@pytest.mark.slow
def test_features_of_a_large_backbone_are_few():
    recipe = recipes.image_fine_tuner(
        "MobileNetV2", weights=None, strategy="frozen", image_size=(32, 32)
    )
    body, _ = split_network(network(recipe, 32)[0])
    assert body.output_shape == (None, 2560)


def test_the_cut_is_before_what_learns():
    inputs = keras.Input((4, 4, 1))
    x = keras.layers.Conv2D(3, 2, name="backbone")(inputs)
    x = keras.layers.Conv2D(3, 2)(x)
    x = keras.layers.GlobalAveragePooling2D(name="global_pooling1")(x)
    model = keras.Model(inputs, keras.layers.Dense(2)(x))
    body, head = split_network(model)
    assert body.output_shape == (None, 3, 3, 3)
    assert len(head.variables) == 4


def test_progress_is_drawn_on_a_terminal(tmp_path, monkeypatch):
    monkeypatch.setenv("RECIPES_CACHE", str(tmp_path))
    monkeypatch.setattr(feature_arrays, "INTERVAL", 0)
    body = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])
    for terminal in (True, False):
        out = io.StringIO()
        console = SteadyConsole(
            file=out, force_terminal=terminal, width=100, highlight=False
        )
        arrays = feature_arrays.Arrays(body, console)
        for key in "ab":
            rows = [np.ones((32, 2)), np.ones((8, 2))]
            arrays.add(f"{key}{terminal}", 40, rows)
        a, b = arrays.compute()
        assert (a.array == b.array).all() and len(a) == 40
        said = [line.strip() for line in out.getvalue().split("\r")]
        bars = [line for line in said if "━" in line]
        assert bool(bars) == terminal
        if terminal:
            assert "32/80" in bars[0] and "80/80" in bars[-1]
        assert "features of 80 frozen examples: computed once" in (
            out.getvalue()
        )
