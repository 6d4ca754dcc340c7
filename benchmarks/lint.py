"""What a finding of the linter costs: fits with it, and mended.

Per case three seeds, which decide the splits too, and the test accuracy as
mean ± deviation. The docstrings of the rules have these figures. A difference
within the deviations is no cost, and the finding says so.

    python benchmarks/lint.py [code …] [--seeds 3]

All cases take about ten minutes on two cores. Not here: rules on what `fit`
refuses or cannot reach (an unknown monitor, a patience that never ends), and
accuracy-imbalanced, whose cost is a wrong belief.
"""

import argparse
import os
import tempfile
import warnings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import lint_models
import numpy as np
from rich.console import Console
from rich.table import Table

import recipes
from recipes import Part
from recipes.training.plan import load_for

TABLE, IMAGE = recipes.tabular_classifier, recipes.image_classifier
AVERAGE = Part("exponential_moving_average", momentum=0.9)
FREE = {"regularization": "none", "early_stopping": None, "dropout": 0.0}


def dense(count, **fields):
    """An image recipe of dense layers of 64, without normalization."""
    network = Part("mlp", units=(64,) * count)
    return {"network": network, "normalization": None, **fields}


def rare(seed):
    """breast_cancer with every tenth of its malignant rows: 357 to 22."""
    source = recipes.data.load("breast_cancer", seed=0)
    parts = [(s.read(), s.labels) for s in source.splits]
    x, y = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    benign = np.bincount(y).argmax()
    kept = np.sort(
        np.r_[np.flatnonzero(y == benign), np.flatnonzero(y != benign)[::10]]
    )
    return x[kept], y[kept]


def adamw(**arguments):
    return Part("adamw", learning_rate=3e-3, **arguments)


UNIT = {
    "kernel_initializer": Part("random_normal", stddev=1.0),
    "normalization": None,
}
RELU = dense(20, kernel_initializer="glorot_uniform", dropout=0.0)
TANH = dense(20, activation="tanh", kernel_initializer="he_normal")
WORST = {"early_stopping": Part("early_stopping", mode="max")}

# code, how it is written in the table, maker, data, epochs, fields
CASES = [
    ("no-regularization", "breast_cancer", TABLE, "breast_cancer", 60, FREE),
    (
        "average-statistics",
        "wine",
        TABLE,
        "wine",
        20,
        {"weight_average": AVERAGE, "precise_batch_normalization": False},
    ),
    (
        "decay-everything",
        "wine, decay 0.5",
        TABLE,
        "wine",
        40,
        {"optimizer": adamw(weight_decay=0.5, exclude_from_weight_decay=())},
    ),
    (
        "selu-normalization",
        "digits, 8 dense",
        IMAGE,
        "digits",
        10,
        dense(8, activation="selu", normalization="batch_normalization")
        | {"dropout": 0.0},
    ),
    (
        "balanced-twice",
        "22 of 379",
        TABLE,
        rare,
        20,
        {
            "class_weight": "balanced",
            "balanced_sampling": True,
            "metrics": ["accuracy", "balanced_accuracy"],
        },
    ),
    ("dropped-rows", "wine, 64 of 115", TABLE, "wine", 5, {"batch_size": 64}),
    (
        "batch-large",
        "digits, 256 times 20",
        IMAGE,
        "digits",
        20,
        dense(2, batch_size=256)
        | {"optimizer": adamw(gradient_accumulation_steps=20)},
    ),
    (
        "monitor-train",
        "breast_cancer",
        TABLE,
        "breast_cancer",
        60,
        {"early_stopping": Part("early_stopping", monitor="loss")},
    ),
    (
        "nesterov-without-momentum",
        "wine, rate 0.01",
        TABLE,
        "wine",
        10,
        {"optimizer": Part("sgd", learning_rate=0.01, nesterov=True)},
    ),
    (
        "coupled-l2",
        "breast_cancer",
        TABLE,
        "breast_cancer",
        20,
        {"kernel_regularizer": Part("l2", l2=0.01)},
    ),
    (
        "selu-initializer",
        "digits, 8 dense, He",
        IMAGE,
        "digits",
        10,
        dense(8, activation="selu", kernel_initializer="he_normal")
        | {"dropout": 0.0},
    ),
    ("batch-above-train", "wine", TABLE, "wine", 20, {"batch_size": 1024}),
    (
        "warmup-long",
        "wine, 0.9",
        TABLE,
        "wine",
        20,
        {"schedule": Part("warmup_cosine", warmup=0.9)},
    ),
    ("batch-tiny", "wine", TABLE, "wine", 10, {"batch_size": 2}),
    (
        "strong-dropout-normalization",
        "breast_cancer, 0.6",
        TABLE,
        "breast_cancer",
        20,
        {"dropout": 0.6},
    ),
    (
        "raw-input",
        "wine",
        TABLE,
        "wine",
        20,
        {"preprocessing": None, "normalization": None},
    ),
    (
        "identity-widening",
        "wine",
        TABLE,
        "wine",
        20,
        {"kernel_initializer": "identity", "normalization": None},
    ),
    ("initializer-scale", "wine, N(0, 1)", TABLE, "wine", 20, UNIT),
    ("initializer-activation", "20 ReLU", IMAGE, "digits", 10, RELU),
    ("initializer-activation", "20 tanh", IMAGE, "digits", 10, TANH),
    ("monitor-mode", "wine, max", TABLE, "wine", 20, WORST),
]


def mended(recipe, data, code):
    """Return the recipe with what its finding says."""
    (finding,) = [f for f in recipe.lint(data) if f.code == code]
    return recipe.replace(**finding.changes)


def score(recipe, data, seed):
    """Fit, and return the score on test: balanced where it is asked for."""
    with tempfile.TemporaryDirectory() as folder:
        found = recipe.fit(
            data, directory=f"{folder}/run", seed=seed, verbose=False
        ).metrics
    return found.get("test_balanced_accuracy", found["test_accuracy"])


def measure_recipe(case, seeds):
    """Return the scores of the recipe as it is, and mended."""
    code, _, make, data, epochs, fields = case
    recipe = make(epochs=epochs, **fields)
    pairs = []
    for seed in range(seeds):
        spec = data(seed) if callable(data) else data
        loaded = load_for(recipe.replace(seed=seed), spec)
        better = mended(recipe, loaded, code)
        pairs.append([score(r, spec, seed) for r in (recipe, better)])
    return zip(*pairs, strict=True)


def shown(values):
    return f"{np.mean(values):.3f} ± {np.std(values, ddof=1):.3f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("codes", nargs="*", help="these alone")
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    warnings.filterwarnings("ignore", message=".*from_logits.*")
    kinds = {
        "recipe": (CASES, measure_recipe),
        "model": (lint_models.CASES, lint_models.measure),
    }
    table = Table(title=f"{keras.backend.backend()}, {options.seeds} seeds")
    for heading in ("", "code", "on", "with it", "mended"):
        table.add_column(heading)
    for kind, (cases, measure) in kinds.items():
        for case in cases:
            if options.codes and case[0] not in options.codes:
                continue
            found = [shown(scores) for scores in measure(case, options.seeds)]
            table.add_row(kind, *case[:2], *found)
            print(kind, *case[:2], *found, sep=" | ", flush=True)
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
