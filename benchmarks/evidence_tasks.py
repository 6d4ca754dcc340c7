"""The small tasks of benchmarks/evidence.py, and one fit of each.

Each is drawn anew with every seed from data that comes with the library: few
examples to train on, 100 or so for validation, and a large test split, so that
little noise comes from there. The recipes are plain: no regularization but what
a row adds, at the best of three learning rates on seed 10, which no row has, or
within 0.3 points of it.
"""

import tempfile
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

import recipes
from recipes import Part
from recipes.menu.training import PLATEAU


class Task(NamedTuple):
    """One task: `draw(seed)` gives its splits; `words` say what it is."""

    words: str
    recipe: recipes.Recipe
    draw: object


@lru_cache
def everything(name):
    """Return all rows and labels of an embedded data set."""
    splits = recipes.data.load(name).splits
    x = np.concatenate([np.asarray(s.read()) for s in splits])
    return x, np.concatenate([s.labels for s in splits])


def drawn(name, seed, train, validation, test=None):
    """Return splits, drawn by the seed.

    Args:
        name: An embedded data set.
        seed: Decides which rows.
        train: Examples per class: one number, or one for each class.
        validation: How many in all, after those.
        test: How many in all, after those; None: what is left.
    """
    x, y = everything(name)
    order = np.random.default_rng(seed).permutation(len(y))
    classes = np.unique(y)
    counts = np.broadcast_to(train, len(classes))
    chosen = np.concatenate(
        [order[y[order] == c][:n] for c, n in zip(classes, counts, strict=True)]
    )
    rest = order[~np.isin(order, chosen)]
    end = None if test is None else validation + test
    rows = {
        "train": chosen,
        "validation": rest[:validation],
        "test": rest[validation:end],
    }
    return {role: (x[found], y[found]) for role, found in rows.items()}


def digits(seed):
    """Return 30 digits per class to train on."""
    return drawn("digits", seed, 30, 100)


def few_digits(seed):
    """Return 10 digits per class to train on."""
    return drawn("digits", seed, 10, 100, 1000)


def uneven_digits(seed):
    """Return 6 each of the digits 0 to 4, and 54 each of 5 to 9."""
    return drawn("digits", seed, [6] * 5 + [54] * 5, 100)


def colored_digits(seed):
    """Return the same, each in a color of its own on another."""
    found = {}
    for role, (x, y) in digits(seed).items():
        random = np.random.default_rng([seed, len(y)])
        ink = random.uniform(128, 255, (len(y), 1, 1, 3))
        paper = random.uniform(0, 128, (len(y), 1, 1, 3))
        share = x / 255
        colored = paper + share * (ink - paper)
        found[role] = np.rint(colored).astype("uint8"), y
    return found


def rows_of_digits(seed):
    """Return the digits as rows of 64 numbers."""
    return {
        role: (x.reshape(len(x), -1).astype("float32"), y)
        for role, (x, y) in digits(seed).items()
    }


def cells(seed):
    """Return 50 rows per class of breast_cancer to train on."""
    return drawn("breast_cancer", seed, 50, 60)


def sentences(seed):
    """Return 120 sentences per topic to train on."""
    return drawn("docstrings", seed, 120, 150, 1500)


IMAGES = recipes.image_classifier(
    network=Part("cnn", filters=((16,), (32,), (64,))),
    image_size=(16, 16),
    optimizer=Part("adam", learning_rate=3e-3),
    regularization="none",
    batch_size=32,
    epochs=20,
)
ROWS = recipes.tabular_classifier(
    network=Part("mlp", units=(64, 64, 64, 64, 64)),
    normalization=None,
    optimizer=Part("adam", learning_rate=1e-2),
    regularization="none",
    early_stopping=None,
    epochs=30,
)
TEXTS = recipes.text_classifier(
    network="bag_of_embeddings",
    optimizer=Part("adam", learning_rate=3e-3),
    regularization="none",
    epochs=15,
)
GLYPHS = recipes.image_fine_tuner(
    "glyphnet", strategy="full", batch_size=25, epochs=20
)

TASKS = {
    "digits": Task(
        "300 handwritten digits, 8 × 8 gray, shown to a small CNN as 16 × 16",
        IMAGES,
        digits,
    ),
    "colored": Task(
        "the same digits, each in a color of its own on another",
        IMAGES,
        colored_digits,
    ),
    "uneven": Task(
        "300 digits, 6 each of 0 to 4 and 54 each of 5 to 9; the test split "
        "is even",
        IMAGES,
        uneven_digits,
    ),
    "rows": Task(
        "the 300 digits as rows of 64 numbers: five dense layers of 64",
        ROWS,
        rows_of_digits,
    ),
    "cells": Task(
        "100 rows of breast_cancer, 30 numbers each: two dense layers of 32",
        ROWS.replace(
            network=Part("mlp", units=(32, 32)),
            optimizer=Part("adam", learning_rate=3e-3),
        ),
        cells,
    ),
    "sentences": Task(
        "600 sentences of docstrings, five topics",
        TEXTS,
        sentences,
    ),
    "few": Task(
        "100 digits on glyphnet, which was pretrained on printed characters",
        GLYPHS,
        few_digits,
    ),
}


@lru_cache(maxsize=8)
def data_of(task, seed):
    """Return the splits of a task for one seed."""
    return TASKS[task].draw(seed)


def score(task, fields, seed):
    """Return the test accuracy in percent of one fit, or None: diverged.

    The number is that of `recipe.fit(…).metrics["test_accuracy"]`, without
    its files and pictures.

    Args:
        task: Name of a task.
        fields: Changes of its recipe; besides `"views"`: name of the test
            views; `"members"`: how many fits are averaged, of other seeds.
        seed: Of the splits, the weights, the order and all else.
    """
    import keras

    fields = dict(fields)
    views, members = fields.pop("views", None), fields.pop("members", 1)
    recipe = TASKS[task].recipe.replace(**fields)
    splits = data_of(task, seed)
    outputs = [
        _outputs(recipe.replace(seed=seed + 1000 * i), splits, views)
        for i in range(members)
    ]
    keras.backend.clear_session()
    if any(found is None for found in outputs):
        return None
    truth = splits["test"][1]
    right = np.mean(outputs, 0).argmax(-1) == truth
    return round(100 * float(right.mean()), 4)


def _outputs(recipe, splits, views):
    """Return the probabilities of the test split, (rows, classes), or None."""
    from callbacks import NonFiniteError, SteadyConsole, TerminateOnNonFinite
    from recipes.training.callbacks import assemble
    from recipes.training.plan import load_for, make_plan
    from recipes.training.scores import predict
    from recipes.training.train import recompute, train
    from recipes.training.views import predict_views

    console = SteadyConsole.plain(quiet=True)
    plan = make_plan(recipe, load_for(recipe, splits))
    with tempfile.TemporaryDirectory() as folder:
        hooked = assemble(plan, Path(folder), (), False, False)
        hooked.append(TerminateOnNonFinite(raise_error=True))
        try:
            if _validates(plan):
                train(plan, hooked, Path(folder), console)
            else:
                _train_alone(plan, hooked)
        except NonFiniteError:
            return None
    recompute(plan, console)
    if views is None:
        found = predict(plan.serving, plan.data.test)
    else:
        scale = plan.data.value_scale
        found = predict_views(plan.serving, plan.data.test, views, scale)
    found = np.asarray(found, "float64")
    if found.shape[-1] == 1:  # of two classes: the second's
        found = np.concatenate([1 - found, found], -1)
    return found if np.isfinite(found).all() else None


def _validates(plan):
    """Whether what is learned may depend on the validation split."""
    recipe = plan.recipe
    return (
        plan.transfer is not None
        or recipe.early_stopping is not None
        or recipe.weight_average is not None
        or recipe.schedule.name == PLATEAU
    )


def _train_alone(plan, callbacks):
    """Train without validation, which takes a quarter of a small fit."""
    plan.model.optimizer.build(plan.model.trainable_variables)
    batches = plan.loader.batches()
    try:
        plan.model.fit(
            batches,
            steps_per_epoch=plan.loader.steps_per_epoch,
            epochs=plan.recipe.epochs,
            callbacks=callbacks,
            verbose=0,
            shuffle=False,
        )
    finally:
        plan.loader.close(batches)
