"""A compiled plan, and how it is set back to its beginning."""

from collections import OrderedDict
from itertools import compress
from operator import not_
from typing import NamedTuple

import keras
import numpy as np

from recipes.training.callbacks import model_users
from recipes.training.dials import Dials, without_dials
from recipes.training.plan import build, compile_plan
from recipes.training.settled import settle
from recipes.transfer.rates import STILL

SEEDS = 8  # of how many seeds the first weights are kept


class Begun(NamedTuple):
    """What the stage of a frozen backbone has compiled.

    Args:
        rates: `Rates` of the stage, which the model's layers are set to.
        features: The plan on features with the head, its model compiled; or
            on images, where features cannot be kept.
    """

    rates: object
    features: object

    def features_for(self, plan):
        """Return the same for another plan of the same model."""
        old = self.features
        if old.model is plan.model:
            return plan
        loader = plan.loader.on(old.prepared.train, old.loader.threads)
        return plan._replace(
            model=old.model, prepared=old.prepared, loader=loader
        )


class Kept:
    """A compiled model, and where it began.

    Args:
        recipe: As of `make_plan`, as are the next four.
        data: Checked data.
        callbacks: The user's.
        threads: Loader threads.
        parts: Of a batch.

    Attributes:
        plan: Its first plan.
        begun: What its stage has left, see `Begun`; or None.
        starts: Seed → the first values of the variables that a fit moves; of
            a frozen backbone none are held.
    """

    def __init__(self, recipe, data, callbacks=(), threads=None, parts=1):
        self.begun = self._dials = None
        self.settled = settle(recipe, data, callbacks, threads, parts)
        plan = compile_plan(self.settled, *build(self.settled))
        self.plan = plan._replace(kept=self)
        self._users = model_users(callbacks)
        self.starts = OrderedDict()
        if plan.transfer is None:
            plan.model.optimizer.build(plan.model.trainable_variables)
            self._put_in_dials()

    @property
    def usable(self):
        """Whether another fit can have the model: its one step is the same.

        Several stages compile several; rates for each block would be rounded
        otherwise in dials than as constants; views of images differ by seed.
        """
        if self.plan.transfer is None:
            return True
        strategy = self.plan.transfer.strategy
        return len(strategy.stages) == 1 and (
            strategy.views is None and strategy.name == "frozen"
        )

    def begin(self, rates, features):
        """Keep what a stage has compiled, before its first step."""
        if self.begun is None and self.usable:
            self.begun = Begun(rates, features)
            rows = zip(rates.expected, self.plan.model.variables, strict=True)
            self._put_in_dials({id(v) for r, v in rows if r.moves == STILL})

    def _put_in_dials(self, still=()):
        variables = self.plan.network.variables
        self._moving = [id(v) not in still for v in variables]
        self.starts[self.settled.recipe.seed] = _values(self._moved(variables))
        self._dials = Dials(self.plan)
        self._slots = _values(self.plan.model.optimizer.variables)

    def again(self, recipe, data, callbacks, threads, parts):
        """Return the plan of another fit, or None where it needs its own.

        Args:
            recipe: A recipe that is equal without dials.
            data: Checked data.
            callbacks: The user's.
            threads: Loader threads.
            parts: Of a batch.
        """
        if data is not self.settled.data or (
            model_users(callbacks) != self._users
        ):
            return None
        given = recipe, data, callbacks, threads, parts
        found = settle(*given, self.settled)
        if self._dials is None or not self._fits(found):
            return None
        start = self._start(found.recipe, given)
        if start is None:
            return None
        optimizer = self.plan.model.optimizer
        _assign(self._moved(self.plan.network.variables), start)
        _assign(optimizer.variables, self._slots)
        steps = found.loader.steps_per_epoch * found.recipe.epochs
        self._dials.set(found.recipe, steps)
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

    def _start(self, recipe, given):
        """Return the values that what moves begins with for a seed."""
        seed = recipe.seed
        if seed not in self.starts:
            # With a backbone of its own, whose weights may be random.
            found = build(settle(*given))[0].variables
            mine = self.plan.network.variables
            if [_form(v) for v in mine] != [_form(v) for v in found]:
                return None
            pairs = zip(self._still(mine), self._still(found), strict=True)
            if not all(np.array_equal(*_values(pair)) for pair in pairs):
                return None  # what was computed with them does not hold
            self.starts[seed] = _values(self._moved(found))
            if len(self.starts) > SEEDS:
                self.starts.popitem(last=False)
        self.starts.move_to_end(seed)
        return self.starts[seed]

    def _moved(self, variables):
        return list(compress(variables, self._moving))

    def _still(self, variables):
        return list(compress(variables, map(not_, self._moving)))


def _form(variable):
    return variable.name, tuple(variable.shape), str(variable.dtype)


def _values(variables):
    return [np.array(keras.ops.convert_to_numpy(v)) for v in variables]


def _assign(variables, values):
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
