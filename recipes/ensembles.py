"""ensemble: several finished runs as one."""

import copy
import os
from pathlib import Path

import numpy as np

from recipes.errors import DataError, RunError
from recipes.quiet import many_models
from recipes.runs import load_cross_validation, load_run
from recipes.training import folder, hashes, saving
from recipes.training.cross_validation import NAME, CrossValidation
from recipes.training.evaluate import evaluate, load_again
from recipes.training.going_on.settling import settle
from recipes.training.members import check_alike, describe, mean_model
from recipes.training.run import Run


def ensemble(runs, directory=None, *, data=None, overwrite=False):
    """Make one run of several: the mean of their predictions.

    Use it for the last bit of accuracy: runs of several seeds (with one
    `split_seed`, so that they share a test split), or the folds of a
    cross-validation. The prediction is (1/n) Σ p_i, of probabilities, or of
    numbers in their own units; it takes n times as long as one.

    The folder holds `model.keras` (one plain Keras model: raw input → members
    → mean), `environment.json` (of the first member, with a list of all),
    `metrics.json`, and the first member's `recipe.json`. It is opened with
    `load_run`, and scored and used like any run; it has no history.

    Args:
        runs: At least two `Run`s or their folders, or a `CrossValidation` or
            its folder.
        directory: The folder, or None for the next free one under `runs/`.
        data: The data that the members were trained on, to score the
            ensemble on their test split; beside its own scores `metrics` then
            has the members' mean, `members_test_…`. None: no scores.
        overwrite: Whether a finished run in `directory` may be replaced.

    Returns:
        A `recipes.Run`.

    Raises:
        RunError: For members that do not fit together, and a folder that is
            taken. And with `data`, if the members' test splits differ: the
            test rows of one are training rows of another.
        DataError: If `data` is not what the members were trained on.

    Reference: Hansen and Salamon, 1990, Neural network ensembles.

    On the command line: `recipes ensemble runs/a runs/b --data digits`.

    Example:

    >>> import recipes
    >>> recipes.ensemble([])
    Traceback (most recent call last):
    ...
    recipes.errors.RunError: An ensemble needs at least two runs. Received: 0
    """
    runs = _members(runs)
    check_alike(runs)
    folder.refuse_taken(directory, overwrite)
    _refuse_member(runs, directory)
    about = describe(runs)
    again = None if data is None else _same_data(runs, about, data)
    recipe = (runs[0].directory / "recipe.json").read_text(encoding="utf-8")
    task = folder.read_json(runs[0].directory / "recipe.json")["task"]
    # Read again: the runs' own models keep their names.
    model = mean_model([_model(run.directory / "model.keras") for run in runs])
    metrics = {"members": len(runs)}
    if again is not None:
        with many_models():
            metrics |= _scores(runs, model, about, again)
        if (
            about["data"]["rows"] is None
        ):  # of folds, which share the test split alone
            about["data"]["rows"] = {"test": len(again.test)}
    path = folder.choose(
        directory, task, about["data"]["name"], kind="-ensemble"
    )
    work = folder.workplace(path)
    if folder.is_ended(work) and work != path:  # killed as it took its place
        settle(work, path)
    folder.prepare(work)
    folder.write_json(work / "recipe.json", recipe.rstrip("\n"))
    folder.write_json(work / "environment.json", about)
    saving.save_model(model, work / "model.keras")
    hashes.finish(work, metrics)
    settle(work, path)
    return load_run(path)


def _model(path):
    hashes.check(path)
    return saving.load_model(path)


def _members(given):
    """Return the runs of what was given.

    Raises:
        RunError: For anything that is no run.
    """
    if isinstance(given, (Run, CrossValidation, str, os.PathLike)):
        given = [given]
    found = []
    for item in given if hasattr(given, "__iter__") else [given]:
        if isinstance(item, CrossValidation):
            found.extend(item.runs)
        elif isinstance(item, Run):
            found.append(item)
        elif not isinstance(item, (str, os.PathLike)):
            raise RunError(
                "An ensemble is made of runs, their folders, or a "
                f"cross-validation. Received: {item!r}"
            )
        elif (Path(item).expanduser() / NAME).exists():
            found.extend(load_cross_validation(item).runs)
        else:
            found.append(load_run(item))
    if len(found) < 2:
        raise RunError(
            f"An ensemble needs at least two runs. Received: {len(found)}"
        )
    return found


def _refuse_member(runs, directory):
    """Refuse to write the ensemble over one of its members."""
    if directory is None:
        return
    place = Path(directory).expanduser().resolve()
    if place in [run.directory.resolve() for run in runs]:
        raise RunError(
            f"{directory} is a member of the ensemble; choose another folder."
        )


def _same_data(runs, about, spec):
    """Return the data that all members were trained on, split as for them.

    Raises:
        RunError: If they had different test splits.
        DataError: If these are other data.
    """
    if about["data"]["fingerprint"] is None:
        seeds = [str(m["data"]["split_seed"]) for m in about["members"]]
        raise RunError(
            "The members do not share one test split (split seeds "
            f"{', '.join(seeds)}): test rows of one are training rows of "
            "another, and the score would be too good. Fit them with one "
            "`split_seed` on the same data, or leave `data` out."
        )
    found = load_again(about, spec)
    if found.fingerprint != about["data"]["fingerprint"]:
        raise DataError(
            f"{found.name}, other data than the members were trained on",
            about["data"]["name"],
            "score other data with evaluate: ensemble(…).evaluate(data)",
        )
    return found


def _scores(runs, model, about, data):
    """Return the ensemble's scores, and the mean of the members' own."""

    def score(run, model):
        view = copy.copy(run)
        view.environment, view.model = about, model
        found = evaluate(view, data, "test")
        return {k: v for k, v in found.items() if k not in ("split", "rows")}

    own = score(runs[0], model)
    members = [score(run, run.model) for run in runs]
    mean = {
        f"members_test_{name}": float(np.mean([m[name] for m in members]))
        for name in own
    }
    return {f"test_{name}": value for name, value in own.items()} | mean
