"""range_test: from a recipe and data to a RangeTest."""

import json
import time

import keras

from callbacks import SteadyConsole
from recipes import plots, resolve
from recipes.range_test.arguments import (
    NUMBERS,
    PICTURE,
    check_arguments,
    check_directory,
)
from recipes.range_test.curve import measure
from recipes.range_test.result import RangeTest
from recipes.training import folder
from recipes.training.going_on.full_disk import naming
from recipes.training.going_on.signals import none_lost
from recipes.training.plan import load_for


@none_lost(stops=True)
def range_test(
    recipe,
    data,
    *,
    seeds=1,
    lowest=1e-7,
    highest=10.0,
    steps=100,
    seed=None,
    directory=None,
    verbose=True,
):
    """Find learning rates; `Recipe.range_test` documents the arguments."""
    resolve.refuse_open_ranges(recipe)
    check_arguments(seeds, lowest, highest, steps, verbose)
    path = check_directory(directory)
    begun = recipe if seed is None else recipe.replace(seed=seed)
    console = SteadyConsole.plain(quiet=not verbose)
    data = load_for(begun, data)
    console.print(
        f"{recipe.task}: {recipe.network.name} on {data.name}, "
        f"{recipe.optimizer.name} at {lowest:.3g} to {highest:.3g} in {steps} "
        "steps"
    )
    curves = []
    for number in range(begun.seed, begun.seed + seeds):
        began = time.perf_counter()
        each = begun.replace(seed=number)
        curves.append(measure(each, data, lowest, highest, steps))
        seconds = time.perf_counter() - began
        console.print(f"{_said(curves[-1])}  {seconds:.1f} s")
    found = RangeTest(recipe, data.name, curves, lowest, highest, steps)
    for line in found.lines():
        console.print(line)
    if path is not None:
        _write(found, recipe, data, path)
        console.print(f"{PICTURE} and {NUMBERS} lie in {path}")
    return found


def _said(curve):
    """Say what became of a training."""
    words = [f"seed {curve.seed}:"]
    if len(curve.losses):
        least = curve.smoothed.argmin()
        words.append(
            f"loss {curve.losses[0]:.4g}, smoothed at least "
            f"{curve.smoothed[least]:.4g} at {curve.rates[least]:.3g};"
        )
    stopped = curve.stopped
    ended = (
        "never diverged" if stopped is None else f"diverged at {stopped:.3g}"
    )
    return " ".join([*words, ended])


def _write(found, recipe, data, path):
    """Write the numbers and the picture."""
    folder.make(path)
    about = {
        "recipe": json.loads(recipe.to_json()),
        "backend": keras.backend.backend(),
        "fingerprint": data.fingerprint,
        **found.to_dict(),
    }
    folder.write_json(path / NUMBERS, about)  # first: it says whose they are
    with naming(path / PICTURE):
        plots.save(found.figure, path / PICTURE)
