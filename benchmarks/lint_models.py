"""The models for `lint.py`: dense networks on digits, wrong and mended."""

import keras
import numpy as np

import recipes

layers, losses = keras.layers, keras.losses
ROWS = 600  # of the training split; every fit is a matter of seconds
L2 = keras.regularizers.L2(0.01)


def dense(**arguments):
    return layers.Dense(64, **arguments)


def relu_dense(**arguments):
    return dense(activation="relu", **arguments)


def normalized(use_bias):
    """Two layers with batch normalization."""
    return [
        layer
        for _ in range(2)
        for layer in (
            dense(use_bias=use_bias),
            layers.BatchNormalization(momentum=0.9),
            layers.ReLU(),
        )
    ]


def noisy(first):
    """The same with dropout, before the normalization or behind it."""
    found = []
    for _ in range(2):
        drop = layers.Dropout(0.5)
        norm = [layers.BatchNormalization(momentum=0.9), layers.ReLU()]
        found += [dense(use_bias=False)]
        found += [drop, *norm] if first else [*norm, drop]
    return found


def statistics(rescaled):
    """Mean and variance of images in [0, 1] on pixels up to 255."""
    return [
        *([layers.Rescaling(1 / 255)] if rescaled else []),
        layers.Normalization(mean=[0.3] * 64, variance=[0.14] * 64),
        relu_dense(),
    ]


def adamw(**arguments):
    return keras.optimizers.AdamW(3e-3, **arguments)


def excluding(decay):
    optimizer = adamw(weight_decay=decay)
    optimizer.exclude_from_weight_decay(var_names=["bias", "beta", "gamma"])
    return optimizer


def half(scaled):
    """A loss weighted by 1e-4, as many tasks' is: its gradients are small."""
    optimizer = keras.optimizers.Adam(3e-3)
    if scaled:
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
    return {
        "middle": [relu_dense(dtype="mixed_float16")],
        "optimizer": optimizer,
        "loss_weights": 1e-4,
    }


def entropy(from_logits):
    return losses.SparseCategoricalCrossentropy(from_logits=from_logits)


# code, how it is written in the table, wrong, mended: changes of `build`
CASES = [
    (
        "dropout-before-normalization",
        "0.5, two layers",
        lambda: {"middle": noisy(True)},
        lambda: {"middle": noisy(False)},
    ),
    (
        "bias-before-normalization",
        "two layers",
        lambda: {"middle": normalized(True)},
        lambda: {"middle": normalized(False)},
    ),
    (
        "constant-initializer",
        "0.05, two layers",
        lambda: {
            "middle": [
                relu_dense(kernel_initializer=keras.initializers.Constant(0.05))
                for _ in range(2)
            ]
        },
        lambda: {"middle": [relu_dense(), relu_dense()]},
    ),
    (
        "foreign-statistics",
        "pixels up to 255",
        lambda: {"middle": statistics(False)},
        lambda: {"middle": statistics(True)},
    ),
    (
        "probabilities-as-logits",
        "softmax twice",
        lambda: {"loss": entropy(True)},
        lambda: {"loss": entropy(False)},
    ),
    (
        "logits-as-probabilities",
        "no softmax",
        lambda: {"last": "linear", "loss": entropy(False)},
        lambda: {"last": "linear", "loss": entropy(True)},
    ),
    (
        "no-loss-scaling",
        "float16, loss times 1e-4",
        lambda: half(False),
        lambda: half(True),
    ),
    (
        "coupled-l2",
        "0.01",
        lambda: {
            "middle": [relu_dense(kernel_regularizer=L2) for _ in range(2)],
            "optimizer": excluding(0.0),
        },
        lambda: {
            "middle": [relu_dense() for _ in range(2)],
            "optimizer": excluding(0.01),
        },
    ),
    (
        "decay-everything",
        "decay 0.5",
        lambda: {
            "middle": normalized(False),
            "optimizer": adamw(weight_decay=0.5),
        },
        lambda: {"middle": normalized(False), "optimizer": excluding(0.5)},
    ),
]


def build(middle=None, last="softmax", optimizer=None, loss=None, **compiled):
    """Return a compiled network for digits."""
    model = keras.Sequential(
        [
            keras.Input((64,)),
            *([relu_dense()] if middle is None else middle),
            layers.Dense(10, activation=last, dtype="float32"),
        ]
    )
    model.compile(
        keras.optimizers.Adam(3e-3) if optimizer is None else optimizer,
        entropy(False) if loss is None else loss,
        **compiled,
    )
    return model


def digits(seed):
    """Return (x, y) for training and for testing; pixels from 0 to 255."""
    data = recipes.data.load("digits", seed=seed)
    parts = [
        (s.read().reshape(len(s), 64).astype("float32"), s.labels)
        for s in (data.train, data.test)
    ]
    (x, y), test = parts
    return (x[:ROWS], y[:ROWS]), test


def score(changes, seed, scale):
    keras.utils.set_random_seed(seed)
    (x, y), (x_test, y_test) = digits(seed)
    model = build(**changes)
    model.fit(x * scale, y, batch_size=32, epochs=10, verbose=0)
    outputs = model.predict(x_test * scale, verbose=0)
    return np.mean(outputs.argmax(1) == y_test)


def measure(case, seeds):
    """Return the scores of the model as it is, and mended."""
    code, _, wrong, better = case
    scale = 1.0 if code == "foreign-statistics" else 1 / 255
    for make in (wrong, better):
        changes = make()
        found = recipes.lint_model(
            build(**changes), inputs=digits(0)[0][0] * scale
        )
        assert (code in [f.code for f in found]) == (make is wrong), code
        yield [score(make(), seed, scale) for seed in range(seeds)]
