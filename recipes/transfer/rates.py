"""Rates: what a table means for a model, variable by variable."""

import inspect
import re
from typing import NamedTuple

from recipes.errors import RecipeError
from recipes.techniques.learning_rates import PerVariable
from recipes.transfer.frozen_statistics import FrozenStatistics
from recipes.transfer.table import epochs_of, rows_for

MOVES, STILL, ANY = "moves", "still", "any"
STATISTICS = ("moving_mean", "moving_variance")


class Expected(NamedTuple):
    """What a stage does to one variable.

    Args:
        path: The variable's.
        multiplier: Of its learning rate, or None.
        moves: `"moves"`, `"still"`, or `"any"`: states of random numbers and
            whatever else keeps count of its own.
        kind: `"weight"`, `"statistics"` or `"state"`.
        row: The expression that decided, or None.
    """

    path: str
    multiplier: float | None
    moves: str
    kind: str
    row: str | None = None


class Rates(NamedTuple):
    """What `set_rates` has settled.

    Args:
        multipliers: Pairs of path and multiplier, for the optimizer's
            `learning_rate_multipliers`.
        expected: An `Expected` for each of the model's variables, in order.
    """

    multipliers: tuple
    expected: tuple


def set_rates(model, table):
    """Freeze and unfreeze a model's variables by a table, before `compile`.

    Every variable that can train is made trainable (by itself, not only by
    its layer) if its multiplier is above 0. Layers all of whose variables are
    frozen get `trainable=False`, so that their normalizations predict.
    Whatever was frozen before is decided by the table alone.

    Then build the optimizer with `learning_rate_multipliers`, and compile:
    without a new `compile` the change does nothing.

    Args:
        model: A built `keras.Model`.
        table: Rows of (regular expression on paths, multiplier); the first
            that matches counts, and 0 is frozen.

    Returns:
        `Rates`.

    Raises:
        RecipeError: For a row that matches nothing, a variable without a row,
            or a table that freezes everything.

    Example:

    >>> import keras
    >>> inputs = keras.Input((2,))
    >>> x = keras.layers.Dense(2, name="stem")(inputs)
    >>> model = keras.Model(inputs, keras.layers.Dense(1, name="head")(x))
    >>> set_rates(model, [("head", 1), ("stem", 0)]).expected[0].moves
    'still'
    >>> len(model.trainable_variables)
    2
    """
    before, flags = _flags(model)
    _unfreeze(model)
    trained = model.trainable_variables
    ids = {id(v) for v in trained}
    others = [v.path for v in model.variables if id(v) not in ids]
    try:
        row_of = rows_for([v.path for v in trained], table, others)
        rate_of = {path: row and row[1] for path, row in row_of.items()}
        if not any(rate_of[v.path] for v in trained):
            raise RecipeError(
                "The table freezes every variable; nothing would be trained. "
                "Give one row a multiplier above 0."
            )
    except RecipeError:
        _restore(before, flags)
        raise
    for layer in model._flatten_layers():
        rates = [rate_of[v.path] for v in layer.weights]
        if rates and all(rate == 0 for rate in rates):
            layer.trainable = False
    for variable in trained:
        variable.trainable = rate_of[variable.path] > 0
    pairs = {v.path: rate_of[v.path] for v in trained}
    return Rates(tuple(pairs.items()), _expected(model, ids, row_of))


def asleep(rates, head):
    """Return rates that expect a backbone's statistics to stay as they are.

    `set_rates` reads from the model's layers what they will do; this is what
    the recipe says, so that a layer which does otherwise is found out.

    Args:
        rates: Of `set_rates`.
        head: Expression on the paths of what is not the backbone's.

    Example:

    >>> awake = Expected("stem/moving_mean", 1.0, MOVES, "statistics")
    >>> asleep(Rates((), (awake,)), "^head").expected[0].moves
    'still'
    """
    expected = tuple(
        row._replace(moves=STILL)
        if row.kind == "statistics" and not re.search(head, row.path)
        else row
        for row in rates.expected
    )
    return rates._replace(expected=expected)


def check_stages(model, stages, epochs):
    """Refuse stages that do not fit a model, before it is compiled.

    The model stays as it is.

    Args:
        model: A built `keras.Model`.
        stages: As of a `Strategy`.
        epochs: Of the run.

    Raises:
        RecipeError: As of `set_rates`, and for fewer epochs than stages.
    """
    epochs_of(stages, epochs)
    layers, flags = _flags(model)
    try:
        for stage in stages:
            set_rates(model, stage.table)
    finally:
        _restore(layers, flags)


def _flags(model):
    layers = [(layer, layer.trainable) for layer in model._flatten_layers()]
    return layers, [(v, v.trainable) for v in model.variables]


def _unfreeze(model):
    """Make all trainable that can be.

    On TensorFlow `layer.trainable = True` does nothing where it is True
    already, though layers or variables inside are frozen.
    """
    for layer in model._flatten_layers():  # from the outside in
        layer.trainable = False
        layer.trainable = True


def _restore(layers, flags):
    for layer, trainable in layers:  # from the outside in
        layer.trainable = trainable
    for variable, trainable in flags:
        variable.trainable = trainable


def _expected(model, trained, row_of):
    """Say what each variable of the model does in training."""
    awake = {}  # statistics → whether their layer takes new ones
    asleep = set()
    for layer in model._flatten_layers():
        for variable in getattr(layer, "weights", ()):
            if variable.name in STATISTICS:
                inside = awake.get(id(variable), True)
                awake[id(variable)] = inside and layer.trainable
        if isinstance(layer, FrozenStatistics) and layer.statistics == "frozen":
            asleep |= {id(v) for v in layer.variables}
    found = []
    for variable in model.variables:
        key, path = id(variable), variable.path
        expression, rate = row_of.get(path) or (None, None)
        if key in trained:
            kind, moves = "weight", MOVES if rate else STILL
        elif key in awake:
            live = awake[key] and key not in asleep and rate != 0
            kind, moves = "statistics", MOVES if live else STILL
        else:
            seed = "seed_generator" in path
            held = not seed and (rate == 0 or key in asleep)
            kind, moves = "state", STILL if held else ANY
        found.append(Expected(path, rate, moves, kind, expression))
    return tuple(found)


def optimizer_arguments(builder, rates):
    """Return what an optimizer's builder is told of the rates of a stage.

    Args:
        builder: An optimizer's class.
        rates: Of `set_rates`.

    Raises:
        RecipeError: For an optimizer of the user's own that knows one rate
            only, where more are needed.

    Example:

    >>> from recipes.techniques.optimizers import Adam
    >>> rates = Rates((("kernel", 0.1),), ())
    >>> optimizer_arguments(Adam, rates)
    {'learning_rate_multipliers': (('kernel', 0.1),)}
    """
    if inspect.isclass(builder) and issubclass(builder, PerVariable):
        return {"learning_rate_multipliers": rates.multipliers}
    if all(rate in (0, 1) for _, rate in rates.multipliers):
        return {}
    raise RecipeError(
        "This strategy has a learning rate for each block, and the optimizer "
        "takes one for all. Choose a built-in optimizer, derive your own from "
        "recipes.techniques.learning_rates.PerVariable too, or take a strategy "
        f"of rates 0 and 1 alone, such as 'frozen'. Received: {builder!r}"
    )
