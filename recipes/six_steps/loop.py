"""tune: from a recipe, data and a budget to a better recipe, and why."""

import json
from contextlib import ExitStack

import keras

from callbacks import SteadyConsole
from recipes.errors import CheckFailedError
from recipes.network.backbone import build_transfer
from recipes.part import Part
from recipes.quiet import many_models
from recipes.resolve import epochs_for
from recipes.search_space import Choice
from recipes.six_steps import names, place, rounds
from recipes.six_steps.arguments import check_arguments
from recipes.six_steps.budget import said
from recipes.six_steps.choosing import choose
from recipes.six_steps.clock import Clock
from recipes.six_steps.ending import finish
from recipes.six_steps.improving import improve
from recipes.six_steps.looking import look
from recipes.six_steps.names import shown
from recipes.six_steps.page import drop_page, write_page
from recipes.six_steps.rates import find_center, find_pace
from recipes.six_steps.result import Tuned
from recipes.six_steps.searching import search_coarse, search_finer
from recipes.six_steps.state import State
from recipes.six_steps.work import Work
from recipes.training import folder
from recipes.training.environment import version
from recipes.training.going_on.lock import held
from recipes.training.reuse import one_planner
from recipes.tuning.settings import settle

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
        why = rounds.go_on(state, old, seconds)
        if old is not None and old["finished"]:
            console.print(f"{path} holds this tune, finished")
            if why:
                console.print(why)
            found = Tuned(path, recipe.from_json, data=data)
            return _closing(found, console, again=False)
        drop_page(path)
        clock = Clock(path, seconds)
        state.tell()
        if old is not None:  # as it stands, until there is better
            about |= {n: old[n] for n in ("given", "winner", "changed")}

        def tell():
            told = {**about, "spent": round(clock.spent, 3)}
            folder.write_json(path / names.TUNE, told)

        tell()
        console.print(f"the tune lies in {path}")
        if old is not None:
            console.print(
                f"it goes on after {len(state.decisions)} decisions and "
                f"{said(clock.spent)}"
            )
        stack.enter_context(clock)
        stack.callback(tell)
        stack.enter_context(many_models())
        stack.enter_context(one_planner(KEPT))
        settled = settings._asdict() | {"seeds": seeds}
        begun = _closed(recipe, settings, data)
        work = Work(begun, data, path, settled, clock, state, console, tell)
        try:
            given, winner = _steps(work, force)
        except CheckFailedError:
            tell()
            write_page(Tuned(path, recipe.from_json, data=data), console)
            raise
        finish(work, about, given, winner)
        about["finished"] = True
    return _closing(Tuned(path, recipe.from_json, data=data), console)


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
        elif not work.pace.known:  # there was no time for it before
            find_pace(work, center["rate"])
        if not rounds.compared(winner):
            coarse = coarse or search_coarse(work, center["rate"])
            finer = coarse and (finer or search_finer(work, coarse))
            rows = (finer or coarse or {"rows": []})["rows"]
            winner, given = choose(work, center, checked, rows)
            seeds, tried = len(winner.scores), set()
        winner = improve(work, winner, seeds, tried)
    return given, winner


def _closing(found, console, again=True):
    console.print(str(found))
    console.print(
        f"{names.RECIPE}, {names.DECISIONS}, {names.PICTURE} and the run in "
        f"{names.BEST} lie in {found.directory}"
    )
    write_page(found, console, again)
    return found
