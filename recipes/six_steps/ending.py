"""The end of a tune: the winner's fit, its test score, and the files."""

import json

from recipes import plots
from recipes.six_steps import names, place
from recipes.six_steps.became import changed
from recipes.six_steps.budget import said
from recipes.six_steps.result import Tuned
from recipes.training import folder
from recipes.training.fit import fit
from recipes.training.run import open_run

FITTED = "fitted"  # outcome: the recipe whose run is in best/, or being made


def finish(work, about, given, winner):
    """Fit the winner, read the test split, and write what was found.

    Args:
        work: The `Work`.
        about: What tune.json will say; `changed`, `given` and `winner` of it
            are set.
        given: The `Measured` recipe as given, or None.
        winner: A `Measured`.
    """
    _make_room(work, winner)
    run = _fit(work, winner)
    rows = changed(work.recipe, winner.recipe)
    why = work.state.why
    about["changed"] = [
        {"field": p, "from": a, "to": b, "why": why.get(p, "")}
        for p, a, b in rows
    ]
    about["given"] = given and given.about()
    about["winner"] = winner.about()
    work.state.once(names.BEST, lambda: _decide(work, winner, run.metrics))
    work.state.write()
    folder.write_json(work.path / names.RECIPE, winner.recipe.to_json())
    found = Tuned(work.path, work.recipe.from_json, about)
    plots.save(found.figure, work.path / names.PICTURE)


def _decide(work, winner, metrics):
    """Log what the winner's fit came to."""
    test = {k: v for k, v in metrics.items() if k.startswith("test_")}
    told = ", ".join(f"{k} {v:.4g}" for k, v in test.items())
    words = f"Fitted on all {winner.recipe.epochs} epochs. On the test split, "
    words += f"by which nothing was chosen: {told}.{_exceeded(work, winner)}"
    numbers = {**(winner.about() or {}), **test}
    numbers = {k: v for k, v in numbers.items() if v is not None}
    more = {"numbers": numbers, "kept": True, "folder": names.BEST}
    work.decide(6, "the winner's fit", words, **more)


def _exceeded(work, winner):
    """Say by how much the budget is exceeded, and why; "" if it is not."""
    budget, over = work.clock.budget, work.clock.spent - work.clock.budget
    if over <= 0:
        return ""
    small = (
        not work.pace.known or work.pace.sweep(1, winner.recipe.epochs) > budget
    )
    why = ": it is too small for one fit of this recipe" if small else ""
    return f" The budget of {said(budget)} is exceeded by {said(over)}{why}."


def _make_room(work, winner):
    """Remove the fit of another winner, as of before there was more time."""
    mine = json.loads(winner.recipe.to_json())
    outcomes, before = work.state.outcomes, work.path / names.RECIPE
    fitted = outcomes.get(FITTED)
    if fitted is None and before.exists():
        fitted = folder.read_json(before)
    if fitted not in (None, mine):
        place.clear_best(work.path)
        before.unlink(missing_ok=True)
        outcomes.pop(names.BEST, None)
    outcomes[FITTED] = mine
    work.state.write()


def _fit(work, winner):
    """Return the run of the winner, from its trial's checkpoint if it can."""
    where = work.path / names.BEST
    ended = (where / "metrics.json").exists()
    if ended and not (where / folder.UNFINISHED).exists():
        return open_run(where, work.recipe.from_json)
    origin = None
    if winner.folder is not None:
        trials = work.path / winner.folder / "trials"
        origin = next(trials.glob("trial_*/fit-1"), None)
    return fit(
        winner.recipe,
        work.data,
        directory=where,
        verbose=False,
        origin=origin,
        parts=winner.parts,
        command=place.going_on(work.path, work.data.spec),
    )
