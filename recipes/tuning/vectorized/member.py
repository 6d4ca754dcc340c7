"""A member of a group, as callbacks see the model of a fit of its own."""

from types import SimpleNamespace

import keras
import numpy as np

from callbacks import TerminateOnNonFinite
from recipes import registry
from recipes.data.order import balanced_order, epoch_order
from recipes.network.backbone import as_chosen
from recipes.resolve import resolve
from recipes.training.callbacks import assemble
from recipes.training.optimizer import build_optimizer
from recipes.tuning.vectorized.dials import numbers_of


class Member:
    """What one trial has for itself: numbers, callbacks, history, weights.

    Args:
        recipe: Its closed recipe.
        plan: The plan of its group.
        place: The folder for history.csv, which exists.

    Raises:
        RecipeError: For a number that is not legal.
    """

    stop_training = False

    def __init__(self, recipe, plan, place):
        shape = plan.data.input_shape[:2]
        if plan.transfer is not None:
            recipe = as_chosen(recipe, plan.transfer, shape)
        steps = plan.loader.steps_per_epoch
        recipe = resolve(recipe, steps, shape)
        self.recipe = recipe.replace(dtype_policy=plan.recipe.dtype_policy)
        total = steps * self.recipe.epochs
        optimizer = build_optimizer(_every_step(self.recipe), total)
        penalty = self.recipe.kernel_regularizer
        if penalty is not None:
            penalty = registry.build("regularizer", penalty)
        self.numbers = numbers_of(self.recipe, optimizer, penalty)
        self.rates = _rates(optimizer, total)
        self.model, self.history = plan.model, {}
        self.optimizer = SimpleNamespace(learning_rate=None, iterations=0)
        own = plan._replace(recipe=self.recipe)
        self.callbacks = [
            *assemble(own, place, (), False, False),
            TerminateOnNonFinite(weights=False),  # these are in no variables
        ]
        for callback in self.callbacks:
            callback.set_model(self)
            callback.on_train_begin({})

    @property
    def metrics(self):
        """The metrics of the model, which know their directions."""
        return self.model.metrics

    def end_epoch(self, epoch, step, logs, weights):
        """Tell the callbacks of an epoch.

        Args:
            epoch: Counted from 0.
            step: How many steps there were in all.
            logs: Name → number, validation included.
            weights: Arrays, as of `get_weights`.
        """
        self.weights = weights
        self.optimizer.learning_rate = self.rates[step]
        for callback in self.callbacks:
            callback.on_train_batch_end(step, logs)
        for callback in self.callbacks:
            callback.on_epoch_end(epoch, logs)
        for name, value in logs.items():
            self.history.setdefault(name, []).append(value)
        if self.stop_training:
            self.weights = self.get_weights()

    def end(self):
        """Tell the callbacks that it is over: the best weights come back."""
        for callback in self.callbacks:
            callback.on_train_end({})

    def get_weights(self):
        """Return copies of the weights as they stand."""
        return [np.array(value) for value in self.weights]

    def set_weights(self, weights):
        """Take weights in place of these."""
        self.weights = weights


def order_of(plan, seed, epoch):
    """Return the positions that an epoch of a seed's loader visits."""
    loader, size = plan.loader, len(plan.loader.split)
    if loader.balanced:
        order = balanced_order(seed, epoch, loader.split.labels)
    else:
        order = epoch_order(seed, epoch, size)
    return order[: loader.steps_per_epoch * loader.batch_size]


def _every_step(recipe):
    """Return the recipe with an optimizer that counts each batch as one."""
    part = recipe.optimizer
    if "gradient_accumulation_steps" not in part.config:
        return recipe
    return recipe.replace(
        optimizer=part.replace(gradient_accumulation_steps=None)
    )


def _rates(optimizer, total):
    """Return the learning rate at each count of steps, from 0 to `total`."""
    import jax

    def rate(step):
        scope = keras.StatelessScope([(optimizer.iterations, step)])
        with scope:
            return keras.ops.convert_to_tensor(optimizer.learning_rate)

    return np.asarray(jax.vmap(rate)(np.arange(total + 1, dtype="int32")))
