"""Compiled plans that are used again where only numbers have changed.

A fit of a small network spends most of its time on tracing its step. Here the
compiled model of an earlier fit is set back to where a new one would begin:
its weights, its random numbers, its optimizer, its rates.
"""

import gc
from collections import OrderedDict
from contextlib import contextmanager
from contextvars import ContextVar

import keras

from recipes import codec
from recipes.training.device import choose_policy, find_device
from recipes.training.dials import without_dials
from recipes.training.kept_plan import Kept
from recipes.training.plan import make_plan


class Planner:
    """Makes plans as `make_plan` does, with compiled models used again.

    A recipe that differs from an earlier one in its dials alone (learning
    rate, weight decay, dropout above 0, L1 and L2 penalties, seed) is trained
    by the same compiled model, with the same results as by a new one. All
    else makes a new plan. A plan is over when the next is asked for: both may
    have the same model.

    Args:
        most: How many compiled models are kept; the one that was not used for
            the longest time goes first. A small one takes 40 MB.

    Example:

    >>> import recipes
    >>> from recipes.training.plan import load_for
    >>> recipe = recipes.tabular_classifier(epochs=1)
    >>> data, planner = load_for(recipe, "iris"), Planner()
    >>> first = planner(recipe, data)
    >>> first.model is planner(recipe.replace(seed=1), data).model
    True
    """

    def __init__(self, most=2):
        self.most = most
        self._kept = OrderedDict()

    def __call__(self, recipe, data, callbacks=(), threads=None, parts=1):
        """Return the plan of a fit; arguments as of `make_plan`."""
        if not _may_be_kept(recipe):
            return make_plan(recipe, data, callbacks, threads, parts)
        key = codec.dumps(without_dials(recipe))
        kept = self._kept.get(key)
        given = recipe, data, callbacks, threads, parts
        plan = None if kept is None else kept.again(*given)
        if plan is None:
            self._kept.pop(key, None)
            kept = Kept(*given)
            plan = kept.plan
            if not kept.usable:
                return plan._replace(kept=None)
            self._kept[key] = kept
            self._let_go()
        self._kept.move_to_end(key)
        return plan

    def _let_go(self):
        """Let the oldest models go, whose parts refer to each other."""
        while len(self._kept) > self.most:
            self._kept.popitem(last=False)
            gc.collect()


_shared = ContextVar("planner", default=None)


@contextmanager
def one_planner(most=2):
    """Let all sweeps within share a `Planner`, on data that they share too.

    Args:
        most: As of `Planner`.
    """
    token = _shared.set(Planner(most))
    try:
        yield
    finally:
        _shared.reset(token)


def planner():
    """Return the `Planner` that is shared here, or a new one.

    >>> with one_planner():
    ...     planner() is planner()
    True
    >>> planner() is planner()
    False
    """
    return _shared.get() or Planner()


def _may_be_kept(recipe):
    """Whether a fit takes one dtype, in which dials lose nothing."""
    policy = choose_policy(recipe.dtype_policy, find_device())
    return policy == keras.config.floatx() == "float32"
