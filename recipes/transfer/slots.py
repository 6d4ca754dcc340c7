"""Slots: an optimizer's momenta, carried over a new `compile`."""

from typing import NamedTuple

import keras

from recipes.techniques.learning_rates import PerVariable

# Lists of variables that are the model's, or all there are.
_NO_SLOTS = ("_variables", "_trainable_variables")
AVERAGE = "_model_variables_moving_average"
ACCUMULATED = "_accumulated_gradients"


class Carried(NamedTuple):
    """Which variables kept their slots, which are new, which are gone."""

    kept: tuple
    joined: tuple
    left: tuple


def slots_of(optimizer):
    """Return an optimizer's slots: (path, n, name) → variable.

    n counts variables of one and the same path from 0; the name is the
    attribute's, such as `_velocities`. Empty before `build`.

    Example:

    >>> from recipes.techniques import AdamW
    >>> adamw = AdamW()
    >>> adamw.build([keras.Variable([1.0], name="kernel")])
    >>> [(path, name) for path, _, name in slots_of(adamw)]
    [('kernel', '_momentums'), ('kernel', '_velocities')]
    """
    optimizer = _inner(optimizer)
    found = {}
    for name, listed in vars(optimizer).items():
        if name in _NO_SLOTS or not _one_each(listed, optimizer):
            continue
        for key, slot in zip(_keys(optimizer), listed, strict=True):
            if slot is not None:
                found[*key, name] = slot
    return found


def carry(old, new, restart=False):
    """Give a new optimizer the slots of the one before, by variable.

    Use it between two stages, after `set_rates` and `compile` (which may put
    a scale of the loss around an optimizer), with `new = model.optimizer`
    built on the model's trainable variables. The count of updates goes
    on, and with it a schedule over the whole run; or it restarts at 0, for
    schedules of one stage each. In both cases each variable keeps its own age
    (`PerVariable`): by it Adam corrects its young averages, and a variable
    that joins begins at age 0.

    What is carried: every slot of a variable that both train, a loss scale,
    and, if the count goes on, a learning rate that is a number (as a plateau
    has left it) and gradients that wait in an accumulation. Averages of
    weights (EMA) begin at the weight for a variable that joins; Keras begins
    them all anew where the count restarts.

    Args:
        old: The optimizer of the stage before, as training left it.
        new: A built one of the same kind.
        restart: Whether the count of updates restarts.

    Returns:
        `Carried`, in paths.

    Raises:
        ValueError: If `new` is not built, or of another kind.

    Example:

    >>> from recipes.techniques import AdamW
    >>> kernel = keras.Variable([1.0], name="kernel")
    >>> first, second = AdamW(), AdamW()
    >>> first.apply([keras.ops.ones(1)], [kernel])
    >>> second.build([kernel])
    >>> carry(first, second).kept
    ('kernel',)
    >>> int(second.iterations)
    1
    """
    _check(old, new)
    if _inner(old) is not old:  # the scale of the loss
        for name in ("step_counter", "dynamic_scale"):
            getattr(new, name).assign(getattr(old, name))
    old, new = _inner(old), _inner(new)
    before, after = slots_of(old), slots_of(new)
    known = set(_keys(old))
    values = dict(zip(_keys(new), new._trainable_variables, strict=True))
    for key, slot in after.items():
        if key in before and not (restart and key[2] == ACCUMULATED):
            slot.assign(before[key])
        elif key[2] == AVERAGE:
            slot.assign(values[key[:2]])
    _carry_scalars(old, new, restart)
    _carry_ages(old, new, known, restart)
    return Carried(
        tuple(key[0] for key in values if key in known),
        tuple(key[0] for key in values if key not in known),
        tuple(key[0] for key in _keys(old) if key not in values),
    )


def _check(old, new):
    if not new.built or not old.built:
        raise ValueError(
            "carry: both optimizers must be built, the new one by "
            "`optimizer.build(model.trainable_variables)`. Received: "
            f"old.built={old.built}, new.built={new.built}"
        )
    same = type(_inner(old)) is type(_inner(new))
    if not same or type(old) is not type(new):
        raise ValueError(
            "carry: slots go from one optimizer to another of its kind. "
            f"Received: {type(old).__name__} and {type(new).__name__}"
        )


def _carry_scalars(old, new, restart):
    """Carry counts, and what an optimizer keeps for all variables at once."""
    for name, value in vars(new).items():
        if not isinstance(value, keras.Variable):
            continue
        goes_on = name in ("_iterations", "_learning_rate")
        if goes_on and restart:
            continue
        given = getattr(old, name)
        if isinstance(given, keras.Variable):
            value.assign(given)


def _carry_ages(old, new, known, restart):
    """Let each variable keep its age in updates, and newcomers begin at 0."""
    if not isinstance(new, PerVariable):
        return
    now = int(keras.ops.convert_to_numpy(old.iterations))
    joined = dict(old.first_iterations)
    ages = []
    for path, number in _keys(new):
        first = joined.get(path, 0) if (path, number) in known else now
        ages.append((path, first - now if restart else first))
    new.join_at([(path, first) for path, first in ages if first])


def _inner(optimizer):
    return getattr(optimizer, "inner_optimizer", optimizer)


def _keys(optimizer):
    """Return (path, n) of each variable that an optimizer trains."""
    seen, keys = {}, []
    for variable in optimizer._trainable_variables:
        path = variable.path
        keys.append((path, seen.get(path, 0)))
        seen[path] = seen.get(path, 0) + 1
    return keys


def _one_each(listed, optimizer):
    """Whether a list holds a variable for each that is trained."""
    return (
        isinstance(listed, list)
        and len(listed) == len(optimizer._trainable_variables) > 0
        and all(s is None or isinstance(s, keras.Variable) for s in listed)
        and any(s is not None for s in listed)
    )
