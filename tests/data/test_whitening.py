"""PCA and whitening against NumPy's SVD and scikit-learn, and in a model."""

import keras
import numpy as np
import pytest
from sklearn.decomposition import PCA

import recipes
from recipes import Part, RecipeError, registry

pytestmark = [pytest.mark.both_backends, pytest.mark.by_hand_on_jax]


def table(rows=200, seed=0):
    """Six correlated columns of very different means and deviations."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, 6)) @ rng.normal(size=(6, 6))
    return (x * [1, 10, 100, 1, 0.1, 5] + [0, 50, 1000, 3, 1, 0]).astype(
        "float32"
    )


def pictures(rows=150):
    rng = np.random.default_rng(1)
    x = rng.normal(size=(rows, 12)) @ rng.normal(size=(12, 12))
    return (x.reshape(rows, 3, 4, 1) / 50 + 0.5).astype("float32")


def fitted(x, name, pieces=3, **config):
    """Return what the fitted layers do, as a model."""
    layers = registry.build(
        "preprocessing",
        Part(name, **config),
        batches=lambda: np.array_split(x, pieces),
    )
    return keras.Sequential([keras.Input(x.shape[1:]), *layers])


def apply(model, x):
    return np.asarray(model(x, training=False), "float64")


def by_svd(train, x, standardize=False):
    """Project by the right singular vectors; largest entries positive."""
    train, x = (a.reshape(len(a), -1).astype("float64") for a in (train, x))
    mean = train.mean(0)
    deviation = train.std(0) if standardize else 1.0
    _, values, v = np.linalg.svd((train - mean) / deviation, False)
    v *= np.sign(v[range(len(v)), abs(v).argmax(1)])[:, None]
    return (x - mean) / deviation @ v.T, values**2 / len(train), v


@pytest.mark.parametrize("make", [table, pictures])
@pytest.mark.parametrize("standardize", [None, True, False])
def test_pca_is_the_svd(make, standardize):
    train, test = make()[:120], make()[120:]
    found = apply(fitted(train, "pca", standardize=standardize), test)
    scaled = make is table if standardize is None else standardize
    expected, variances, _ = by_svd(train, test, scaled)
    np.testing.assert_allclose(
        found, expected, 1e-3, 1e-3 * variances[0] ** 0.5
    )


def test_pca_is_scikit_learns():
    train, test = table()[:150], table()[150:]
    theirs = PCA(3).fit(train.astype("float64"))
    expected = theirs.transform(test.astype("float64"))
    ours = apply(fitted(train, "pca", n_components=3, standardize=False), test)
    signs = np.sign((ours * expected).sum(0))
    np.testing.assert_allclose(ours * signs, expected, 1e-3, 1e-2)


@pytest.mark.parametrize("make", [table, pictures])
def test_the_covariance_of_whitened_rows_is_the_identity(make):
    x = make()
    model = fitted(x, "pca_whitening", epsilon=0)
    z = apply(model, x)
    np.testing.assert_allclose(z.T @ z / len(z), np.eye(z.shape[1]), atol=2e-3)
    np.testing.assert_allclose(z.mean(0), 0, atol=1e-3)
    plain = apply(fitted(x, "pca"), x)  # the control: correlated no more, but
    spread = np.cov(plain.T, ddof=0)  # of variances of its own
    assert abs(spread - np.eye(len(spread))).max() > 0.5


@pytest.mark.parametrize("epsilon", [1e-6, 0.1])
@pytest.mark.parametrize("make", [table, pictures])
def test_zca_by_hand(make, epsilon):
    train, test = make()[:120], make()[120:]
    projected, variances, v = by_svd(train, test, make is table)
    expected = projected / np.sqrt(variances + epsilon * variances[0]) @ v
    found = apply(fitted(train, "zca_whitening", epsilon=epsilon), test)
    assert found.shape == test.shape
    np.testing.assert_allclose(
        found.reshape(expected.shape), expected, 1e-2, 1e-2
    )


def test_epsilon_keeps_minor_axes_small():
    x = pictures()
    z = apply(fitted(x, "pca_whitening", epsilon=0.1), x)
    _, variances, _ = by_svd(x, x)
    expected = variances / (variances + 0.1 * variances[0])
    np.testing.assert_allclose(z.var(0), expected, 1e-3)


@pytest.mark.parametrize("share", [0.3, 0.8, 0.95, 1.0])
def test_a_share_of_the_variance(share):
    x = pictures()
    _, variances, _ = by_svd(x, x)
    explained = np.cumsum(variances) / variances.sum()
    kept = fitted(x, "pca", n_components=share).output_shape[1]
    assert explained[kept - 1] >= share - 1e-9
    assert kept == 1 or explained[kept - 2] < share
    assert kept == 12 if share == 1.0 else kept < 12


def test_share_one_leaves_axes_without_variance_out():
    x = np.repeat(table(), 2, axis=1)
    assert fitted(x, "pca", n_components=1.0).output_shape == (None, 6)
    assert fitted(x, "pca").output_shape == (None, 12)


@pytest.mark.parametrize("name", ["pca_whitening", "zca_whitening"])
def test_what_has_no_variance_becomes_0(name):
    x = np.concatenate([table(), np.full((200, 1), 0.1, "float32")], axis=1)
    x = np.concatenate([x, 2 * x[:, :1]], axis=1)  # and what is redundant
    other = x.copy()
    other[:, 6] = 7.0  # noise that training never had
    model = fitted(x, name, epsilon=0)
    found, same = apply(model, other), apply(model, x)
    np.testing.assert_allclose(found, same, atol=1e-3)
    assert np.isfinite(found).all() and abs(same).max() < 10


def test_the_batches_of_the_fit_are_of_no_matter():
    x = table()
    one, many = (apply(fitted(x, "pca", n), x) for n in (1, 50))
    np.testing.assert_allclose(one, many, atol=1e-4)


def test_a_large_mean_is_subtracted_exactly():
    rng = np.random.default_rng(0)
    near = rng.integers(0, 64, (100, 2))
    x = (near + [2**24 - 100, 0]).astype("float32")
    z = apply(fitted(x, "pca", standardize=False), x)
    expected, _, _ = by_svd(near, near)
    np.testing.assert_allclose(z, expected, atol=1e-3)


def test_fewer_rows_than_features():
    x = pictures(5)
    assert fitted(x, "pca").output_shape == (None, 5)
    z = apply(fitted(x, "pca_whitening", epsilon=0), x)
    np.testing.assert_allclose(z.var(0), [1, 1, 1, 1, 0], atol=1e-3)


@pytest.mark.parametrize(
    "name, config, words",
    [
        ("pca", {"n_components": 0}, "from 1"),
        ("pca", {"n_components": 1.5}, "from 1"),
        ("pca", {"n_components": True}, "from 1"),
        ("pca", {"n_components": "all"}, "from 1"),
        ("pca_whitening", {"n_components": 7}, "at most 6.*Received: 7"),
        ("pca_whitening", {"epsilon": -1}, "epsilon.*Received: -1"),
        ("zca_whitening", {"epsilon": None}, "epsilon.*Received: None"),
    ],
)
def test_refused(name, config, words):
    with pytest.raises(RecipeError, match=words):
        fitted(table(), name, **config)


def test_more_components_than_rows_are_refused():
    with pytest.raises(RecipeError, match="at most 5, the smaller of 5 rows"):
        fitted(pictures(5), "pca", n_components=6)


def test_too_many_features_are_refused():
    x = np.zeros((2, 65, 64, 1), "float32")
    with pytest.raises(RecipeError, match="4,096.*65x64x1 are 4,160"):
        fitted(x, "zca_whitening")


def test_a_network_for_images_says_what_flattened_them(tiny_recipe, tmp_path):
    recipe = tiny_recipe.replace(preprocessing="pca")
    with pytest.raises(RecipeError, match="'pca' has flattened.*zca_whitening"):
        recipe.fit("digits", directory=tmp_path / "a", verbose=False)


def rotated(run, data):
    """Return a loaded run's train split behind the fitted map."""
    model = recipes.load_run(run.directory).model
    rotation = model.get_layer("raw_rotation")
    trained = {id(v) for v in model.trainable_variables}
    assert trained and not trained & {id(v) for v in rotation.variables}
    x = data.train.read()
    loaded = model.predict(x, verbose=0)
    np.testing.assert_allclose(loaded, run.model.predict(x, verbose=0), 1e-5)
    z = keras.Model(model.inputs, rotation.output).predict(x, verbose=0)
    return z.astype("float64")


def test_in_a_run_on_a_table(tmp_path):
    recipe = recipes.tabular_classifier(
        network=Part("mlp", units=(8,)),
        preprocessing=Part("pca_whitening", n_components=5, epsilon=0),
        optimizer=Part("adamw", learning_rate=0.01, weight_decay=0.5),
        epochs=2,
    )
    run = recipe.fit("wine", directory=tmp_path / "a", verbose=False)
    z = rotated(run, recipes.data.load("wine"))
    # On train alone, and neither decayed nor trained since.
    np.testing.assert_allclose(z.T @ z / len(z), np.eye(5), atol=1e-4)


def test_in_a_run_on_images(tiny_recipe, tiny_images, tmp_path):
    recipe = tiny_recipe.replace(
        preprocessing="zca_whitening", image_size=(8, 8), epochs=1
    )
    run = recipe.fit(tiny_images, directory=tmp_path / "a", verbose=False)
    z = rotated(run, recipes.data.load(tiny_images))
    x = recipes.data.load(tiny_images).train.read()
    projected, variances, v = by_svd(x, x)
    expected = projected / np.sqrt(variances + 0.01 * variances[0]) @ v
    np.testing.assert_allclose(z, expected, atol=1e-2)
