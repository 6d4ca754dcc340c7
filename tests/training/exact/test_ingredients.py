"""Every ingredient of a fit goes on to the bits of a run never stopped."""

import keras
import numpy as np
import pytest

import recipes
from recipes import Part

pytestmark = pytest.mark.both_backends

SLOW = [pytest.mark.slow, pytest.mark.by_hand_on_jax]
CNN = Part("cnn", filters=(4,), depth=1)
MLP = Part("mlp", units=(4,))
IN_EPOCHS = [(1, 0), (1, 2)]


def digits(count=96, classes=10):
    data = recipes.data.load("digits")
    rows = slice(0, count)
    return data.train.read(rows), data.train.labels[rows] % classes


def labels(count=96):
    x, y = digits(count)
    return x, np.stack([y % 2, y > 4, y > 8], axis=1).astype("int64")


def rare():
    x, y = digits(150)
    return x, (y == 3).astype("int64")


def table():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(96, 5)).astype("float32")
    return x, (x[:, 0] > 0).astype("int64")


def image(**fields):
    given = {"network": CNN, "batch_size": 16, "epochs": 3}
    return recipes.image_classifier(**{**given, **fields})


def tuned(strategy, **fields):
    given = {"epochs": 4, "batch_size": 12}
    return recipes.image_fine_tuner(
        "glyphnet", strategy=strategy, **{**given, **fields}
    )


def few():
    return digits(64, 3)


PLATEAU = Part("reduce_on_plateau", patience=0, min_delta=1.0)
NEVER = Part("early_stopping", patience=1, min_delta=9.0)
AVERAGE = Part("exponential_moving_average", momentum=0.8)
NORM = "batch_normalization"
CASES = {
    "host": lambda: (
        image(
            augmentation=["standard", "random_erasing", "mixup_or_cutmix"],
            class_weight="balanced",
            drop_remainder=False,
            dropout=0.3,
        ),
        digits(100),
        [(1, 0), (2, 4)],  # before a batch that is not full
    ),
    "device": lambda: (
        image(
            augmentation=[
                "random_rotation",
                "random_erasing",
                "random_color_jitter",
            ],
            augmentation_device="device",
            network=Part("cnn", filters=(4,), depth=1, drop_connect=0.5),
            normalization=NORM,
        ),
        digits(),
        IN_EPOCHS,
    ),
    "averages": lambda: (
        image(
            weight_average=AVERAGE,
            schedule=PLATEAU,
            early_stopping=Part("early_stopping", patience=3),
            normalization=NORM,
            precise_batch_normalization=True,
            optimizer="adamw",
        ),
        digits(),
        [(1, 2), (2, 0)],
    ),
    "depth": lambda: (
        image(
            network=Part("resnet", filters=(4,), depth=1, stochastic_depth=0.5),
            metrics=["accuracy", "f1", "auc", "top_k_accuracy"],
        ),
        digits(),
        IN_EPOCHS,
    ),
    "fractional": lambda: (
        image(
            network=CNN.replace(
                pooling=Part("fractional_max_pooling", ratio=1.5)
            ),
            balanced_sampling=True,
        ),
        rare(),
        IN_EPOCHS,
    ),
    "accumulation": lambda: (
        image(
            optimizer=Part("adamw", gradient_accumulation_steps=4),
            weight_average=AVERAGE,
            schedule="warmup_cosine",
            dtype_policy="mixed_bfloat16",
            dropout=0.2,
        ),
        digits(),
        [(1, 2), (2, 1)],
    ),
    "float16": lambda: (
        image(
            dtype_policy="mixed_float16",
            dropout=0.2,
            normalization=NORM,
            schedule=PLATEAU,
            weight_average=AVERAGE,
        ),
        digits(),
        IN_EPOCHS,
    ),
    "stages": lambda: (
        tuned(
            Part("gradual", stages=2),
            early_stopping=Part("early_stopping", patience=9),
            schedule=PLATEAU,
        ),
        few(),
        [(1, 2), (2, 0), (3, 2)],
    ),
    "features": lambda: (tuned("frozen"), few(), IN_EPOCHS),
    "views": lambda: (
        tuned(Part("frozen", views=3), augmentation="standard"),
        few(),
        IN_EPOCHS,
    ),
    "labels": lambda: (
        image(multi_label=True, augmentation="mixup"),
        labels(),
        IN_EPOCHS,
    ),
    "whole": lambda: (
        recipes.tabular_classifier(
            network=MLP,
            batch_size=8,
            epochs=4,
            normalization=NORM,
            early_stopping=NEVER,
        ),
        table(),
        [(1, 0), (2, 0)],
    ),
    "number": lambda: (
        recipes.tabular_regressor(
            network=MLP,
            batch_size=8,
            epochs=3,
            dropout=0.2,
            metrics=["mae", "r2", "rmse", "mape"],
        ),
        (table()[0], table()[0][:, 0] * 100 + 3),
        [(1, 0), (1, 4)],
    ),
}


# Their data and targets are the host's; the rest of them is in other cases.
SAME_ON_JAX = ("views", "labels", "number")
TENSORFLOW = keras.backend.backend() == "tensorflow"


@pytest.mark.parametrize(
    "name",
    [
        name if name == "averages" else pytest.param(name, marks=SLOW)
        for name in CASES
        if TENSORFLOW or name not in SAME_ON_JAX
    ],
)
def test_goes_on_to_the_same_bits(cutter, name):
    recipe, data, cuts = CASES[name]()
    steps = [step for _, step in cuts if step]
    freq = min(steps) if steps else "epoch"
    cutter.check(recipe, data, cuts, save_freq=freq)
