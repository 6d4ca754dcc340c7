"""cross_validate: one fit per fold, resumable by fold."""

import json
import shlex
import statistics
import time
from pathlib import Path

import keras

from callbacks import SteadyConsole
from callbacks.progress import minutes
from recipes import resolve
from recipes.data.folds import check_count, cut
from recipes.errors import RunError
from recipes.quiet import many_models
from recipes.training import folder
from recipes.training.cross_validation import (
    NAME,
    CrossValidation,
    fold_path,
    read_about,
    summary,
)
from recipes.training.differences import (
    data_differences,
    recipe_differences,
    value_differences,
)
from recipes.training.fit import fit, notes
from recipes.training.going_on import unfinished
from recipes.training.going_on.settling import tidy_finished
from recipes.training.going_on.words import same_call
from recipes.training.kept_folds import holds_folds, is_kept
from recipes.training.plan import load_for, make_plan, split_seed
from recipes.training.run import open_run


def cross_validate(
    recipe,
    data,
    folds=5,
    *,
    directory=None,
    seed=None,
    overwrite=False,
    verbose=True,
    threads=None,
):
    """Fit once per fold; `Recipe.cross_validate` documents the arguments."""
    resolve.refuse_open_ranges(recipe)
    check_count(folds)
    _refuse_taken(directory)
    recipe = recipe if seed is None else recipe.replace(seed=seed)
    console = SteadyConsole.plain(quiet=not verbose)
    data = load_for(recipe, data)
    parts = cut(data, folds, recipe.validation_split, split_seed(recipe))
    path = folder.choose(directory, recipe.task, data.name, "-cv")
    about = _describe(recipe, data, parts)
    kept = _kept(path, about, recipe, parts, overwrite)
    said = [] if all(kept) else _plan(recipe, parts[0], threads)
    _begin(path, about, kept, overwrite)
    console.print(
        f"{recipe.task}: {recipe.network.name} on {data.name}, {folds} folds "
        f"of {len(parts[0].test)} rows; the {len(data.test)} rows of the test "
        "split stay untouched"
    )
    for note in said:
        console.print(note)
    with many_models():
        runs = _fit_all(recipe, parts, path, kept, threads, console)
    folder.write_json(path / NAME, about | summary(runs))
    result = CrossValidation(path, recipe.from_json)
    console.print(result.table())
    console.print(f"{result!r}; the runs and {NAME} lie in {path}")
    return result


def _kept(path, about, recipe, parts, overwrite):
    """Say of each fold whether it is finished; change nothing on disk."""
    if overwrite:
        return [False] * len(parts)
    _refuse_other(path, about)
    return [
        is_kept(_place(path, part), recipe, part, about["backend"])
        for part in parts
    ]


def _plan(recipe, part, threads):
    """Return the linter's notes; what cannot be built is refused here.

    So the folds that lie there are not removed for a recipe that fails.
    """
    return notes(recipe, part, make_plan(recipe, part, threads=threads))


def _place(path, part):
    return fold_path(path, part.fold["number"])


def _fit_all(recipe, parts, path, kept, threads, console):
    """Return a run per fold; those that are finished already are kept."""
    missing = kept.count(False)
    runs, seconds = [], []
    for part, finished in zip(parts, kept, strict=True):
        place = _place(path, part)
        if finished:
            tidy_finished(place)
        else:
            began = time.perf_counter()
            _fit_one(recipe, part, place, threads)
            seconds.append(time.perf_counter() - began)
        # Read again, without its model: the models of many folds may not
        # fit in memory together.
        runs.append(open_run(place, recipe.from_json))
        words = ["kept"]
        if not finished:
            words = [f"{seconds[-1]:.1f} s"]
            left = missing - len(seconds)
            if left:
                typical = statistics.median(seconds)
                words.append(f"left {minutes(typical * left)}")
        console.print("  ".join([_line(part, runs[-1]), *words]))
    return runs


def _fit_one(recipe, part, place, threads):
    if not unfinished.lies(place):
        folder.prepare(place)  # what is damaged
    try:
        fit(
            recipe,
            part,
            directory=place,
            verbose=False,
            threads=threads,
            folder_taken=True,
            command=_command(place.parent, part),
        )
    except RunError as error:
        raise RunError(f"fold {part.fold['number']}: {error}") from error


def _command(path, part):
    """Say what goes on with a fold: all of them, told what they were told."""
    words = same_call(path)
    if part.spec is None:  # which a shell cannot give
        return words
    out = shlex.quote(str(path))
    return f"{words} (recipes cross-validate … --out {out})"


def _line(part, run):
    number, folds = part.fold["number"], part.fold["folds"]
    words = [f"fold {str(number).rjust(len(str(folds)))}/{folds}"]
    for name, value in run.metrics.items():
        if name.startswith("test_"):
            words.append(f"{name.removeprefix('test_')} {value:.4f}")
    return "  ".join(words)


def _describe(recipe, data, parts):
    """Return what a fold must have been made with, to be kept."""
    return {
        "recipe": json.loads(recipe.to_json()),
        "backend": keras.backend.backend(),
        "folds": len(parts),
        "data": {
            "name": data.name,
            "fingerprint": data.fingerprint,
            "rows": [len(part.test) for part in parts],
            "untouched_rows": len(data.test),
        },
    }


def _refuse_taken(directory):
    """Refuse a folder of something else, before anything is read."""
    try:
        path = Path("runs" if directory is None else directory).expanduser()
        ours = (path / NAME).exists() or holds_folds(path)
        run = (path / "recipe.json").exists()
    except (OSError, RuntimeError, TypeError, ValueError):
        ours, run = False, False  # and `refuse_taken` says why
    if run:
        raise RunError(
            f"{path} holds a run; choose another folder for the folds."
        )
    if not ours:
        folder.refuse_taken(directory, overwrite=False)


def _begin(path, about, kept, overwrite):
    """Go on with the same cross-validation, or make room for this one."""
    if overwrite:
        for place in sorted(path.glob("fold-*")):
            _clear(place)
    folder.make(path)
    if not all(kept):  # without scores: not finished
        folder.write_json(path / NAME, about)


def _clear(place):
    """Remove the run in a fold's folder, and nothing else."""
    if place.is_dir():
        folder.prepare(place)
        if not any(place.iterdir()):
            place.rmdir()


def _refuse_other(path, about):
    """Refuse to go on with other folds than these.

    Raises:
        RunError: Naming what differs.
    """
    try:
        folder.read_json(path / NAME)
    except RunError:
        return  # missing or damaged: each fold says itself what it is
    old = read_about(path)
    found = [
        *recipe_differences(old["recipe"], about["recipe"]),
        *value_differences(old, about, ("folds", "backend")),
        *data_differences(old["data"], about["data"]),
    ]
    if found:
        raise RunError(
            f"{path} holds another cross-validation: {'; '.join(found)}. "
            "Choose another folder, or replace it with overwrite=True "
            "(--overwrite on the command line)."
        )
