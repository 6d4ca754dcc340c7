"""For each rule: what triggers it, and a near miss.

A row is `code: (changes that trigger, changes that do not, data)`, of
`tabular_classifier`; the data is a key of `DATA`, or None.
"""

import numpy as np

from recipes import Part


def table(rows, scale=1.0, share=0.5, columns=4, constant=None):
    """A table of two classes; `share` of the rows are of the first."""
    random = np.random.default_rng(0)
    x = random.normal(size=(rows, columns))
    x[:, 0] *= scale
    if constant is not None:
        x[:] = constant
    y = (np.arange(rows) >= share * rows).astype("int64")
    half = rows // 2  # validation and test are of no interest here
    other = (random.normal(size=(8, columns)), np.arange(8) % 2)
    order = random.permutation(rows)
    return {
        "train": (x[order], y[order]),
        "validation": other,
        "test": (other[0] + half, other[1]),
    }


DATA = {
    "100 rows": table(100),
    "1000 rows": table(1000),
    "rows of 1000": table(100, scale=1000.0),
    "constant 50": table(100, constant=50.0),
    "constant 5": table(100, constant=5.0),
    "9 in 10": table(100, share=0.9),
    "7 in 10": table(100, share=0.7),
}


def mlp(layers):
    return Part("mlp", units=(32,) * layers)


BARE = {"normalization": None, "network": mlp(6)}
DEEP = {"normalization": None, "network": mlp(20)}
FREE = {
    "regularization": "none",
    "early_stopping": None,
    "dropout": 0.0,
}
AVERAGE = {
    "weight_average": Part("exponential_moving_average", momentum=0.9),
    "precise_batch_normalization": True,
}
PLATEAU = Part("reduce_on_plateau", patience=5)


def stopping(**arguments):
    return {"early_stopping": Part("early_stopping", **arguments)}


def norm(**arguments):
    return {"normalization": Part("batch_normalization", **arguments)}


def sgd(**arguments):
    return {"optimizer": Part("sgd", learning_rate=0.1, **arguments)}


def adamw(**arguments):
    return {"optimizer": Part("adamw", learning_rate=0.01, **arguments)}


SELU = {"activation": "selu", "normalization": None, "dropout": 0.0}

CASES = {
    "constant-initializer": (
        {"kernel_initializer": Part("constant", value=0.5)},
        {"kernel_initializer": "identity"},
        None,
    ),
    "identity-widening": (
        {"kernel_initializer": "identity", "network": mlp(2)},
        {
            "kernel_initializer": "identity",
            "network": Part("mlp", units=(4, 4)),
        },
        "100 rows",
    ),
    "initializer-activation": (
        {**DEEP, "kernel_initializer": "glorot_uniform"},
        {"network": mlp(20), "kernel_initializer": "glorot_uniform"},
        None,
    ),
    "initializer-scale": (
        {**BARE, "kernel_initializer": Part("random_normal", stddev=0.01)},
        {**BARE, "kernel_initializer": Part("random_normal", stddev=0.2)},
        None,
    ),
    "sigmoid-deep": (
        {**BARE, "network": mlp(4), "activation": "sigmoid"},
        {**BARE, "network": mlp(3), "activation": "sigmoid"},
        None,
    ),
    "selu-initializer": (
        {**SELU, "kernel_initializer": "he_normal"},
        SELU,
        None,
    ),
    "selu-dropout": ({**SELU, "dropout": 0.1}, SELU, None),
    "selu-normalization": (
        {**SELU, "normalization": "batch_normalization"},
        {"activation": "elu", "normalization": "batch_normalization"},
        None,
    ),
    "strong-dropout-normalization": (
        {"dropout": 0.5},
        {"dropout": 0.5, "normalization": "layer_normalization"},
        None,
    ),
    "coupled-l2": (
        {"kernel_regularizer": Part("l2", l2=0.01), **adamw()},
        {"kernel_regularizer": Part("l2", l2=0.01), **sgd()},
        None,
    ),
    "decay-everything": (
        adamw(weight_decay=0.01, exclude_from_weight_decay=()),
        adamw(weight_decay=0.0, exclude_from_weight_decay=()),
        None,
    ),
    "no-regularization": (
        FREE,
        {**FREE, "dropout": 0.1},
        "100 rows",
    ),
    "batch-large": ({"batch_size": 4001}, {"batch_size": 4000}, None),
    "batch-above-train": (
        {"batch_size": 101},
        {"batch_size": 100},
        "100 rows",
    ),
    "batch-tiny": ({"batch_size": 7}, {"batch_size": 8}, None),
    "dropped-rows": (
        {"batch_size": 60},
        {"batch_size": 40},
        "100 rows",
    ),
    "normalization-momentum": (
        {**norm(momentum=0.99), "epochs": 30, "batch_size": 50},
        {**norm(momentum=0.9), "epochs": 30, "batch_size": 50},
        "100 rows",
    ),
    "average-memory": (
        {**AVERAGE, "epochs": 4, "batch_size": 50},
        {**AVERAGE, "epochs": 5, "batch_size": 50},
        "100 rows",
    ),
    "average-statistics": (
        {**AVERAGE, "precise_batch_normalization": False},
        {**AVERAGE, "normalization": None},
        None,
    ),
    "patience-long": (
        {"epochs": 10, **stopping(patience=10)},
        {"epochs": 11, **stopping(patience=10)},
        None,
    ),
    "patience-plateau": (
        {"schedule": PLATEAU, **stopping(patience=5)},
        {"schedule": PLATEAU, **stopping(patience=6)},
        None,
    ),
    "plateau-long": (
        {"epochs": 20, "schedule": PLATEAU.replace(patience=20)},
        {"epochs": 20, "schedule": PLATEAU.replace(patience=19)},
        None,
    ),
    "monitor-mode": (
        stopping(monitor="val_loss", mode="max"),
        stopping(monitor="val_loss", mode="min"),
        None,
    ),
    "monitor-train": (
        stopping(monitor="accuracy"),
        stopping(monitor="val_accuracy"),
        None,
    ),
    "monitor-unknown": (
        {**stopping(monitor="val_f1")},
        {**stopping(monitor="val_f1"), "metrics": ["f1"]},
        None,
    ),
    "warmup-long": (
        {"schedule": Part("warmup_cosine", warmup=5)},
        {"schedule": Part("warmup_cosine", warmup=0.5)},
        None,
    ),
    "nesterov-without-momentum": (
        sgd(nesterov=True),
        sgd(nesterov=True, momentum=0.9),
        None,
    ),
    "raw-input": (
        {"preprocessing": None},
        {"preprocessing": "standardization"},
        "rows of 1000",
    ),
    "balanced-twice": (
        {"class_weight": "balanced", "balanced_sampling": True},
        {"class_weight": "balanced"},
        None,
    ),
    "accuracy-imbalanced": (
        {"metrics": ["accuracy"]},
        {"metrics": ["accuracy", "balanced_accuracy"]},
        "9 in 10",
    ),
}
