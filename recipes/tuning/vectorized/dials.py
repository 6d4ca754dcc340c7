"""Dials: the numbers of a compiled network that a trial may turn.

Keras reads them as plain numbers while it traces a step, so that each value
would be a program of its own. A `Dial` stands in their place, and while a
step is traced it holds what the step is given.
"""

from contextlib import contextmanager

import keras

from recipes import registry
from recipes.training.dials import PENALTIES

STRENGTHS = sorted({name for names in PENALTIES.values() for name in names})


class Dial:
    """A number above 0 that is not known yet, where Keras wants a number.

    Layers and penalties of strength 0 are left out by Keras while it traces.
    A dial is never left out: with 0 it does the same, and nothing.
    """

    value = complement = None

    def __jax_array__(self):
        return self.value

    def __bool__(self):
        return True

    def __gt__(self, other):
        return True

    def __mul__(self, other):
        return self.value * other

    __rmul__ = __mul__

    def __truediv__(self, other):
        return self.value / other

    def __rsub__(self, other):
        # Of a number of 64 bits, rounded once: dropout's mask is the same.
        return other - 1 + self.complement


class Given(keras.optimizers.schedules.LearningRateSchedule):
    """A schedule that is told the learning rate of the step."""

    rate = None

    def __call__(self, step):
        return self.rate


class Dials:
    """The dials of one compiled network, by name.

    Args:
        network: The trained `keras.Model`, its penalties as they were built.
        objective: Its `Objective`.
        optimizer: Its optimizer, not built yet.
    """

    def __init__(self, network, objective, optimizer):
        self.rate = optimizer.learning_rate = Given()
        self.places = {}
        if optimizer.weight_decay is not None:
            self._place("weight_decay", optimizer, "weight_decay")
        if hasattr(objective, "label_smoothing"):
            self._place("label_smoothing", objective, "label_smoothing")
        for layer in network.layers:
            if isinstance(layer, keras.layers.Dropout):
                self._place("dropout", layer, "rate")
        known = tuple(
            registry.lookup("regularizer", name).builder() for name in PENALTIES
        )
        for variable in network.trainable_variables:
            for name in STRENGTHS:
                penalty = variable.regularizer
                if isinstance(penalty, known) and hasattr(penalty, name):
                    self._place(name, penalty, name)

    def _place(self, name, owner, attribute):
        dial = self.places.setdefault(name, Dial())
        setattr(owner, attribute, dial)

    @contextmanager
    def turned(self, numbers, rate):
        """Hold the numbers of a trial, and of a step, while it is traced.

        Args:
            numbers: Name → (number, 1 − number).
            rate: The learning rate.
        """
        self.rate.rate = rate
        for name, dial in self.places.items():
            dial.value, dial.complement = numbers[name]
        try:
            yield
        finally:
            self.rate.rate = None
            for dial in self.places.values():
                dial.value = dial.complement = None


def numbers_of(recipe, optimizer, regularizer):
    """Return every number that a dial may be asked for, by name.

    Args:
        recipe: A resolved recipe.
        optimizer: As built of it.
        regularizer: As built of it, or None.

    Returns:
        Name → number.
    """
    found = {
        "weight_decay": optimizer.weight_decay,
        "label_smoothing": recipe.label_smoothing,
        "dropout": recipe.dropout,
    }
    for name in STRENGTHS:
        found[name] = getattr(regularizer, name, None)
    return {k: float(v) for k, v in found.items() if v is not None}
