"""A compiled plan, and how it is set back to its beginning."""

from collections import OrderedDict
from typing import NamedTuple

import keras
import numpy as np

from recipes.training.callbacks import model_users
from recipes.training.dials import Dials, without_dials
from recipes.training.plan import build, compile_plan
from recipes.training.settled import settle

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
    """

    def __init__(self, recipe, data, callbacks=(), threads=None, parts=1):
        self.begun = self._dials = None
        self.settled = settle(recipe, data, callbacks, threads, parts)
        plan = compile_plan(self.settled, *build(self.settled))
        self.plan = plan._replace(kept=self)
        self._users = model_users(callbacks)
        self._starts = OrderedDict()
        seed = self.settled.recipe.seed
        self._first = _values(self.plan.network.variables)
        self._starts[seed] = self._first
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
            self._put_in_dials()

    def _put_in_dials(self):
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
        _assign(self.plan.network.variables, start)
        _assign(optimizer.variables, self._slots)
        steps = found.loader.steps_per_epoch * found.recipe.epochs
        self._dials.set(found.recipe, steps)
        # Left by callbacks that bring a fit back; nothing public resets it.
        self._trained._initial_epoch = None
        return self.plan._replace(
            recipe=found.recipe,
            objective=found.objective,
            loader=found.loader,
        )

    @property
    def _trained(self):
        """The model that is fitted: on features a head."""
        return (self.begun.features if self.begun else self.plan).model

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
        """Return the values that the network of a seed begins with."""
        seed = recipe.seed
        if seed not in self._starts:
            # With a backbone of its own, whose weights may be random.
            found = build(settle(*given))[0].variables
            values = _values(found)
            mine = self.plan.network.variables
            if [_form(v) for v in mine] != [_form(v) for v in found]:
                return None
            if not self._same_backbone(values):
                return None
            self._starts[seed] = values
            if len(self._starts) > SEEDS:
                self._starts.popitem(last=False)
        self._starts.move_to_end(seed)
        return self._starts[seed]

    def _same_backbone(self, values):
        """Whether features that were computed hold for these values too."""
        if self.plan.transfer is None:
            return True
        inside = {id(v) for v in self.plan.transfer.backbone.model.variables}
        return all(
            np.array_equal(old, new)
            for variable, old, new in zip(
                self.plan.network.variables, self._first, values, strict=True
            )
            if id(variable) in inside and "seed_generator" not in variable.path
        )


def _form(variable):
    return variable.name, tuple(variable.shape), str(variable.dtype)


def _values(variables):
    return [np.array(keras.ops.convert_to_numpy(v)) for v in variables]


def _assign(variables, values):
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
