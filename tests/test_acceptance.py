"""What the defaults are promised to reach, on whole runs."""

import numpy as np
import pytest

import recipes

pytestmark = pytest.mark.slow

PROMISES = [
    ("image_classifier", "digits", "test_accuracy", 0.993),
    ("tabular_classifier", "breast_cancer", "test_accuracy", 0.95),
    ("tabular_classifier", "wine", "test_accuracy", 0.95),
    ("tabular_regressor", "diabetes", "test_r2", 0.40),
    ("text_classifier", "docstrings", "test_accuracy", 0.75),
]


@pytest.mark.parametrize("name, data, metric, least", PROMISES)
def test_the_default_recipe_reaches(name, data, metric, least, tmp_path):
    """The mean over seeds 0, 1, 2; the seed draws the split too."""
    found = [
        getattr(recipes, name)()
        .fit(data, directory=tmp_path / str(seed), seed=seed, verbose=False)
        .metrics[metric]
        for seed in range(3)
    ]
    assert np.mean(found) >= least, found


def test_a_default_run_is_the_same_in_every_epoch_size(tmp_path):
    """⌈N/k⌉ steps, one call each or all in one: the same history."""
    import keras

    class Step(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            pass

    recipe = recipes.tabular_classifier(
        epochs=4, drop_remainder=False, early_stopping=None
    )
    runs = [
        recipe.fit(
            "iris",
            directory=tmp_path / str(len(callbacks)),
            callbacks=callbacks,
            verbose=False,
        )
        for callbacks in ([], [Step()])
    ]
    calls = [run.environment["steps_per_execution"] for run in runs]
    assert calls[0] > calls[1] == 1
    np.testing.assert_allclose(
        runs[0].history["loss"], runs[1].history["loss"], rtol=1e-6
    )
