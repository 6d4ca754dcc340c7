"""For each rule on Keras models: what triggers it, and near misses.

code → (triggers, near misses); each makes a model, or a model and arguments.
"""

import importlib.util
from pathlib import Path

import keras
import numpy as np

_spec = importlib.util.spec_from_file_location(
    "lint_test_models", Path(__file__).with_name("models.py")
)
models = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(models)
layers, losses = keras.layers, keras.losses
FALLING = models.FALLING
stack = models.stack
graph = models.graph
dense = models.dense
logits = models.logits
norm = models.norm
excluding = models.excluding
adamw = models.adamw
half = models.half
image_statistics = models.image_statistics
ending = models.ending
operation = models.operation
sequence = models.sequence
residual = models.residual
branched = models.branched
two_heads = models.two_heads
weights_set = models.weights_set
normal = models.normal
softmax = models.softmax
SQUARE = models.SQUARE
ROW = models.ROW
PIXELS = models.PIXELS
PIXEL_STATISTICS = models.PIXEL_STATISTICS
LOGITS = models.LOGITS
L2 = models.L2
PLATEAU = models.PLATEAU

CASES = {
    "dropout-before-normalization": (
        [
            lambda: stack(layers.Dropout(0.2), norm()),
            lambda: graph(layers.GaussianDropout(0.2), norm()),
            lambda: stack(keras.Sequential([layers.Dropout(0.2), norm()])),
            lambda: stack(layers.Dropout(0.2), layers.ReLU(), norm()),
            lambda: graph(*SQUARE, layers.MaxPooling2D(), *ROW, norm()),
            lambda: stack(
                layers.Dropout(0.2), keras.Sequential([layers.ELU(), norm()])
            ),
        ],
        [
            lambda: graph(
                layers.Dropout(0.2),
                layers.ReLU(),
                dense(use_bias=False),
                norm(),
            ),
            lambda: stack(layers.Dropout(0.2), layers.Rescaling(2.0), norm()),
            lambda: stack(norm(), layers.Dropout(0.2)),
            lambda: graph(layers.Dropout(0.2), dense(use_bias=False), norm()),
            lambda: stack(layers.Dropout(0.0), norm()),
        ],
    ),
    "bias-before-normalization": (
        [
            lambda: stack(dense(), norm()),
            lambda: graph(dense(), norm()),
            lambda: stack(dense(), norm(center=False)),
        ],
        [
            branched,
            lambda: stack(dense(use_bias=False), norm()),
            lambda: graph(dense(activation="relu"), norm()),
            lambda: stack(dense(), layers.LayerNormalization()),
        ],
    ),
    "constant-initializer": (
        [
            lambda: stack(dense(kernel_initializer="zeros")),
            lambda: graph(dense(kernel_initializer="ones"), dense()),
            lambda: stack(dense(kernel_initializer=normal(0.0))),
            lambda: sequence(
                layers.TimeDistributed(dense(kernel_initializer="ones"))
            ),
            lambda: sequence(
                layers.Bidirectional(layers.LSTM(2, kernel_initializer="zeros"))
            ),
            lambda: sequence(
                layers.SeparableConv1D(3, 2, pointwise_initializer="zeros")
            ),
            lambda: residual("ones"),
        ],
        [
            lambda: stack(dense(kernel_initializer=normal(0.1))),
            lambda: stack(dense(1, kernel_initializer="zeros")),
            lambda: stack(
                layers.Dense(
                    4, kernel_initializer=keras.initializers.Constant(np.eye(4))
                )
            ),
            lambda: sequence(layers.Bidirectional(layers.LSTM(2))),
            lambda: residual("zeros"),
            two_heads,
            weights_set,
            lambda: stack(dense(), end=dense(kernel_initializer="zeros")),
            lambda: stack(dense(kernel_initializer="identity")),
        ],
    ),
    "foreign-statistics": (
        [
            lambda: (stack(image_statistics()), {"inputs": PIXELS}),
            lambda: (graph(image_statistics()), {"inputs": PIXELS}),
            lambda: (
                graph(layers.GaussianNoise(0.1), image_statistics()),
                {"inputs": PIXELS},
            ),
            lambda: (
                stack(layers.Normalization(**PIXEL_STATISTICS)),
                {"inputs": PIXELS / 255},
            ),
            # Around 0 and far too wide.
            lambda: (
                stack(
                    layers.Normalization(mean=[0.0] * 4, variance=[0.05] * 4)
                ),
                {"inputs": 20 * (PIXELS / 255 - 0.5)},
            ),
        ],
        [
            lambda: (
                stack(layers.Normalization(**PIXEL_STATISTICS)),
                {"inputs": PIXELS},
            ),
            # What a layer with weights gives is no input.
            lambda: (
                stack(dense(), layers.Normalization(mean=9.0, variance=1e-9)),
                {"inputs": PIXELS},
            ),
            lambda: (stack(image_statistics()), {"inputs": PIXELS / 255}),
            lambda: (
                graph(layers.Rescaling(1 / 255), image_statistics()),
                {"inputs": PIXELS},
            ),
            lambda: stack(image_statistics()),
        ],
    ),
    "probabilities-as-logits": (
        [
            lambda: stack(loss=LOGITS),
            lambda: graph(loss=LOGITS),
            lambda: stack(dense(), end=layers.Softmax(), loss=LOGITS),
            lambda: ending(softmax(), layers.Reshape((3, 1)), loss=LOGITS),
            lambda: operation(keras.ops.softmax, LOGITS),
        ],
        [
            lambda: logits(LOGITS),
            lambda: stack(),
            lambda: ending(
                layers.Dense(3), layers.Reshape((1, 3)), loss=LOGITS
            ),
            lambda: operation(keras.ops.softmax, "categorical_crossentropy"),
            lambda: operation(keras.ops.relu, LOGITS),
        ],
    ),
    "logits-as-probabilities": (
        [
            lambda: logits("categorical_crossentropy"),
            lambda: logits(losses.CategoricalCrossentropy()),
            lambda: logits(losses.categorical_crossentropy),
            lambda: logits("bce"),
            lambda: logits("BCE"),
            lambda: logits("BinaryCrossentropy"),
            lambda: ending(keras.Sequential([layers.Dense(3)])),
            lambda: ending(layers.Dense(3), layers.Reshape((1, 3))),
        ],
        [
            lambda: stack(),
            lambda: logits("mse"),
            lambda: logits(LOGITS),
            lambda: ending(softmax(), layers.Activation("linear")),
            lambda: ending(softmax(), layers.Reshape((3, 1))),
            lambda: ending(keras.Sequential([softmax()])),
            lambda: ending(layers.Dense(3, activation=layers.Softmax())),
        ],
    ),
    "no-loss-scaling": ([lambda: half(False)], [lambda: half(True)]),
    "coupled-l2": (
        [
            lambda: stack(dense(kernel_regularizer=L2), optimizer=adamw()),
            lambda: stack(dense(kernel_regularizer=L2), optimizer="rmsprop"),
            lambda: sequence(
                layers.TimeDistributed(dense(kernel_regularizer=L2)),
                optimizer=adamw(),
            ),
        ],
        [
            lambda: sequence(
                layers.TimeDistributed(dense()), optimizer=adamw()
            ),
            lambda: stack(dense(kernel_regularizer=L2), optimizer="sgd"),
            lambda: stack(
                dense(kernel_regularizer=keras.regularizers.L1(0.1)),
                optimizer=adamw(),
            ),
        ],
    ),
    "decay-everything": (
        [
            lambda: stack(dense(), optimizer="adamw"),
            lambda: graph(dense(), optimizer=excluding("beta")),
            lambda: stack(layers.PReLU(), optimizer=adamw()),
        ],
        [
            lambda: stack(dense(), optimizer=adamw()),
            lambda: stack(dense(), optimizer="adam"),
        ],
    ),
    "plateau-with-schedule": (
        [
            lambda: (
                stack(optimizer=keras.optimizers.SGD(FALLING)),
                PLATEAU,
            )
        ],
        [
            lambda: (stack(optimizer="sgd"), PLATEAU),
            lambda: stack(optimizer=keras.optimizers.SGD(FALLING)),
        ],
    ),
}
