"""tune: from a recipe, data and a budget to a better recipe, and why."""

import json
from contextlib import ExitStack

import keras

from callbacks import SteadyConsole
from recipes import plots
from recipes.network.backbone import build_transfer
from recipes.part import Part
from recipes.quiet import many_models
from recipes.resolve import epochs_for
from recipes.search_space import Choice
from recipes.six_steps import names, place, rounds
from recipes.six_steps.arguments import check_arguments
from recipes.six_steps.became import changed
from recipes.six_steps.budget import said
from recipes.six_steps.choosing import choose
from recipes.six_steps.clock import Clock
from recipes.six_steps.improving import improve
from recipes.six_steps.looking import look
from recipes.six_steps.names import shown
from recipes.six_steps.rates import find_center, find_pace
from recipes.six_steps.result import Tuned
from recipes.six_steps.searching import search_coarse, search_finer
from recipes.six_steps.state import State
from recipes.six_steps.work import Work
from recipes.training import folder
from recipes.training.environment import version
from recipes.training.fit import fit
from recipes.training.going_on.lock import held
from recipes.training.reuse import one_planner
from recipes.training.run import open_run
from recipes.tuning.settings import settle

FITTED = "fitted"  # outcome: the recipe that lies in best/, or is fitted
KEPT = 3  # compiled models: of the winner, of a change, and one more


def tune(
    recipe,
    data,
    *,
    budget="10m",
    seeds=3,
    objective="val_loss",
    directory=None,
    seed=None,
    force=False,
    overwrite=False,
    verbose=True,
):
    """Tune a recipe within a budget; `Recipe.tune` documents the arguments."""
    flags = {"force": force, "overwrite": overwrite, "verbose": verbose}
    seconds = check_arguments(recipe, budget, seeds, objective, flags)
    place.check_place(directory)
    recipe = recipe if seed is None else recipe.replace(seed=seed)
    ranged = recipe.replace(epochs=Choice([1]))
    settings, data = settle(ranged, data, "grid", None, objective, seeds, None)
    path = folder.choose(directory, recipe.task, data.name, "-tune")
    about = {
        "recipe": json.loads(recipe.to_json()),
        "data": settings.data,
        "budget": seconds,
        "spent": 0.0,
        "seeds": seeds,
        "objective": shown(settings.objective),
        "finished": False,
        "library": version("keras-recipes"),
        "backend": keras.backend.backend(),
        "given": None,
        "winner": None,
        "changed": [],
    }
    console = SteadyConsole.plain(quiet=not verbose)
    folder.make(path)
    with ExitStack() as stack:
        stack.enter_context(place.resumable(path, data.spec))
        stack.enter_context(held(path / names.LOCK, "tunes into this folder"))
        old = place.begin(path, about, overwrite)
        state = State(path)
        if old is not None and seconds != old["budget"]:
            why = rounds.refused(state, old, seconds)
            if why is None:
                rounds.buy(state, old, seconds)
                old["finished"] = False
        else:
            why = None
        if old is not None and old["finished"]:
            console.print(f"{path} holds this tune, finished")
            if why:
                console.print(why)
            return _closing(Tuned(path, recipe.from_json), console)
        clock = Clock(path, seconds)
        state.tell()
        if old is not None:  # as it stands, until there is better
            about |= {n: old[n] for n in ("given", "winner", "changed")}
        folder.write_json(path / names.TUNE, {**about, "spent": clock.spent})
        console.print(f"the tune lies in {path}")
        if old is not None:
            console.print(
                f"it goes on after {len(state.decisions)} decisions and "
                f"{said(clock.spent)}"
            )
        stack.enter_context(clock)
        stack.enter_context(many_models())
        stack.enter_context(one_planner(KEPT))
        settled = settings._asdict() | {"seeds": seeds}
        begun = _closed(recipe, settings, data)
        work = Work(begun, data, path, settled, clock, state, console)
        given, winner = _steps(work, force)
        _finish(work, about, given, winner)
        about["spent"] = round(clock.spent, 3)
        about["finished"] = True
        folder.write_json(path / names.TUNE, about)
    return _closing(Tuned(path, recipe.from_json), console)


def _closed(recipe, settings, data):
    """Return the recipe with its splits, epochs and all else said."""
    found = recipe.resolve()
    found = found.replace(split_seed=settings.recipe.split_seed)
    steps = Work.steps_of(found, data)
    found = found.replace(epochs=epochs_for(found, steps))
    return with_strategy(found, data)


def with_strategy(recipe, data):
    """Return a recipe with the strategy that "auto" chooses for data.

    So that it is no change to try by its own name.
    """
    if recipe.backbone is None or recipe.strategy.name != "auto":
        return recipe
    chosen = build_transfer(recipe, data).strategy
    views = {} if chosen.views is None else {"views": chosen.views}
    return recipe.replace(strategy=Part(chosen.name, **views))


def _steps(work, force):
    """Go through the six steps; return the recipe as given, and the winner.

    Where more time was given once all was decided, what was left out for lack
    of it is done in a round more, in a folder of its own; nothing that was
    done is done again.
    """
    checked = center = coarse = finer = winner = given = None
    seeds, tried = 0, set()
    for number in range(len(rounds.bought(work.state)) + 1):
        work.prefix = rounds.prefix(number)
        rounds.tell(work, number)
        if checked is None or checked["seconds"] is None:
            checked = look(work, force)
            center = find_center(work, checked)
            find_pace(work, center["rate"])
        if not rounds.compared(winner):
            coarse = coarse or search_coarse(work, center["rate"])
            finer = coarse and (finer or search_finer(work, coarse))
            rows = (finer or coarse or {"rows": []})["rows"]
            winner, given = choose(work, center, checked, rows)
            seeds, tried = len(winner.scores), set()
        winner = improve(work, winner, seeds, tried)
    return given, winner


def _finish(work, about, given, winner):
    """Fit the winner, read the test split, and write what was found."""
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

    def compute():
        test = {k: v for k, v in run.metrics.items() if k.startswith("test_")}
        told = ", ".join(f"{k} {v:.4g}" for k, v in test.items())
        words = f"Fitted on all {winner.recipe.epochs} epochs. On the test "
        words += f"split, by which nothing was chosen: {told}."
        over = work.clock.spent - work.clock.budget
        if over > 0:
            words += (
                f" The budget of {said(work.clock.budget)} is exceeded by "
                f"{said(over)}"
            )
            words += (
                ": it is too small for one fit of this recipe."
                if not work.pace.known
                or work.pace.sweep(1, winner.recipe.epochs) > work.clock.budget
                else "."
            )
        numbers = {**(winner.about() or {}), **test}
        numbers = {k: v for k, v in numbers.items() if v is not None}
        more = {"numbers": numbers, "kept": True, "folder": names.BEST}
        work.decide(6, "the winner's fit", words, **more)

    work.state.once(names.BEST, compute)
    work.state.write()
    folder.write_json(work.path / names.RECIPE, winner.recipe.to_json())
    found = Tuned(work.path, work.recipe.from_json, about)
    plots.save(found.figure, work.path / names.PICTURE)


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


def _closing(found, console):
    console.print(str(found))
    console.print(
        f"{names.RECIPE}, {names.DECISIONS}, {names.PICTURE} and the run in "
        f"{names.BEST} lie in {found.directory}"
    )
    return found
