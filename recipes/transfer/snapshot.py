"""Snapshots: a model at one moment, to see later what has moved."""

import hashlib
from typing import NamedTuple

import keras
import numpy as np

from recipes.transfer.rates import STILL
from recipes.transfer.slots import slots_of


class Snapshot(NamedTuple):
    """A model at one moment; see `snapshot`."""

    paths: tuple
    values: tuple
    slots: dict


def snapshot(model, expected=None):
    """Take down a model's variables, to see later what has moved.

    Args:
        model: A `keras.Model`; compiled, its optimizer's slots are taken too.
        expected: `Rates.expected`: of what may move a copy is kept, to say by
            how much; of all else a digest of 16 bytes, so that a frozen
            backbone costs no memory. None: of everything a digest.

    Returns:
        A `Snapshot`.

    Example:

    >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    >>> snapshot(model).paths == tuple(v.path for v in model.variables)
    True
    """
    variables = model.variables
    if expected is None:
        values = tuple(digest(v) for v in variables)
    else:
        values = tuple(
            digest(v) if row.moves == STILL else array(v)
            for v, row in zip(variables, expected, strict=True)
        )
    return Snapshot(
        tuple(v.path for v in variables), values, slot_digests(model)
    )


def slot_digests(model):
    """Return digests of the slots of a model's optimizer."""
    optimizer = getattr(model, "optimizer", None)
    if optimizer is None or not optimizer.built:
        return {}
    return {key: digest(slot) for key, slot in slots_of(optimizer).items()}


def array(variable):
    """Return a copy: backends reuse the memory of their variables."""
    return np.array(keras.ops.convert_to_numpy(variable), copy=True)


def digest(variable):
    """Return 16 bytes that any other value would change."""
    values = np.ascontiguousarray(keras.ops.convert_to_numpy(variable))
    return hashlib.blake2b(values.tobytes(), digest_size=16).digest()


def change_of(old, variable):
    """Return how far a variable moved, in shares of its norm; 0 is the same.

    Of a digest only whether: 0 or NaN.
    """
    if isinstance(old, bytes):
        return 0.0 if digest(variable) == old else float("nan")
    new = keras.ops.convert_to_numpy(variable)
    if old.tobytes() == np.ascontiguousarray(new).tobytes():
        return 0.0
    old, new = (np.asarray(a, "float64") for a in (old, new))
    norm = max(np.linalg.norm(old), np.linalg.norm(new))
    change = float(np.linalg.norm(new - old) / norm) if norm else 0.0
    return change or float(np.finfo("float64").tiny)  # -0.0 and 0.0 differ
