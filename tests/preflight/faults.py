"""Planted faults on digits: name → (recipe, data, the one check that fails).

The other tests of this folder plant more, one check at a time.
"""

import keras
import numpy as np

import recipes
from recipes import Part


def softmax_below(inputs, layers):
    """A network that ends in a softmax, as if nothing followed."""
    x = layers.dense(layers.flatten(inputs), 64)
    return keras.layers.Dense(10, activation="softmax", name="own_output")(x)


def frozen_head(inputs, layers):
    """A network whose head is frozen, as it began."""
    x = layers.dense(layers.flatten(inputs), 64)
    head = keras.layers.Dense(32, trainable=False, name="own_head")
    return head(x)


def over_the_batch(inputs, layers):
    """A network that subtracts the mean of its batch, always."""
    x = layers.dense(layers.flatten(inputs), 64)
    return x - keras.ops.mean(x, axis=0, keepdims=True)


def blind(inputs, layers):
    """A network that does not look at its inputs."""
    return layers.dense(layers.flatten(inputs), 64) * 0.0


NETWORKS = (softmax_below, frozen_head, over_the_batch, blind)


def splits(name="digits", labels=lambda y: y, role=None, images=lambda x: x):
    """Return the splits of a data set, one or all of them changed."""
    data = recipes.data.load(name)
    found = {}
    for split in data.splits:
        x, y = split.read(), split.labels
        if role in (None, split.role):
            x, y = images(x), labels(y)
        found[split.role] = (x, y)
    return found


def shuffled(y):
    return np.random.default_rng(0).permutation(y)


def leaking():
    """Digits whose validation has fifty images of train too."""
    found = splits()
    (x, y), (a, b) = found["train"], found["validation"]
    found["validation"] = np.concatenate([a, x[:50]]), np.append(b, y[:50])
    return found


def network(name):
    return recipes.image_classifier(network=name)


def planted():
    """Return every fault; networks of one's own are registered for it."""
    for builder in NETWORKS:
        recipes.register("network", builder.__name__, builder)
    image, plain = recipes.image_classifier(), network("mlp")
    hot = image.optimizer.replace(learning_rate=0.3)
    blocks = [("^head", 0), (".*", 1)]
    stages = [("backbone alone", 1.0, blocks)]
    turned = Part("random_rotation", factor=0.5)
    return {
        "labels shuffled": (plain, splits(labels=shuffled), "labels"),
        "classes shifted in validation": (
            plain,
            splits(labels=lambda y: (y + 1) % 10, role="validation"),
            "labels",
        ),
        "0 to 16": (
            plain,
            splits(images=lambda x: x / 255 * 16),
            "input range",
        ),
        "softmax": (network("softmax_below"), "digits", "last layer"),
        "rate": (image.replace(optimizer=hot), "digits", "learning rate"),
        "frozen head": (network("frozen_head"), "digits", "moving weights"),
        "frozen by a table": (
            recipes.image_fine_tuner(
                "glyphnet", strategy=Part("table", stages=stages)
            ),
            "digits",
            "moving weights",
        ),
        "too small": (network(Part("mlp", units=(1,))), "digits", "handful"),
        "same images": (plain, leaking(), "leakage"),
        "6 and 9 by rotation": (
            image.replace(augmentation=turned),
            "digits",
            "augmentation",
        ),
    }


def twins():
    """Return what is clean: name → (recipe, data)."""
    table = recipes.tabular_classifier()
    return {
        "digits": (recipes.image_classifier(), "digits"),
        "digits, standard": (
            recipes.image_classifier(augmentation="standard"),
            "digits",
        ),
        "digits as splits": (network("mlp"), splits()),
        "wine": (table, "wine"),
        "breast_cancer": (table, "breast_cancer"),
        "diabetes": (recipes.tabular_regressor(), "diabetes"),
        "glyphnet": (recipes.image_fine_tuner("glyphnet"), "digits"),
    }
