"""processes: a search with workers, from its arguments to its end."""

import os
from contextlib import contextmanager

from recipes import registry
from recipes.errors import RecipeError
from recipes.menu import MENU
from recipes.part import Part
from recipes.training.device import find_device
from recipes.tuning.names import JOURNAL
from recipes.tuning.tuner import Tuner
from recipes.tuning.workers.chief import VARIABLES
from recipes.tuning.workers.devices import environments
from recipes.tuning.workers.handed_over import hand_over
from recipes.tuning.workers.supervisor import supervise


def check_workers(recipe, workers, deadline, recycle, max_crashes):
    """Refuse what processes cannot do, before anything starts.

    Args:
        recipe: A recipe with ranges.
        workers: Whole number, `"gpus"`, or None.
        deadline: Seconds above 0.
        recycle: Whole number from 1, or None: never.
        max_crashes: Whole number from 1.

    Returns:
        The variables of each worker, or None: no processes.

    Raises:
        RecipeError: Naming the argument.
    """
    _positive("deadline", deadline, (int, float))
    _positive("max_crashes", max_crashes, int)
    if recycle is not None:
        _positive("recycle", recycle, int)
    if workers is None:
        return None
    found = environments(workers, dict(os.environ))
    find_device()  # lets memory grow: the first worker's GPU is ours as well
    own = {
        name
        for kind in registry.kinds()
        for name in registry.names(kind)
        if name not in MENU[kind]
    }
    for name in parts(tuple(recipe.to_dict().values())):
        if name in own:
            raise RecipeError(
                f"{name!r} is registered in this process alone: a worker is a "
                "process of its own, and does not know it. Leave `workers` "
                f"out, or None, to search here. Received: workers={workers!r}"
            )
    return found


def _positive(name, value, kind):
    right = isinstance(value, kind) and not isinstance(value, bool)
    if not right or not value > 0:
        least = (
            "a whole number of at least 1"
            if kind is int
            else "a number of seconds above 0"
        )
        raise RecipeError(f"`{name}` must be {least}. Received: {value!r}")


def parts(value):
    """Yield the name of every Part in a value, however deep.

    >>> list(parts((Part("cnn", pooling=Part("max_pooling")), 3)))
    ['cnn', 'max_pooling']
    """
    if isinstance(value, Part):
        yield value.name
        value = tuple(value.config.values())
    for inside in value if isinstance(value, tuple) else _options(value):
        yield from parts(inside)


def _options(value):
    options = getattr(value, "values", ())
    return options if isinstance(options, (tuple, list)) else ()


@contextmanager
def apart():
    """Let no variable of Keras Tuner's act on a sweep that is its own chief.

    In a shell from which chief and workers were started by hand they would
    make a search in this process a worker of that chief. Processes that are
    started meanwhile are given theirs.
    """
    taken = {k: os.environ.pop(k) for k in VARIABLES if k in os.environ}
    try:
        yield
    finally:
        os.environ.update(taken)


def search_elsewhere(about, path, loaded, given, environments, **how):
    """Search with processes of this machine.

    Args:
        about: The `Settings` of the sweep.
        path: The sweep's folder.
        loaded: Loaded `Data`.
        given: What the caller handed over as data.
        environments: The variables of each worker; none: the folder is
            prepared for chief and workers that are started elsewhere.
        **how: As of `supervise`.
    """
    hand_over(path, about, loaded, given)
    if environments:
        supervise(about, path, environments, **how)
        tuner = Tuner(about, path, None, None)
        tuner.oracle.open(path / JOURNAL, ())
        tuner.oracle.until = how["until"]
        tuner.oracle.prune(over=not tuner.oracle.late)
