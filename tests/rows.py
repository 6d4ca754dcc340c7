"""Rows of the menu, for the tests that fit every one of them."""

import keras

from recipes import registry
from tests import settings

TENSORFLOW = keras.backend.backend() == "tensorflow"
# What the host computes, or what has no state and builds no layer of ours: the
# battery fits a batch of it on JAX, and the rest is as on TensorFlow.
SAME_ON_JAX = (
    "activation",
    "augmentation",
    "initializer",
    "metric",
    "regularizer",
    "schedule",
)
ROWS = [
    (kind, name)
    for kind in registry.MENU
    for name in registry.MENU[kind]
    if kind not in settings.ELSEWHERE or (kind, name) in settings.TUNED
    if TENSORFLOW or kind not in SAME_ON_JAX
]
LISTS = ("augmentation", "metric")  # a recipe may name several of these
