"""The proof: what a stage has moved, and what it has not."""

from typing import NamedTuple

from recipes.errors import RunError
from recipes.transfer.rates import MOVES, STILL
from recipes.transfer.slots import ACCUMULATED, AVERAGE, slots_of
from recipes.transfer.snapshot import array, change_of, slot_digests


class Row(NamedTuple):
    """What happened to one variable.

    Args:
        path: The variable's.
        multiplier: Of its learning rate, or None.
        expected: `"moves"`, `"still"`, or `"any"`.
        change: ‖after − before‖ / max(‖before‖, ‖after‖): 0 is bit for bit the
            same, and a variable that began at 0 has 1.
        verdict: `"moved"`, `"still"`, `"idle"` (no gradient reached it, or its
            updates were rounded away, while its layer moved), or
            what is refused: `"stuck"`, `"woke"`.
        row: The expression of the table that decided, or None.
    """

    path: str
    multiplier: float | None
    expected: str
    change: float
    verdict: str
    row: str | None = None


def moved(model, before, expected):
    """Compare a model with what it was, and refuse what was not planned.

    See `compared`, whose rows it returns, and `refuse`.
    """
    rows = compared(model, before, expected)
    refuse(rows, expected)
    return rows


def compared(model, before, expected):
    """Compare a model with what it was before a stage, and with the plan.

    A variable that should stay still must be the same to the last bit:
    weights, moving statistics and all. One that should have moved must not be:

    - A weight may be the same where another weight of its layer has moved: the
      bias of a dead ReLU, or one under a normalization, has a gradient of 0.
    - If all weights of a layer are the same, its slots decide: where they say
      that no gradient ever came (each is one constant), as behind a branch
      that is multiplied by 0, and others of its row of the table have moved,
      it is no fault of the stage. Without slots (SGD without momentum) it
      counts as stuck.
    - Statistics may be the same where others of their layer have moved.

    Args:
        model: As training left it.
        before: Its `snapshot` from before the first step.
        expected: `Rates.expected` of the stage.

    Returns:
        A `Row` for each variable.
    """
    changes = [
        change_of(old, variable)
        for old, variable in zip(before.values, model.variables, strict=True)
    ]
    went = [
        row
        for row, change in zip(expected, changes, strict=True)
        if change and row.moves == MOVES
    ]
    alive = {_place(row) for row in went}
    trained = {row.row for row in went if row.kind == "weight"}
    rows = []
    for row, change in zip(expected, changes, strict=True):
        verdict = "moved" if change else "still"
        if change and row.moves == STILL:
            verdict = "woke"
        elif not change and row.moves == MOVES:
            excused = _place(row) in alive or (
                row.kind == "weight"
                and row.row in trained
                and _never_reached(row.path, model)
            )
            verdict = "idle" if excused else "stuck"
        rows.append(
            Row(row.path, row.multiplier, row.moves, change, verdict, row.row)
        )
    return rows


def same(model, before, expected=()):
    """Refuse weights that moved, or slots that were lost, between stages.

    Args:
        model: Compiled for the next stage, the slots carried over.
        before: Its `snapshot` from the end of the stage before.
        expected: `Rates.expected` of the next stage: what it trains must have
            its slots. Without it only slots that are there are compared.

    Raises:
        RunError: With the paths.
    """
    after = slot_digests(model)
    changed = [
        path
        for path, old, variable in zip(
            before.paths, before.values, model.variables, strict=True
        )
        if change_of(old, variable)
    ]
    if changed:
        raise RunError(
            "Between two stages nothing may move, but these variables did: "
            f"{_listed(changed)}. Something writes to the weights beside the "
            "training, as a callback may."
        )
    trained = {row.path for row in expected if row.moves == MOVES}
    lost = {
        path
        for (path, number, name), digest in before.slots.items()
        if name != ACCUMULATED  # which begin anew where the count does
        and after.get((path, number, name)) != digest
        and (path in trained or (path, number, name) in after)
    }
    if lost:
        raise RunError(
            "The optimizer lost its slots (momenta, averages) between two "
            f"stages, of {len(lost)} variables: {_listed(sorted(lost))}. A "
            "new compile has a new optimizer: build it on the model's "
            "trainable variables, and carry the slots over."
        )


def refuse(rows, expected, table=()):
    """Refuse what is stuck or woke, and rows of a table that did nothing.

    Args:
        rows: As `compared` returns them.
        expected: `Rates.expected` of the stage.
        table: Rows of (regular expression, multiplier): each has to have
            decided about a variable.

    Raises:
        RunError: Naming it, and the likely causes.
    """
    kinds = {row.path: row.kind for row in expected}
    stuck = [row.path for row in rows if row.verdict == "stuck"]
    woke = [row.path for row in rows if row.verdict == "woke"]
    statistics = [path for path in woke if kinds[path] == "statistics"]
    told = []
    decided = {row.row for row in rows}
    if idle := [repr(row[0]) for row in table if row[0] not in decided]:
        told.append(
            f"{len(idle)} rows of the table decided about no variable: "
            f"{_listed(idle)}. An expression may be misspelt."
        )
    if stuck:
        told.append(
            f"{len(stuck)} variables should have moved and did not: "
            f"{_listed(stuck)}. Likely causes: `trainable` was changed without "
            "a new compile, or their learning rate is 0, or too small for "
            "their numbers' precision, or no step had finite gradients."
        )
    if statistics:
        told.append(
            f"{len(statistics)} moving statistics should have stayed and did "
            f"not: {_listed(statistics)}. A batch normalization woke up: call "
            "the backbone through FrozenStatistics, which `training=False` "
            "in a functional model does not replace."
        )
    others = [path for path in woke if path not in statistics]
    if others:
        told.append(
            f"{len(others)} variables are frozen and moved: {_listed(others)}. "
            "Likely causes: `trainable` was changed without a new compile, or "
            "a callback writes to them."
        )
    if told:
        raise RunError(" ".join(told))


def _listed(paths, most=5):
    more = len(paths) - most
    return ", ".join(paths[:most]) + (f" and {more} more" if more > 0 else "")


def _place(row):
    """Return a variable's layer and kind, by which it may be excused."""
    return row.path.rpartition("/")[0], row.kind


def _never_reached(path, model):
    """Whether a variable's slots say that no gradient ever came.

    Slots of gradients are constant only where all of these were 0.
    """
    optimizer = getattr(model, "optimizer", None)
    if optimizer is None or not optimizer.built:
        return False
    slots = [
        array(slot).ravel()
        for (owner, _, name), slot in slots_of(optimizer).items()
        if owner == path and name != AVERAGE
    ]
    return bool(slots) and all(
        (slot == slot[0]).all() and (slot.size > 1 or slot[0] == 0)
        for slot in slots
    )
