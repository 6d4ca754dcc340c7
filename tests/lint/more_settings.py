"""More examples of the rules on recipes: `(code, recipe, data, found)`."""

import importlib.util
from pathlib import Path

import recipes
from recipes import Part
from recipes.resolve import DIVIDING

_spec = importlib.util.spec_from_file_location(
    "lint_settings", Path(__file__).with_name("settings.py")
)
_settings = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_settings)
BARE, DEEP, FREE = _settings.BARE, _settings.DEEP, _settings.FREE
AVERAGE, PLATEAU, SELU = _settings.AVERAGE, _settings.PLATEAU, _settings.SELU
adamw, mlp, norm = _settings.adamw, _settings.mlp, _settings.norm
stopping = _settings.stopping


def row(code, found, data=None, base=recipes.tabular_classifier, **fields):
    """One more example of a rule; `found` says whether it finds it."""
    return code, base(**fields), data, found


IMAGE = {"base": recipes.image_classifier}
HE, GLOROT = "he_normal", "glorot_uniform"
WIDE = Part("random_uniform", minval=-1.0, maxval=1.0)
L1_ALONE = Part("l1_l2", l1=0.1, l2=0.0)
L1_L2 = Part("l1_l2", l1=0.1, l2=0.1)
SIGMOIDS = Part("mlp", units=(8,) * 4, activation="sigmoid")
EXACT = {**norm(momentum=0.99), "precise_batch_normalization": True}
NO_ALPHA = {
    "weight_decay": 0.01,
    "exclude_from_weight_decay": ("bias", "beta", "gamma"),
}

UNIT = {"kernel_initializer": Part("random_normal", stddev=1.0)}


LATE = stopping(patience=15, start_from_epoch=10)
NEVER = stopping(start_from_epoch=200)
HELD = stopping(patience=1, start_from_epoch=9)
SLOW = PLATEAU.replace(patience=30)
NUMBERS = {"base": recipes.tabular_regressor}


def kernel(name, **arguments):
    return {"kernel_initializer": Part(name, **arguments)}


def steps(total, size=100):
    """A run of so many steps on 100 rows, with averaged weights."""
    average = Part("exponential_moving_average")
    return {"weight_average": average, "epochs": total, "batch_size": size}


def watched(name, mode, **fields):
    return {**stopping(monitor=name, mode=mode), **fields}


MORE = [
    row("constant-initializer", 1, kernel_initializer="zeros", **IMAGE),
    row(
        "identity-widening",
        1,
        "digits",
        kernel_initializer="dirac_delta",
        **IMAGE,
    ),
    *(
        row(
            "initializer-activation",
            found,
            normalization=None,
            network=mlp(layers),
            activation=activation,
            kernel_initializer=kernel,
        )
        for activation, kernel, layers, found in (
            ("tanh", HE, 10, 1),
            ("tanh", HE, 9, 0),
            ("tanh", GLOROT, 20, 0),
            ("sigmoid", HE, 20, 0),  # sigmoid-deep tells it
            ("leaky_relu", "lecun_normal", 20, 1),
            ("relu", HE, 20, 0),
        )
    ),
    row(
        "initializer-activation",
        0,
        normalization=None,
        network=mlp(19),
        kernel_initializer=GLOROT,
    ),
    row(
        "initializer-activation",
        0,
        **DEEP,
        activation="tanh",
        kernel_initializer=HE,
        dropout=0.0,
    ),
    row("initializer-scale", 1, **BARE, kernel_initializer=WIDE),
    *(
        row("initializer-scale", found, data, **fields)
        for found, data, fields in (
            (1, "wine", {"normalization": None, **UNIT}),
            (0, "wine", UNIT),  # the normalization takes the scale out
            (1, None, {**BARE, **kernel("orthogonal", gain=10.0)}),
            (0, None, {**BARE, **kernel("orthogonal", gain=1.4)}),
            (1, None, {**BARE, **kernel("variance_scaling", scale=100.0)}),
            (0, None, {**BARE, **kernel("variance_scaling", scale=2.0)}),
        )
    ),
    *(
        row("constant-initializer", found, kernel_initializer=part)
        for part, found in (
            (Part("random_normal", stddev=0.0), 1),
            (Part("random_normal", stddev=0.1), 0),
            (Part("truncated_normal", stddev=0.0), 1),
            (Part("random_uniform", minval=0.3, maxval=0.3), 1),
            (Part("random_uniform", minval=0.3, maxval=0.4), 0),
            (Part("orthogonal", gain=0.0), 1),
            ("orthogonal", 0),
        )
    ),
    row("sigmoid-deep", 1, network=SIGMOIDS, normalization=None),
    row("sigmoid-deep", 0, network="resnet", activation="sigmoid", **IMAGE),
    row("selu-initializer", 0, **SELU, kernel_initializer="variance_scaling"),
    row("strong-dropout-normalization", 0, dropout=0.49),
    row("strong-dropout-normalization", 1, dropout=0.5),
    row("strong-dropout-normalization", 0, network="cnn", dropout=0.5, **IMAGE),
    row("coupled-l2", 0, kernel_regularizer=L1_ALONE),
    row("coupled-l2", 1, kernel_regularizer=L1_L2),
    *(
        row("coupled-l2", found, optimizer=name, kernel_regularizer=penalty)
        for name in DIVIDING
        for found, penalty in ((1, Part("half_l2", l2=0.01)), (0, "auto"))
    ),
    row("coupled-l2", 0, optimizer="sgdw", kernel_regularizer="l2"),
    row("coupled-l2", 0, optimizer="ftrl", kernel_regularizer="l2"),
    row(
        "decay-everything",
        1,
        **adamw(weight_decay=0.01, exclude_from_weight_decay=("bias",)),
    ),
    row("decay-everything", 1, activation="prelu", **adamw(**NO_ALPHA)),
    row("decay-everything", 0, **adamw(**NO_ALPHA)),
    row("no-regularization", 0, "1000 rows", **FREE),
    row("no-regularization", 0, **FREE),
    row(
        "batch-large",
        1,
        batch_size=1024,
        **adamw(gradient_accumulation_steps=4),
    ),
    row("batch-tiny", 0, batch_size=4, normalization=None),
    row("dropped-rows", 0, "100 rows", batch_size=60, drop_remainder=False),
    row("normalization-momentum", 0, "100 rows", epochs=2, **EXACT),
    row("monitor-train", 1, schedule=PLATEAU.replace(monitor="loss")),
    row("warmup-long", 1, schedule=Part("one_cycle", warmup=0.6)),
    row("raw-input", 0, "100 rows", preprocessing=None),
    row("raw-input", 1, "rows of 1000", preprocessing="channel_mean"),
    row("raw-input", 1, "constant 50", preprocessing=None),
    row("raw-input", 0, "constant 50", preprocessing="channel_mean"),
    row("raw-input", 0, "constant 5", preprocessing=None),
    row("raw-input", 0, "digits", preprocessing=None, **IMAGE),
    row("accuracy-imbalanced", 0, "7 in 10"),
    # Nobody chose the patience that a recipe function has.
    row("patience-long", 0, epochs=3),
    row("patience-long", 1, epochs=3, **stopping(patience=19)),
    row("patience-long", 1, epochs=3, **IMAGE, **stopping(patience=20)),
    row("patience-long", 1, epochs=1, **stopping(patience=1)),
    row("patience-long", 1, epochs=20, **LATE, **IMAGE),
    row("patience-long", 0, epochs=26, **LATE),
    row("patience-long", 1, epochs=20, **NEVER),
    row("patience-long", 0, epochs=211, **NEVER),
    *(
        row("patience-long", 0, epochs=epochs, **stopping(patience=30))
        for epochs in ("auto", 31)
    ),
    row("patience-long", 1, epochs=30, **stopping(patience=30)),
    row(
        "patience-long", 1, "100 rows", epochs="auto", **stopping(patience=300)
    ),
    row("plateau-long", 0, epochs="auto", schedule=SLOW),
    row("plateau-long", 1, epochs=30, schedule=SLOW),
    row(
        "patience-plateau",
        1,
        epochs="auto",
        schedule=SLOW,
        **stopping(patience=30),
    ),
    row("plateau-long", 1, epochs=1, schedule=PLATEAU),
    row("plateau-long", 0, epochs=6, schedule=PLATEAU),
    row("plateau-long", 0, epochs=6, schedule="cosine"),
    *(
        row("patience-plateau", 1, schedule=PLATEAU, epochs=epochs, **fields)
        for epochs in (2, 6, 10, 12)
        for fields in (stopping(patience=1), stopping(patience=4))
    ),
    row("patience-plateau", 0, schedule=PLATEAU, **HELD),
    row("monitor-unknown", 1, **watched("val_f1", "max")),
    row("monitor-mode", 1, **watched("val_accuracy", "min")),
    row("monitor-mode", 0, **watched("val_accuracy", "max")),
    row("monitor-mode", 0, **watched("val_accuracy", "auto")),
    row("monitor-mode", 1, **watched("val_mae", "max"), **NUMBERS),
    row("monitor-mode", 0, **watched("val_r2", "max"), **NUMBERS),
    row("monitor-mode", 1, schedule=PLATEAU.replace(mode="max")),
    row("monitor-mode", 0, **watched("learning_rate", "max")),
    row("average-memory", 1, "100 rows", **steps(1)),
    row("average-memory", 1, "100 rows", **steps(2)),
    row("average-memory", 0, "100 rows", **steps(100)),
    row(
        "no-regularization",
        1,
        "100 rows",
        **{**FREE, **SELU, **adamw(weight_decay=0.0)},
    ),
]
