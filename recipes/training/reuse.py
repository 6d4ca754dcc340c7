"""Compiled plans that are used again where only numbers have changed.

A fit of a small network spends most of its time on tracing its step. Here the
compiled model of an earlier fit is set back to where a new one would begin:
its weights, its random numbers, its optimizer, its rates.
"""

import gc
from collections import OrderedDict

import keras
import numpy as np

from recipes import codec
from recipes.training.device import choose_policy, find_device
from recipes.training.dials import Dials, without_dials
from recipes.training.plan import build, compile_plan, make_plan
from recipes.training.settled import settle

SEEDS = 8  # of how many seeds the first weights are kept


class Planner:
    """Makes plans as `make_plan` does, with compiled models used again.

    A recipe that differs from an earlier one in its dials alone (learning
    rate, weight decay, dropout above 0, L1 and L2 penalties, seed) is trained
    by the same compiled model, with the same results as by a new one. All
    else makes a new plan. A plan is over when the next is asked for: both may
    have the same model.

    Args:
        most: How many compiled models are kept; the one that was not used for
            the longest time goes first.

    Example:

    >>> import recipes
    >>> from recipes.training.plan import load_for
    >>> recipe = recipes.tabular_classifier(epochs=1)
    >>> data, planner = load_for(recipe, "iris"), Planner()
    >>> first = planner(recipe, data)
    >>> first.model is planner(recipe.replace(seed=1), data).model
    True
    """

    def __init__(self, most=4):
        self.most = most
        self._kept = OrderedDict()

    def __call__(self, recipe, data, callbacks=(), threads=None):
        """Return the plan of a fit; arguments as of `make_plan`."""
        if not _may_be_kept(recipe):
            return make_plan(recipe, data, callbacks, threads)
        key = codec.dumps(without_dials(recipe))
        kept = self._kept.get(key)
        given = recipe, data, callbacks, threads
        plan = None if kept is None else kept.again(*given)
        if plan is None:
            self._kept.pop(key, None)
            self._kept[key] = kept = Kept(*given)
            plan = kept.plan
            self._let_go()
        self._kept.move_to_end(key)
        return plan

    def _let_go(self):
        """Let the oldest models go, whose parts refer to each other."""
        while len(self._kept) > self.most:
            self._kept.popitem(last=False)
            gc.collect()


def _may_be_kept(recipe):
    """Whether a recipe's fit is one step, compiled once, in float32."""
    policy = choose_policy(recipe.dtype_policy, find_device())
    plain = policy == keras.config.floatx() == "float32"
    return plain and recipe.backbone is None


class Kept:
    """A compiled model, and where it began.

    Args:
        recipe: As of `make_plan`, as are the next three.
        data: Checked data.
        callbacks: The user's.
        threads: Loader threads.
    """

    def __init__(self, recipe, data, callbacks, threads):
        self.settled = settle(recipe, data, callbacks, threads)
        self.plan = compile_plan(self.settled, *build(self.settled))
        self.dials = Dials(self.plan)
        optimizer = self.plan.model.optimizer
        optimizer.build(self.plan.model.trainable_variables)
        self._slots = _values(optimizer.variables)
        self._starts = OrderedDict()
        seed = self.settled.recipe.seed
        self._starts[seed] = _values(self.plan.network.variables)

    def again(self, recipe, data, callbacks, threads):
        """Return the plan of another fit, or None where it needs its own.

        Args:
            recipe: A recipe that is equal without dials.
            data: Checked data.
            callbacks: The user's.
            threads: Loader threads.
        """
        if data is not self.settled.data:
            return None
        found = settle(recipe, data, callbacks, threads, self.settled)
        if not self._fits(found):
            return None
        start = self._start(found)
        if start is None:
            return None
        model = self.plan.model
        _assign(self.plan.network.variables, start)
        _assign(model.optimizer.variables, self._slots)
        self.dials.set(found.recipe, _total_steps(found))
        # Left by callbacks that bring a fit back; nothing public resets it.
        model._initial_epoch = None
        return self.plan._replace(
            recipe=found.recipe,
            objective=found.objective,
            loader=found.loader,
        )

    def _fits(self, found):
        """Whether the model of one settled fit is that of another."""
        one, other = self.settled, found
        if self.plan.model is not self.plan.network and (
            one.recipe.seed != other.recipe.seed
        ):
            return False  # augmentation on the device has the seed inside
        return (
            one.steps_per_execution == other.steps_per_execution
            and one.loader.steps_per_epoch == other.loader.steps_per_epoch
            and without_dials(one.recipe) == without_dials(other.recipe)
        )

    def _start(self, found):
        """Return the values that the network of a seed begins with."""
        seed = found.recipe.seed
        if seed in self._starts:
            self._starts.move_to_end(seed)
            return self._starts[seed]
        network, _ = build(found)
        old, new = self.plan.network.variables, network.variables
        if [_form(v) for v in old] != [_form(v) for v in new]:
            return None
        self._starts[seed] = _values(new)
        if len(self._starts) > SEEDS:
            self._starts.popitem(last=False)
        return self._starts[seed]


def _total_steps(settled):
    return settled.loader.steps_per_epoch * settled.recipe.epochs


def _form(variable):
    return variable.name, tuple(variable.shape), str(variable.dtype)


def _values(variables):
    return [np.array(keras.ops.convert_to_numpy(v)) for v in variables]


def _assign(variables, values):
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
