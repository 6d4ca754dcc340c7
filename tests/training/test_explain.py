"""Grad-CAM, against derivations by hand, and on evidence of known place."""

import shutil

import keras
import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view
from PIL import Image

import recipes
from recipes import DataError, Part, RunError, cli
from recipes.training.looking.explain import Explained, Explanation
from recipes.training.looking.feature_maps import cut_at
from recipes.training.looking.grad_cam import grad_cam, heat
from recipes.training.looking.gradients import gradient
from recipes.transfer.frozen_statistics import FrozenStatistics

pytestmark = [pytest.mark.both_backends, pytest.mark.by_hand_on_jax]

SIDE, PATCH = 16, 5
CORNERS = {
    (row, column): (slice(row, row + PATCH), slice(column, column + PATCH))
    for row in (1, SIDE - PATCH - 1)
    for column in (1, SIDE - PATCH - 1)
}


def tensor(x):
    return keras.ops.convert_to_tensor(x, "float32")


def array(x):
    return keras.ops.convert_to_numpy(x)


def with_patch(rng, kind, corner):
    """Return faint noise with stripes in a corner: lying, or upright."""
    image = rng.integers(0, 60, (SIDE, SIDE, 1), "uint8")
    stripes = np.where(np.arange(PATCH) % 2, 0, 255)
    patch = np.tile(stripes, (PATCH, 1))
    image[CORNERS[corner]] = (patch if kind else patch.T)[..., None]
    return image


def striped(count, seed):
    """Return (images, kinds, corners)."""
    rng = np.random.default_rng(seed)
    kinds = np.arange(count) % 2
    corners = [list(CORNERS)[i] for i in rng.integers(0, 4, count)]
    pairs = zip(kinds, corners, strict=True)
    return np.stack([with_patch(rng, *p) for p in pairs]), kinds, corners


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A network that tells the stripes apart, wherever they are."""
    x, y, _ = striped(240, seed=0)
    recipe = recipes.image_classifier(
        network=Part("cnn", filters=(8, 16), depth=1),
        optimizer=Part("adam", learning_rate=0.01),
        dropout=0.1,
        epochs=15,
        batch_size=32,
    )
    directory = tmp_path_factory.mktemp("stripes") / "run"
    done = recipe.fit((x, y), directory=directory, verbose=False)
    assert done.metrics["test_accuracy"] > 0.95
    return done


def hits(run, images, corners, layer=None):
    """Return how often a map is brightest in the corner of the evidence."""
    maps = run.explain(images, layer=layer).maps
    inside = []
    for found, corner in zip(maps, corners, strict=True):
        shares = {c: found[place].mean() for c, place in CORNERS.items()}
        inside.append(max(shares, key=shares.get) == corner)
    return np.mean(inside)


def test_the_corner_with_the_evidence_lights(run):
    images, kinds, corners = striped(60, seed=1)
    assert hits(run, images, corners) > 0.9
    # Elsewhere it stays dark: most of the light is in a corner of 10 %.
    maps = run.explain(images).maps
    share = [
        m[CORNERS[c]].sum() / m.sum()
        for m, c in zip(maps, corners, strict=True)
    ]
    assert np.mean(share) > 0.4


def test_each_class_lights_its_own_evidence(run):
    """One picture with both patches: the class decides which is lit."""
    rng = np.random.default_rng(3)
    corners = list(CORNERS)
    image = with_patch(rng, 0, corners[0])
    other = with_patch(rng, 1, corners[3])
    image[CORNERS[corners[3]]] = other[CORNERS[corners[3]]]
    for name, corner in (("0", corners[0]), ("1", corners[3])):
        lit = run.explain(image, classes=name).maps[0]
        shares = {c: lit[place].mean() for c, place in CORNERS.items()}
        assert max(shares, key=shares.get) == corner


def test_of_two_classes_the_other_has_the_opposite_score(run):
    images, kinds, _ = striped(8, seed=2)
    both = [run.explain(images, classes=name) for name in ("0", 1)]
    scores = np.array([[row.score for row in e.rows] for e in both])
    np.testing.assert_allclose(scores[0], -scores[1], rtol=1e-4, atol=1e-5)
    shares = np.array([[row.output for row in e.rows] for e in both])
    np.testing.assert_allclose(shares.sum(axis=0), 1, rtol=1e-5)
    np.testing.assert_allclose(
        shares[1], 1 / (1 + np.exp(-scores[1])), rtol=1e-4, atol=1e-6
    )
    predicted = run.explain(images)
    assert [row.explained for row in predicted.rows] == [str(k) for k in kinds]
    lit = [array.any(axis=(1, 2)) for array in (both[0].maps, both[1].maps)]
    assert lit[0][kinds == 0].all() and lit[1][kinds == 1].all()


def test_without_hidden_layers_it_is_the_class_activation_map():
    """y = Σ_k w_k · mean(A_k): α_k = w_k / pixels, by hand in NumPy."""
    model = recipes.image_classifier(
        network=Part("cnn", filters=(6,), depth=1, kernel_size=3),
        normalization=None,
        image_size=(7, 5),
        seed=3,
    ).build((7, 5, 1), 4)
    rng = np.random.default_rng(0)
    convolution, output = (
        model.get_layer("convolution1"),
        model.get_layer("output"),
    )
    bias = rng.normal(size=6).astype("float32")
    weights = output.get_weights()
    output.set_weights([rng.normal(size=weights[0].shape), weights[1]])
    kernel = convolution.get_weights()[0]
    convolution.set_weights([kernel, bias])
    images = rng.integers(0, 256, (3, 7, 5, 1)).astype("float32")
    padded = np.pad(images[..., 0] / 255, ((0, 0), (1, 1), (1, 1)))
    windows = sliding_window_view(padded, (3, 3), axis=(1, 2))
    maps = np.einsum("nhwij,ijk->nhwk", windows, kernel[:, :, 0]) + bias
    maps = np.maximum(maps, 0)
    w = output.get_weights()[0]
    for one in range(4):
        expected = np.maximum(maps @ w[:, one], 0)
        top = expected.max(axis=(1, 2), keepdims=True)
        signs = np.tile(np.eye(4, dtype="float32")[one], (3, 1))
        found, scores = grad_cam(cut_at(model), images, signs)
        np.testing.assert_allclose(
            found, expected / np.where(top > 0, top, 1), atol=1e-5
        )
        y = maps.mean(axis=(1, 2)) @ w[:, one] + weights[1][one]
        np.testing.assert_allclose(scores, y, rtol=1e-4, atol=1e-5)


@pytest.fixture(scope="module")
def tuned():
    """A random glyphnet with a hidden head, with normalization on the way."""
    keras.utils.set_random_seed(0)  # of the backbone, which has no weights
    recipe = recipes.image_fine_tuner(
        "glyphnet",
        weights=None,
        network=Part("head", units=(5,)),
        activation="tanh",
        image_size=(32, 32),
        seed=1,
    )
    return recipe.build((16, 16, 1), 3)


def test_a_hidden_head_has_the_slopes_of_finite_differences(tuned):
    cut = cut_at(tuned, "block3_1_relu")  # behind it all is smooth
    rng = np.random.default_rng(1)
    x = tensor(rng.integers(0, 256, (2, 16, 16, 1)))
    given = cut.before(x)
    maps = cut.maps(given)

    def score(maps):
        return cut.head(maps, given)[:, 1]

    alpha = array(gradient(score, maps)).sum(axis=(1, 2))
    for channel in (0, 7, 100):
        step = np.zeros(maps.shape, "float32")
        step[..., channel] = 1e-2
        rise = array(score(maps + step)) - array(score(maps - step))
        np.testing.assert_allclose(
            alpha[:, channel], rise / 2e-2, rtol=0.01, atol=1e-4
        )
    assert np.abs(alpha).max() > 1e-2


def test_a_network_is_cut_without_changing_what_it_gives(tuned):
    resnet = recipes.image_classifier(network="resnet").build((8, 8, 3), 3)
    for model, shape, layers in (
        (resnet, (8, 8, 3), ["convolution3", "residual2", None]),
        (tuned, (16, 16, 1), ["stem_1_relu", "block3_1_relu", None]),
    ):
        x = tensor(np.random.default_rng(2).integers(0, 256, (2, *shape)))
        logits = keras.Model(
            model.inputs[0], model.get_layer("probabilities").input
        )(x, training=False)
        for layer in layers:
            cut = cut_at(model, layer)
            given = cut.before(x)
            maps = cut.maps(given)
            np.testing.assert_allclose(
                array(cut.head(maps, given)), array(logits), atol=1e-5
            )
            dark = array(cut.head(0 * maps, given))
            assert np.abs(dark - array(logits)).max() > 1e-4


def test_the_default_is_the_last_map_of_four_pixels(tuned, run):
    assert cut_at(tuned).layer == "block2_2_relu"  # 4×4; the last has 2×2
    assert run.explain(striped(1, 0)[0]).layer == "convolution2_activation"
    recipe = recipes.image_classifier(
        network=Part("cnn", filters=(4,)), image_size=(3, 3)
    )
    tiny = recipe.build((3, 3, 1), 2)
    with pytest.raises(RunError, match="largest is 3×3"):
        cut_at(tiny)
    assert cut_at(tiny, "convolution1").layer == "convolution1"


def test_a_branch_is_not_the_default():
    """The last map that all of the score goes through, not the last."""
    inputs = keras.Input((8, 8, 1), name="raw")
    both = keras.layers.Conv2D(3, 3, name="trunk")(inputs)
    branch = keras.layers.Conv2D(3, 3, padding="same", name="branch")(both)
    pool = keras.layers.GlobalAveragePooling2D
    x = keras.layers.Concatenate()([pool()(both), pool()(branch)])
    x = keras.layers.Dense(2, name="output")(x)
    x = keras.layers.Activation("softmax", name="probabilities")(x)
    model = keras.Model(inputs, x)
    assert cut_at(model).layer == "trunk"
    assert cut_at(model, "branch").layer == "branch"


def shown(backbone):
    """Return a backbone in a model with scores, and the tensor of these."""
    x = keras.layers.GlobalAveragePooling2D()(backbone.outputs[0])
    x = keras.layers.Dense(3, name="output")(x)
    y = keras.layers.Activation("softmax", name="probabilities")(x)
    return keras.Model(backbone.inputs, y), x


def inside(kind, side=8):
    """Return a model of two layers with maps, to be put in another."""
    layers = [
        keras.layers.Conv2D(4, 3, padding="same", name="c1"),
        keras.layers.ReLU(name="relu"),
    ]
    inputs = keras.Input((side, side, 1))
    if kind == "sequential":
        return keras.Sequential([inputs, *layers], name="inner")
    return keras.Model(inputs, layers[1](layers[0](inputs)), name="inner")


def nested(kind, last, side=8):
    """Return rescaling → a model inside → a convolution, or nothing."""
    inputs = keras.Input((side, side, 1))
    x = inside(kind, side)(keras.layers.Rescaling(0.01)(inputs))
    if last:
        x = keras.layers.Conv2D(2, 3, name="last")(x)
    return keras.Model(inputs, x)


def used_twice(stem):
    """Return a convolution and a normalization that are gone through twice."""
    convolution = keras.layers.Conv2D(3, 3, padding="same", name="conv")
    normalization = keras.layers.BatchNormalization(name="bn")
    inputs = keras.Input((8, 8, 3))
    x = keras.layers.Conv2D(3, 3, name="stem")(inputs) if stem else inputs
    for _ in range(2):
        x = normalization(convolution(x))
    return keras.Model(inputs, x)


@pytest.mark.parametrize(
    "make, arguments, layers",
    [
        (nested, ("functional", True), ["inner", "last"]),
        (nested, ("sequential", True), ["inner", "last"]),
        (nested, ("functional", False), ["inner"]),
        (nested, ("sequential", False), ["inner"]),
        (used_twice, (True,), ["stem", "conv", "bn"]),
        (used_twice, (False,), ["conv", "bn"]),
    ],
)
@pytest.mark.parametrize("wrapped", [True, False])
def test_models_inside_and_layers_used_twice(make, arguments, layers, wrapped):
    """Every layer can be cut; the scores stay; the default is the last."""
    backbone = make(*arguments)
    if wrapped:
        inputs = keras.Input(backbone.input_shape[1:])
        x = FrozenStatistics(backbone, name="backbone")(inputs)
        model, scores = shown(keras.Model(inputs, x))
    else:
        model, scores = shown(backbone)
    x = tensor(
        np.random.default_rng(0).normal(size=(2, *model.input_shape[1:]))
    )
    expected = array(keras.Model(model.inputs, scores)(x, training=False))
    assert cut_at(model).layer == layers[-1]
    for layer in layers:
        cut = cut_at(model, layer)
        given = cut.before(x)
        maps = cut.maps(given)
        np.testing.assert_allclose(
            array(cut.head(maps, given)), expected, atol=1e-5
        )
        dark = array(cut.head(0 * maps, given))
        assert np.abs(dark - expected).max() > 1e-4


def test_of_two_calls_the_last_is_the_map():
    backbone = used_twice(True)
    model, _ = shown(backbone)
    x = tensor(np.random.default_rng(0).normal(size=(2, 8, 8, 3)))
    cut = cut_at(model, "conv")
    stem, conv, bn = (backbone.get_layer(n) for n in ("stem", "conv", "bn"))
    expected = conv(bn(conv(stem(x))))
    np.testing.assert_allclose(
        array(cut.maps(cut.before(x))), array(expected), atol=1e-5
    )


def test_what_a_model_inside_hides_is_said():
    hidden = "inside 'inner', a model within the model, are not seen"
    model, _ = shown(nested("functional", True))
    with pytest.raises(RunError, match=f"'c1'.*Legal: inner, last.*{hidden}"):
        cut_at(model, "c1")
    model, _ = shown(nested("functional", False, side=3))
    with pytest.raises(RunError, match=f"largest is 3×3.*{hidden}"):
        cut_at(model)
    inner = inside("functional")
    pooled = keras.layers.GlobalAveragePooling2D()(inner.output)
    vectors = keras.Model(inner.input, pooled, name="inner")
    inputs = keras.Input((8, 8, 1))
    x = keras.layers.Dense(2, name="output")(vectors(inputs))
    x = keras.layers.Activation("softmax", name="probabilities")(x)
    with pytest.raises(RunError, match=f"none that it shows.*{hidden}"):
        cut_at(keras.Model(inputs, x))


def test_paths_around_every_map_are_said():
    inputs = keras.Input((8, 8, 1))
    pool = keras.layers.GlobalAveragePooling2D
    x = [keras.layers.Conv2D(3, 3, name=n)(inputs) for n in ("one", "two")]
    x = keras.layers.Concatenate()([pool()(x[0]), pool()(x[1])])
    x = keras.layers.Dense(2, name="output")(x)
    x = keras.layers.Activation("softmax", name="probabilities")(x)
    model = keras.Model(inputs, x)
    with pytest.raises(RunError, match="around each.*its part: one, two"):
        cut_at(model)
    assert cut_at(model, "one").layer == "one"


def test_heat_is_normalized_and_as_large_as_the_image():
    maps = np.random.default_rng(0).normal(size=(4, 3, 5, 2)).astype("float32")
    slopes = np.ones_like(maps)
    found = heat(maps, slopes, (12, 30))
    assert found.shape == (4, 12, 30) and found.dtype == "float32"
    np.testing.assert_allclose(found.max(axis=(1, 2)), 1)
    assert found.min() == 0
    assert not heat(-np.abs(maps), slopes, (12, 30)).any()  # nothing for it


def test_heat_is_the_formula_pixel_by_pixel():
    """With slopes that differ from pixel to pixel, as behind a flattening."""
    rng = np.random.default_rng(1)
    maps, slopes = rng.normal(size=(2, 1, 3, 4, 2)).astype("float32")
    alpha = [sum(slopes[0, ..., k].ravel()) / 12 for k in range(2)]
    expected = [
        [max(0, sum(a * p for a, p in zip(alpha, pixel, strict=True)))]
        for pixel in maps[0].reshape(12, 2)
    ]
    expected = np.array(expected).reshape(3, 4)
    np.testing.assert_allclose(
        heat(maps, slopes, (3, 4))[0], expected / expected.max(), atol=1e-6
    )


def test_it_changes_nothing_and_drops_nothing(run):
    before = [array(v) for v in run.model.variables]
    images = striped(5, seed=4)[0]
    first, second = (run.explain(images).maps for _ in range(2))
    np.testing.assert_array_equal(first, second)
    for old, variable in zip(before, run.model.variables, strict=True):
        np.testing.assert_array_equal(old, array(variable))
    alone = np.concatenate([run.explain(image).maps for image in images])
    np.testing.assert_allclose(alone, first, atol=1e-4)  # no batch statistics


def test_files_are_read_as_in_training(run, tmp_path):
    images, _, _ = striped(2, seed=5)
    paths = [tmp_path / "a $x$.png", tmp_path / "나.png"]
    for path, image in zip(paths, images, strict=True):
        Image.fromarray(image[..., 0]).save(path)
    found = run.explain(paths)
    np.testing.assert_array_equal(found.maps, run.explain(images).maps)
    assert [row.image for row in found.rows] == [str(p) for p in paths]
    assert str(paths[0])[:20] in repr(found) and "row" in repr(found)
    found.figure.draw_without_rendering()
    left, right = found.figure.axes[:2]
    np.testing.assert_allclose(
        left.images[0].get_array(), images[0, ..., 0] / 255, rtol=1e-6
    )
    assert "a $x$.png" in left.get_xlabel()
    shown = right.images[0].get_array()
    gray = np.ptp(shown, axis=-1) < 1e-6  # where the map is dark
    assert 0 < gray.mean() < 1
    assert run.explain(str(paths[0])).maps.shape == (1, SIDE, SIDE)


@pytest.mark.parametrize(
    "arguments, words",
    [
        ({"classes": "2"}, "one of 0, 1"),
        ({"classes": 2}, "from 0 to 1"),
        ({"classes": ["0"]}, "one for each"),
        ({"images": np.zeros((2, 8, 8, 1), "uint8")}, "as the model takes it"),
        ({"images": np.full((1, SIDE, SIDE, 1), 256.0)}, "0 to 255"),
        ({"images": np.full((1, SIDE, SIDE, 1), np.nan)}, "0 to 255"),
        ({"images": []}, "as the model takes it"),
        ({"images": "nowhere.png"}, "no such file"),
        ({"images": [np.zeros(3), "a.png"]}, "as the model takes it"),
    ],
    ids=str,
)
def test_what_cannot_be_explained_is_refused(run, arguments, words):
    given = {"images": striped(2, seed=6)[0], **arguments}
    with pytest.raises(DataError, match=words):
        run.explain(**given)


def test_an_unknown_layer_is_refused_with_the_nearest(run, tuned):
    with pytest.raises(RunError, match="Did you mean 'convolution1'"):
        run.explain(striped(1, 0)[0], layer="convolutoin1")
    with pytest.raises(RunError, match="outside the backbone"):
        cut_at(tuned, "pixels")


def test_networks_without_maps_are_refused(table_run, digits_run, tmp_path):
    with pytest.raises(RunError, match="tables"):
        table_run.explain(np.zeros((1, 30)))
    dense = recipes.image_classifier(network="mlp").build((8, 8, 1), 3)
    with pytest.raises(RunError, match="convolutional"):
        cut_at(dense)
    copy = shutil.copytree(digits_run.directory, tmp_path / "copy")
    both = recipes.ensemble([digits_run, copy], tmp_path / "both")
    image = np.zeros((8, 8, 1), "uint8")
    with pytest.raises(RunError, match="explain its members"):
        both.explain(image)


def test_labels_are_explained_by_name(label_run):
    run, (x, _) = label_run
    found = run.explain(x[:2], classes=["2", "0"])
    outputs = run.model.predict(x[:2])
    for row, output in zip(found.rows, outputs[[0, 1], [2, 0]], strict=True):
        assert row.output == pytest.approx(output)
        assert 1 / (1 + np.exp(-row.score)) == pytest.approx(output, rel=1e-4)


def test_the_title_fits_what_is_predicted_and_what_is_shown(label_run):
    run, (x, _) = label_run
    title = run.explain(x[:60]).figure.get_suptitle()
    assert title.startswith("the first 50 of 60: what speaks for the label")
    rows, maps = [Explained(0, 0, 31.25, 31.25)], np.ones((1, 8, 8))
    figure = Explanation(rows, maps, "a", x[:1] / 16, "number").figure
    assert figure.get_suptitle() == "what raises the number (Grad-CAM, a)"
    assert "target 0: 31.25" in figure.axes[0].get_xlabel()


def test_the_command_draws_what_the_function_finds(run, tmp_path, capsys):
    path, out = tmp_path / "a.png", tmp_path / "out.png"
    Image.fromarray(striped(1, seed=7)[0][0, ..., 0]).save(path)
    command = ["explain", str(run.directory), str(path), "--out", str(out)]
    assert cli.main([*command, "--class", "1"]) == 0
    printed = capsys.readouterr().out
    assert repr(run.explain(path, classes="1")) in printed
    picture = np.asarray(Image.open(out))[..., :3]
    assert (np.ptp(picture, axis=-1) > 50).sum() > 100  # in color
    assert cli.main([*command[:-1], str(tmp_path / "out.txt")]) == 2
    assert ".png" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize(
    "name, size, layer",
    [
        ("MobileNetV2", 96, "block_13_expand_relu"),
        ("ResNet50V2", 64, "conv4_block5_out"),
        ("InceptionV3", 96, "mixed7"),
    ],
)
def test_backbones_of_keras_applications(name, size, layer):
    """The whole score goes through the map: without it nothing is left."""
    model = recipes.image_fine_tuner(
        name, weights=None, image_size=(size, size)
    ).build((size, size, 3), 3)
    x = np.random.default_rng(0).integers(0, 256, (1, size, size, 3))
    cut = cut_at(model)
    assert cut.layer == layer
    maps, _ = grad_cam(cut, x, np.eye(3, dtype="float32")[:1])
    assert maps.shape == (1, size, size) and np.isfinite(maps).all()
