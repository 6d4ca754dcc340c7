"""check: from a recipe and data to a `Check`."""

import time

from callbacks import SteadyConsole
from recipes import plots, resolve
from recipes.errors import RecipeError
from recipes.preflight import (
    augmented,
    batch_mates,
    classes,
    course,
    duplicates,
    first_loss,
    frozen,
    handful,
    inputs_used,
    labels,
    last_layer,
    pictures,
    rate,
    value_range,
)
from recipes.preflight.bench import Bench
from recipes.preflight.learned import Learned
from recipes.preflight.verdict import Check
from recipes.quiet import many_models
from recipes.training import folder
from recipes.training.going_on.signals import none_lost
from recipes.training.going_on.writable import refuse_others, writable_folder
from recipes.training.plan import load_for
from recipes.training.seeds import seeded

FILES = ("check.json", "check.png")


@none_lost(stops=True)
def check(recipe, data, *, seed=None, directory=None, verbose=True):
    """Look and try before training; `Recipe.check` documents the arguments."""
    begun = time.perf_counter()
    resolve.refuse_open_ranges(recipe)
    recipe = recipe if seed is None else recipe.replace(seed=seed)
    path = None
    if directory is not None:
        path = writable_folder(directory, "a check")
        places = (path / name for name in FILES)
        refuse_others(*places, "a check", lambda held: "findings" in held)
    if not isinstance(verbose, bool):
        raise RecipeError(
            f"`verbose` must be True or False. Received: {verbose!r}"
        )
    console = SteadyConsole.plain(quiet=not verbose)
    data = load_for(recipe, data)
    with seeded(recipe.seed), many_models():
        findings, figure = _run(recipe, data)
    found = Check(findings, figure, time.perf_counter() - begun)
    console.print(str(found))
    if path is not None:
        _write(found, path)
        console.print(f"{' and '.join(FILES)} lie in {path}")
    return found


def _run(recipe, data):
    """Return the findings, in the order they are read in, and a figure."""
    of_data = [
        module.check(recipe, data)
        for module in (duplicates, classes, value_range)
    ]
    bench = Bench(recipe, data)
    figure = pictures.figure(bench)
    before = [m.check(bench) for m in (last_layer, first_loss, batch_mates)]
    by_heart = handful.check(bench)
    trained = course.run(bench)
    moving = frozen.check(bench)
    drawn = augmented.check(bench)
    learned = Learned(bench)  # last, as it may train for longer
    told = labels.check(data, learned)
    return (
        *of_data,
        told,
        *before,
        moving,
        by_heart,
        inputs_used.check(trained, learned),
        rate.check(bench, trained),
        drawn,
        pictures.finding(bench),
    ), figure


def _write(found, path):
    """Write the findings and the contact sheet."""
    folder.make(path)
    rows = [
        {
            "name": f.name,
            "verdict": f.verdict,
            "number": f.number,
            "expected": f.expected,
            "words": f.words,
            "mend": f.mend,
            "change": f.code,
        }
        for f in found.findings
    ]
    folder.write_json(
        path / FILES[0], {"verdict": found.verdict, "findings": rows}
    )
    plots.save(found.figure, path / FILES[1])
