"""Steps 4 and 5: the coarse grid, and the finer one around its best."""

from pathlib import PurePath

from recipes.search_space import Choice
from recipes.six_steps import grid, names
from recipes.six_steps.budget import said
from recipes.six_steps.choosing import TRIFLE, smallest_choice
from recipes.six_steps.grid import DECAY, RATE
from recipes.six_steps.seeds import refuse_state

MOST_TRIALS = 15  # of a grid
SHARE = 0.2  # of the budget, for each of the two grids
COARSE_EPOCHS = 5  # at most
WIDENED = 3  # times, at most
WIDE_SHARE = 0.1  # of the budget, for all widening


def search_coarse(work, center):
    """Search learning rate × weight decay around the center, for few epochs.

    Args:
        work: The `Work`.
        center: A learning rate.

    Returns:
        {"rows": [{"rate", "decay", "epochs", "score"}, …], the best first,
        without those that have no score, "epochs": of each}, or None.
    """

    def compute():
        decay = None
        if grid.takes_decay(work.recipe):
            decay = grid.own_decay(work.recipe)
        longest = min(COARSE_EPOCHS, work.recipe.epochs)
        shapes = grid.coarse(center, decay)
        every = range(longest, 0, -1)
        where = work.at(names.COARSE)
        return _grid(work, 4, "coarse grid", where, shapes, every)

    return work.state.once(work.at(names.COARSE), compute)


def search_finer(work, coarse):
    """Search around the best of the coarse grid, for more epochs.

    Where the best lies on an edge, the grid goes on past it, up to 3 times.

    Args:
        work: The `Work`.
        coarse: As of `search_coarse`.

    Returns:
        The same as `search_coarse`.
    """
    found = work.state.once(work.at(names.FINER), lambda: _finer(work, coarse))
    for number in range(1, WIDENED + 1):
        if found is None:
            return None
        name = work.at(f"{names.FINER}-{number + 1}")
        before = found
        found = work.state.once(name, lambda: _wider(work, before, name))  # noqa: B023
        if found["rows"] == before["rows"]:
            break
    return found


def _finer(work, coarse):
    best = coarse["rows"][0]
    full, shortest = work.recipe.epochs, coarse["epochs"] + 1
    longest = max(shortest, full // 2)
    if shortest > full:
        longest = shortest = full
    epochs = sorted(
        {shortest, (shortest + longest) // 2, longest}, reverse=True
    )
    shapes = grid.finer(best["rate"], best["decay"])
    where = work.at(names.FINER)
    return _grid(work, 5, "finer grid", where, shapes, epochs)


def _grid(work, step, title, where, shapes, all_epochs):
    """Search the largest grid that there is time for, or return None."""
    plan = _plan(work, step, where, shapes, all_epochs)
    if plan is None:
        return None
    rates, decays, epochs, room = plan
    rows, table = _search(work, where, rates, decays, epochs, room)
    _decide(work, step, title, rows, table, epochs, where)
    return {"rows": rows, "epochs": epochs} if rows else None


def _wider(work, found, name):
    """Return the same with more rows, or as it is where none are needed."""
    rows, epochs = found["rows"], found["epochs"]
    further = grid.beyond(rows)
    if further is None:
        return found
    rates, decays, edge = further
    room = work.state.once(
        f"{name}-plan", lambda: _room_to_widen(work, further, epochs)
    )
    if room is None:
        return found
    more, table = _search(work, name, rates, decays, epochs, room)
    every = sorted([*rows, *more], key=work.rank)
    better = every[0] != rows[0]
    words = f"The best lay on {edge}: {len(table['rows'])} more trials past it "
    words += (
        f"found {_values(every[0])}, {work.score} {every[0]['score']:.4g}."
        if better
        else "found nothing better."
    )
    numbers = {"best": every[0]["score"], "trials": float(len(table["rows"]))}
    work.decide(
        5,
        "widening",
        words,
        numbers=numbers,
        kept=better,
        folder=name,
        table=table,
    )
    return {"rows": every, "epochs": epochs}


def _room_to_widen(work, further, epochs):
    """Return the seconds for a wider grid, or None."""
    rates, decays, edge = further
    room = min(WIDE_SHARE * work.clock.budget, _spare(work))
    count = len(rates) * len(decays)
    needed = work.pace.sweep(count, epochs)
    if needed <= room:
        return room
    work.decide(
        5,
        "widening",
        f"The best lies on {edge}. Left out: {count} more trials would take "
        f"{said(needed)}, and there are {said(max(0.0, room))} for it.",
    )
    return None


def _room(work):
    return work.clock.left - work.reserve(work.recipe.epochs)


def _spare(work):
    """Return the seconds beside those of the smallest choice over seeds.

    Without that choice nothing would follow from a grid.
    """
    return _room(work) - smallest_choice(work)


def _plan(work, step, name, shapes, epochs):
    """Return [rates, decays, epochs, seconds] of what fits in, or None.

    A sweep that was cut off goes on as it was planned.
    """
    found = work.state.once(
        f"{name}-plan", lambda: _planned(work, step, name, shapes, epochs)
    )
    if found is not None:
        small = len(found[0]) * len(found[1]) <= MOST_TRIALS
        refuse_state(
            small and 0 < found[2] <= work.recipe.epochs, f"{name}-plan"
        )
    return found


def _planned(work, step, name, shapes, all_epochs):
    room, needed = 0.0, None
    if work.pace.known:
        spare = _spare(work)
        if step == 4:  # which tells the pace, too
            spare = max(spare, TRIFLE * work.clock.budget)
        room = min(SHARE * work.clock.budget, _room(work), spare)
        for rates, decays in shapes:
            for epochs in all_epochs:
                count = len(rates) * len(decays)
                needed = work.pace.sweep(count, epochs)
                if needed <= room:
                    return [rates, decays, epochs, room]
    why = (
        f"the smallest would take {said(needed)}, and there are "
        f"{said(max(0.0, room))} for it beside a choice over seeds"
        if work.pace.known
        else "no fit was measured, in so small a budget"
    )
    work.decide(step, f"{PurePath(name).name} grid", f"Left out: {why}.")
    return None


def _search(work, name, rates, decays, epochs, room):
    """Return the rows with a score, the best first, and a table of all."""
    given = {RATE: Choice(list(rates))}
    if len(decays) > 1:
        given[DECAY] = Choice(list(decays))
    elif decays[0] is not None:
        given[DECAY] = decays[0]
    part = work.recipe.optimizer.replace(**given)
    recipe = work.recipe.replace(optimizer=part, epochs=epochs)
    trials = work.search(name, recipe, min(room, _room(work)))
    work.pace.add(trials)
    rows = [_row(trial, decays[0], epochs) for trial in trials]
    scored = [row for row in rows if row["score"] is not None]
    scored = sorted(grid.middle_first(scored), key=work.rank)
    columns = ["learning rate", "weight decay", "epochs", work.score]
    listed = [[r["rate"], r["decay"], epochs, r["score"]] for r in rows]
    return scored, {"columns": columns, "rows": listed}


def _row(trial, decay, epochs):
    values = trial["values"]
    return {
        "rate": values[f"optimizer/{RATE}"],
        "decay": values.get(f"optimizer/{DECAY}", decay),
        "epochs": epochs,
        "score": trial["score"],
        "loss": trial["metrics"].get("validation_loss"),
    }


def _values(row):
    decay = row["decay"]
    words = f"rate {row['rate']:g}"
    return words if decay is None else f"{words}, weight decay {decay:g}"


def _decide(work, step, title, rows, table, epochs, name):
    count = len(table["rows"])
    short = f"{epochs} epoch" + "s" * (epochs != 1)
    words = f"{count} trials of {short}, {len(rows)} with a score. "
    numbers = {"trials": float(count), "epochs": float(epochs)}
    if rows:
        best, last = rows[0], rows[-1]
        words += (
            f"The best: {_values(best)}, {work.score} {best['score']:.4g}; "
            f"the worst: {_values(last)}, {last['score']:.4g}."
        )
        words += grid.ties(rows)
        numbers |= {"best": best["score"], "worst": last["score"]}
    else:
        words += "Nothing follows from it."
    work.decide(step, title, words, numbers=numbers, folder=name, table=table)
