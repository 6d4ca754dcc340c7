"""Small Keras models, right and wrong, for the rules on models."""

import keras
import numpy as np

layers, losses = keras.layers, keras.losses
FALLING = keras.optimizers.schedules.CosineDecay(0.1, 10)


def stack(*middle, end=None, **compiled):
    """A compiled stack of layers, ending in three probabilities."""
    last = layers.Dense(3, activation="softmax", name="last")
    found = keras.Sequential([keras.Input((4,)), *middle, end or last])
    compiled = {"loss": "categorical_crossentropy", **compiled}
    found.compile(**compiled)
    return found


def graph(*middle, **compiled):
    """The same as a functional model."""
    inputs = x = keras.Input((4,))
    for layer in middle:
        x = layer(x)
    found = keras.Model(inputs, layers.Dense(3, activation="softmax")(x))
    found.compile(**{"loss": "categorical_crossentropy", **compiled})
    return found


def dense(units=8, **arguments):
    return layers.Dense(units, **arguments)


def logits(loss):
    return stack(end=layers.Dense(3), loss=loss)


def norm(**arguments):
    return layers.BatchNormalization(**arguments)


def excluding(*names):
    optimizer = keras.optimizers.AdamW(weight_decay=0.01)
    optimizer.exclude_from_weight_decay(var_names=list(names))
    return optimizer


def adamw():
    return excluding("bias", "beta", "gamma")


def half(scaled):
    model = keras.Sequential(
        [keras.Input((4,)), layers.Dense(3, dtype="mixed_float16")]
    )
    optimizer = keras.optimizers.SGD()
    if scaled:
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
    model.compile(optimizer, losses.CategoricalCrossentropy(from_logits=True))
    return model


def image_statistics():
    return layers.Normalization(mean=[0.5] * 4, variance=[0.05] * 4)


def ending(*last, loss="categorical_crossentropy"):
    """A model that ends in several layers."""
    model = keras.Sequential([keras.Input((4,)), dense(), *last])
    model.compile(loss=loss)
    return model


def operation(function, loss):
    """A model that ends in an operation, not in a layer."""
    inputs = keras.Input((4,))
    model = keras.Model(inputs, function(layers.Dense(3)(inputs)))
    model.compile(loss=loss)
    return model


def sequence(layer, **compiled):
    """A layer for sequences, and what makes classes of its result."""
    return stack(layers.Reshape((2, 2)), layer, layers.Flatten(), **compiled)


def residual(kernel):
    """A branch whose last kernel begins as given, added to its input."""
    inputs = keras.Input((4,))
    x = dense(4, kernel_initializer=kernel)(dense()(inputs))
    return keras.Model(inputs, dense()(layers.Add()([inputs, x])))


def branched():
    """A layer that a normalization and a sum both use."""
    inputs = keras.Input((4,))
    x = dense()(inputs)
    return keras.Model(inputs, layers.Add()([x, norm()(x)]))


def two_heads():
    inputs = keras.Input((4,))
    x = dense()(inputs)
    heads = [dense(n, kernel_initializer="zeros")(x) for n in (2, 3)]
    return keras.Model(inputs, heads)


def weights_set():
    model = stack(dense(4, kernel_initializer="zeros"))
    model.layers[0].set_weights([np.eye(4), np.zeros(4)])
    return model


def normal(deviation):
    return keras.initializers.RandomNormal(stddev=deviation)


def softmax():
    return layers.Dense(3, activation="softmax")


SQUARE = layers.Dropout(0.2), layers.Reshape((2, 2, 1))
ROW = (layers.Flatten(),)
PIXELS = np.random.default_rng(0).uniform(0, 255, (50, 4))
PIXEL_STATISTICS = {"mean": [127.0] * 4, "variance": [5400.0] * 4}
LOGITS = losses.CategoricalCrossentropy(from_logits=True)
L2 = keras.regularizers.L2(0.01)
PLATEAU = {"callbacks": [keras.callbacks.ReduceLROnPlateau()]}
