"""The steps of a group: Keras' own, mapped over its members."""

import jax
import numpy as np
from jax import numpy as jnp

from recipes.data.loader import evaluation_batch_size

RANDOM = "seed_generator_state"


class Steps:
    """What is compiled for a group, once for each width.

    A member's step is the one that Keras' trainer runs, with its numbers in
    the dials. Members have one seed, so the order of the examples and the
    states of random numbers are the same for all, and are not mapped.

    Args:
        shared: The group's `Shared`.
    """

    def __init__(self, shared):
        self.shared, plan = shared, shared.plan
        self.starts = {plan.recipe.seed: shared.state()}
        self.model = plan.model
        random = [v.name == RANDOM for v in self.model.non_trainable_variables]
        self.axes = (0, [None if each else 0 for each in random], 0)
        weights = plan.loader.weights
        self.train_arrays = _arrays(plan, plan.prepared.train, weights)
        self.validation_arrays = _arrays(plan, plan.prepared.validation, None)
        self._train = jax.jit(self._trained)
        self._evaluate = jax.jit(self._evaluated)
        self._predict = jax.jit(self._predicted)

    @property
    def bytes(self):
        """What the state of one member takes."""
        start = next(iter(self.starts.values()))
        return sum(value.nbytes for values in start for value in values)

    def begin(self, seed, width):
        """Return the state of `width` members of a seed, at the start."""

        def repeated(value, axis):
            if axis is None:
                return value
            return jnp.repeat(value[None], width, axis=0)

        axes = self.axes[1]
        trained, untrained, optimizers = self.starts[seed]
        return (
            [repeated(value, 0) for value in trained],
            [repeated(*pair) for pair in zip(untrained, axes, strict=True)],
            [repeated(value, 0) for value in optimizers],
        )

    def weights(self, state):
        """Return the stacked weights in NumPy, as `get_weights` orders them."""
        return [np.asarray(state[i][k]) for i, k in self._places()]

    def with_weights(self, state, weights):
        """Return a state that has other stacked weights."""
        trained, untrained, optimizers = map(list, state)
        for (i, k), value in zip(self._places(), weights, strict=True):
            (trained, untrained)[i][k] = value
        return trained, untrained, optimizers

    def _places(self):
        model = self.model
        places = {
            id(variable): (i, k)
            for i, variables in enumerate(
                (model.trainable_variables, model.non_trainable_variables)
            )
            for k, variable in enumerate(variables)
        }
        return [places[id(variable)] for variable in model.weights]

    def train(self, state, numbers, rates, order):
        """Train an epoch.

        Args:
            state: Stacked (trained, untrained, optimizer's) values.
            numbers: Name → pairs of numbers, one for each member.
            rates: Learning rates (steps, members).
            order: The epoch's positions in the split.

        Returns:
            (state, name → number of each member).
        """
        size = self.shared.plan.loader.batch_size
        metrics, logs = self._metrics(rates.shape[1]), None
        whole = len(order) // size
        parts = [order[: whole * size].reshape(whole, size)]
        if len(order) % size:
            parts.append(order[None, whole * size :])
        done = 0
        for part in parts:
            chosen = rates[done : done + len(part)]
            state, metrics, logs = self._train(
                state, metrics, numbers, chosen, part, self.train_arrays
            )
            done += len(part)
        return state, _last(logs)

    def evaluate(self, state, numbers):
        """Return the members' logs of the validation split."""
        size, width = self._evaluation_size(), len(state[0][0])
        metrics, rows = self._metrics(width), len(self.validation_arrays[0])
        whole = rows // size * size
        for start, end, step in ((0, whole, size), (whole, rows, rows - whole)):
            if start == end:
                continue
            batches = [
                a[start:end].reshape(-1, step, *a.shape[1:])
                for a in self.validation_arrays
            ]
            metrics, logs = self._evaluate(state[:2], metrics, numbers, batches)
        return _last(logs)

    def predict(self, state):
        """Return readable outputs (members, rows, columns) of validation."""
        size, x = self._evaluation_size(), self.validation_arrays[0]
        found = [
            self._predict(state[:2], x[start : start + size])
            for start in range(0, len(x), size)
        ]
        return np.concatenate(found, axis=1)

    def _evaluation_size(self):
        x = self.validation_arrays[0]
        return evaluation_batch_size(len(x), int(np.prod(x.shape[1:])))

    def _metrics(self, width):
        values = [v.value for v in self.model.metrics_variables]
        return [jnp.repeat(value[None], width, axis=0) for value in values]

    def _trained(self, state, metrics, numbers, rates, order, arrays):
        def one(state, metrics, numbers, rate, batch):
            with self.shared.dials.turned(numbers, rate):
                logs, found = self.model.train_step((*state, metrics), batch)
            return found[:3], found[3], logs

        axes = self.axes
        mapped = jax.vmap(one, (axes, 0, 0, 0, None), (axes, 0, 0))

        def step(carry, inputs):
            rate, rows = inputs
            batch = tuple(array[rows] for array in arrays)
            state, metrics, logs = mapped(*carry, numbers, rate, batch)
            return (state, metrics), logs

        (state, metrics), logs = jax.lax.scan(
            step, (state, metrics), (rates, order)
        )
        return state, metrics, logs

    def _evaluated(self, state, metrics, numbers, batches):
        def one(state, metrics, numbers, batch):
            with self.shared.dials.turned(numbers, None):
                logs, found = self.model.test_step((*state, metrics), batch)
            return found[2], logs

        mapped = jax.vmap(one, (self.axes[:2], 0, 0, None))

        def step(metrics, batch):
            return mapped(state, metrics, numbers, tuple(batch))

        return jax.lax.scan(step, metrics, batches)

    def _predicted(self, state, x):
        def one(state, x):
            return self.shared.serving.stateless_call(*state, x)[0]

        return jax.vmap(one, (self.axes[:2], None))(state, x)


def _arrays(plan, split, weights):
    """Return a split on the device: examples, targets and weights."""
    targets = plan.objective.targets(split.labels)
    arrays = [split.read(), targets]
    if weights is not None:
        arrays.append(weights)
    return [jnp.asarray(array) for array in arrays]


def _last(logs):
    """Return each log as it stands after the last step, in NumPy."""
    return {name: np.asarray(values[-1]) for name, values in logs.items()}
