"""A fit with augmentation: validation and test are never touched."""

import keras
import numpy as np
import pytest

import recipes
from recipes import Part
from recipes.data.augmenting import choose_renderer
from recipes.training.logged import LogitAccuracy

BLANK = Part("random_erasing", rate=1.0, scale=(1, 1), fill_value=0.0)


@pytest.fixture(scope="module", params=["host", "device"])
def spoiled(request, tiny_recipe, tiny_images, tmp_path_factory):
    """A run whose training images are all erased to black."""
    recipe = tiny_recipe.replace(
        augmentation=BLANK,
        augmentation_device=request.param,
        image_size=(8, 8),
    )
    path = tmp_path_factory.mktemp("spoiled") / "run"
    x, y = tiny_images
    before = x.copy()
    run = recipe.fit((x, y), directory=path, verbose=False)
    np.testing.assert_array_equal(x, before)
    return run


def test_only_training_images_are_augmented(spoiled, tiny_images):
    """A network that saw black alone says one thing to black, and the scores
    are those of the untouched images.
    """
    data = recipes.data.load(tiny_images)
    for split in (data.validation, data.test):
        outputs = spoiled.model.predict(split.read(), verbose=0)
        right = (outputs.argmax(axis=1) == split.labels).mean()
        reported = spoiled.metrics[f"{split.role}_accuracy"]
        assert reported == pytest.approx(right)
        black = np.zeros_like(split.read())
        answers = spoiled.model.predict(black, verbose=0)
        loss = -np.log(answers[np.arange(len(answers)), split.labels]).mean()
        # The negative control: on black images the score is another one.
        assert spoiled.metrics[f"{split.role}_loss"] != pytest.approx(
            loss, abs=1e-3
        )


def test_logged_validation_is_of_untouched_images(spoiled, tiny_images):
    data = recipes.data.load(tiny_images)
    outputs = spoiled.model.predict(data.validation.read(), verbose=0)
    right = (outputs.argmax(axis=1) == data.validation.labels).mean()
    assert spoiled.history["val_accuracy"][-1] == pytest.approx(right, abs=1e-6)


@pytest.mark.slow
def test_any_number_of_threads_gives_the_same_weights(
    tiny_recipe, tiny_images, tmp_path
):
    recipe = tiny_recipe.replace(
        augmentation=["standard", Part("mixup_or_cutmix", rate=0.5)], epochs=2
    )
    weights = []
    for threads in (0, 3):
        run = recipe.fit(
            tiny_images,
            directory=tmp_path / str(threads),
            threads=threads,
            verbose=False,
        )
        weights.append(run.model.get_weights())
    for one, two in zip(*weights, strict=True):
        np.testing.assert_array_equal(one, two)


def test_the_saved_model_takes_the_raw_images(spoiled, tiny_images):
    loaded = recipes.load_run(spoiled.directory)
    assert loaded.recipe == spoiled.recipe
    assert loaded.recipe.augmentation == (BLANK,)
    x = tiny_images[0]
    expected = spoiled.model.predict(x, verbose=0)
    found = loaded.model.predict(x, verbose=0)
    np.testing.assert_allclose(found, expected, atol=1e-6)
    black = loaded.model.predict(np.zeros_like(x), verbose=0)
    assert np.abs(found - black).max() > 1e-3  # it looks at them


def test_it_is_said_before_the_first_step(
    tiny_recipe, tiny_images, tmp_path, capsys
):
    recipe = tiny_recipe.replace(augmentation=["light", "random_erasing"])
    recipe.fit(tiny_images, directory=tmp_path / "run")
    assert (
        "augmentation on the host: light, random_erasing"
        in capsys.readouterr().out
    )


@pytest.mark.parametrize("views", ["mirrored", "ten_crop", "mirrored_scales"])
def test_views_are_averaged_and_the_gain_is_said(digits_run, views):
    found = digits_run.evaluate("digits", views=views)
    plain = digits_run.evaluate("digits")
    assert found["views"] == views
    for name in ("loss", "accuracy"):
        gain = found[name] - plain[name]
        assert found[f"{name}_gain"] == pytest.approx(gain)
    assert found["loss"] != plain["loss"]


def test_mirrored_views_are_the_mean_of_two(digits_run):
    data = recipes.data.load("digits")
    x, y = data.test.read(), data.test.labels
    both = [
        digits_run.model.predict(view.astype(x.dtype), verbose=0)
        for view in (x, x[:, :, ::-1])
    ]
    mean = np.mean(both, axis=0, dtype="float64")
    accuracy = (mean.argmax(axis=1) == y).mean()
    found = digits_run.evaluate("digits", views="mirrored")
    assert found["accuracy"] == pytest.approx(accuracy)
    loss = -np.log(mean[np.arange(len(y)), y]).mean()
    assert found["loss"] == pytest.approx(loss, rel=1e-4)


@pytest.mark.parametrize("views", ["mirored", 3, ["mirrored"]])
def test_unknown_views_are_refused(digits_run, views):
    with pytest.raises(recipes.DataError, match="ten_crop"):
        digits_run.evaluate("digits", views=views)


def test_views_of_a_table_are_refused(table_run):
    with pytest.raises(recipes.DataError, match="views of a table"):
        table_run.evaluate("breast_cancer", views="mirrored")


@pytest.mark.slow
def test_a_fit_on_the_device_is_nearly_that_on_the_host(
    tiny_recipe, tiny_images, tmp_path
):
    """The pixels are compared in tests/network/test_on_device.py."""
    recipe = tiny_recipe.replace(augmentation="standard", epochs=2)
    losses = {}
    for where in ("host", "device"):
        run = recipe.replace(augmentation_device=where).fit(
            tiny_images, directory=tmp_path / where, verbose=False
        )
        losses[where] = run.history["loss"]
        assert run.recipe.augmentation_device == where
    other = recipe.replace(seed=1, split_seed=0).fit(
        tiny_images, directory=tmp_path / "other", verbose=False
    )
    np.testing.assert_allclose(losses["device"], losses["host"], rtol=0.02)
    assert not np.allclose(other.history["loss"], losses["host"], rtol=0.02)


def test_what_the_device_cannot_do_is_refused(tiny_recipe, tiny_images):
    recipe = tiny_recipe.replace(
        augmentation="mixup", augmentation_device="device"
    )
    with pytest.raises(recipes.RecipeError, match="mixes images"):
        recipe.fit(tiny_images, verbose=False)
    automatic = recipe.replace(augmentation_device="auto")
    data = recipes.data.load(tiny_images)
    assert choose_renderer(automatic, data, True).augmentation_device == "host"
    alone = automatic.replace(augmentation="standard")
    for accelerated, where in ((True, "device"), (False, "host")):
        found = choose_renderer(alone, data, accelerated)
        assert found.augmentation_device == where


def test_mixed_labels_of_two_classes_are_scored_as_the_likelier(tmp_path):
    """Keras' own binary accuracy calls every answer to 0.7 wrong."""
    x = np.zeros((80, 8, 8, 1), "uint8")
    y = np.arange(80) % 2
    x[y == 1] = 255
    recipe = recipes.image_classifier(
        network=Part("mlp", units=(8,)),
        augmentation=Part("mixup", alpha=0.4),
        image_size=(8, 8),
        epochs=12,
        batch_size=8,
        metrics=["accuracy", "auc"],
    )
    run = recipe.fit((x, y), directory=tmp_path / "run", verbose=False)
    assert run.history["accuracy"][-1] > 0.85
    assert run.history["auc"][-1] > 0.85
    assert run.metrics["test_accuracy"] == 1.0
    soft = keras.ops.convert_to_tensor([[0.7], [0.2]])
    logits = keras.ops.convert_to_tensor([[2.0], [-1.0]])
    ours, theirs = LogitAccuracy(), keras.metrics.BinaryAccuracy(threshold=0.0)
    for metric in (ours, theirs):
        metric.update_state(soft, logits)
    assert float(ours.result()) == 1.0
    assert float(theirs.result()) == 0.0
