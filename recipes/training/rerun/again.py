"""What a finished run was made with, and whether it can be made again."""

import json
from pathlib import Path

import keras

from recipes.errors import DataError, RunError
from recipes.training import cross_validation, environment, folder
from recipes.training.device import find_device
from recipes.training.evaluate import load_again
from recipes.training.going_on import unfinished

TOLD = ("save_freq", "parts", "on_divergence")  # may change the last bits
# What else may, beside the recipe and the data.
COMPARED = (
    "recipes",
    "python",
    "platform",
    "packages",
    "device",
    "backbone",
    "steps_per_epoch",
    "batch_size",
    "steps_per_execution",
)


def refuse_no_run(directory):
    """Refuse a folder of something else, with what can be run again.

    Raises:
        RunError: For a cross-validation, a sweep, and an unfinished run.
    """
    path = Path(directory).expanduser()
    if (path / cross_validation.NAME).is_file():
        raise RunError(
            f"{path} holds a cross-validation; run its folds again, one by "
            f"one: recipes rerun {path / 'fold-1'}"
        )
    if (path / "sweep.json").is_file():
        raise RunError(
            f"{path} holds a sweep; run its best run again: recipes rerun "
            f"{path / 'best'}"
        )
    if unfinished.lies(path):
        raise RunError(
            f"{path} holds an unfinished run; finish it first: recipes fit "
            f"--resume {path}"
        )


def refuse_unlike(run):
    """Refuse a run that this process cannot make again.

    Args:
        run: A finished `Run`.

    Raises:
        RunError: For an ensemble, and a run of another backend.
    """
    members = run.environment.get("members")
    if members:
        places = "; ".join(f"recipes rerun {m['directory']}" for m in members)
        raise RunError(
            f"{run.directory} holds an ensemble, which was not fitted itself. "
            f"Run its members again: {places}; and make one of them: recipes "
            "ensemble"
        )
    was, now = run.environment.get("backend"), keras.backend.backend()
    if was != now:
        raise RunError(
            f"{run.directory} was made on the backend {was}; this is {now}, "
            f"which rounds otherwise. Set KERAS_BACKEND={was}."
        )


def data_of(run, spec=None):
    """Read the data of a run again, split and cut as it was.

    Args:
        run: A finished `Run`.
        spec: As of `fit`; None: as the run was told.

    Raises:
        RunError: If no spec leads to the data.
        DataError: If these are other data.
    """
    about = run.environment["data"]
    wrong = _unknown_data(run.environment)
    if wrong:
        raise RunError(
            f"{run.directory}: environment.json is not what a run writes: "
            f"{', '.join(wrong)} of its `data` cannot be read. Bring the file "
            "back from a copy."
        )
    spec = about.get("spec") if spec is None else spec
    if spec is None:
        raise RunError(
            f"{run.directory}: no spec leads to the run's data "
            f"({about.get('name')}); give them: --data DATA on the command "
            "line, rerun(directory, data=…) in Python."
        )
    found = load_again(run.environment, spec)
    if found.fingerprint != about.get("fingerprint"):
        raise DataError(
            f"{found.name} with the fingerprint {found.fingerprint}",
            f"{about.get('name')} with the fingerprint "
            f"{about.get('fingerprint')}, as the run was trained on",
            "give the same rows in the same order, with --data or data=",
        )
    return found


def _unknown_data(environment):
    """Return the names of what the data cannot be read again without."""
    about = environment["data"]
    wanted = {
        "features": str,
        "target": str,
        "validation_split": (int, float),
        "test_split": (int, float),
        "input_shape": list,
        "fingerprint": str,
    }
    wrong = [n for n, k in wanted.items() if not isinstance(about.get(n), k)]
    if not isinstance(about.get("spec"), (str, type(None))):
        wrong.append("spec")
    seed = about.get("split_seed", environment.get("seed"))
    if not isinstance(seed, int):
        wrong.append("split_seed")
    images = about.get("features") == "image"
    if images and "input_shape" not in wrong and len(about["input_shape"]) != 3:
        wrong.append("input_shape")
    fold = about.get("fold")
    if fold is not None and not (
        isinstance(fold, dict)
        and all(isinstance(fold.get(n), int) for n in ("folds", "number"))
        and 1 <= fold["number"] <= fold["folds"]
    ):
        wrong.append("fold")
    return wrong


def told(run):
    """Return what `fit` was told beside the recipe, as its arguments.

    Raises:
        RunError: For a number of parts that no run has.
    """
    fit = _fit(run)
    parts = fit.get("parts", 1)
    if type(parts) is not int or parts < 1:
        raise RunError(
            f"{run.directory}: environment.json is not what a run writes: "
            f"`fit/parts` must be a whole number from 1. Received: {parts!r}"
        )
    return {name: fit[name] for name in TOLD if name in fit}


def unknown(run):
    """Say in a line each what the folder does not tell."""
    fit, lines = _fit(run), []
    if not fit:
        lines.append("what `fit` was told is not written there: as by default")
    if fit.get("callbacks"):
        names = ", ".join(map(str, fit["callbacks"]))
        lines.append(
            f"callbacks of your own are not known: {names}; it is fitted "
            "without them"
        )
    if fit.get("went_on"):
        lines.append("it went on from a sweep's trial; this begins anew")
    return lines


def _fit(run):
    found = run.environment.get("fit")
    return found if isinstance(found, dict) else {}


def environment_now(run, data):
    """Return the environment that a fit would write, as far as it is known."""
    now = environment.describe(run.recipe, data, find_device())
    return json.loads(folder.to_json(now))


def made_otherwise(old, new):
    """Say in a line each what was otherwise when a run was made.

    Args:
        old: The environment of the run.
        new: That of another one; what it lacks is not compared.

    >>> made_otherwise({"python": "3.11.2"}, {"python": "3.12.0"})
    ['python was 3.11.2 and is 3.12.0']
    >>> made_otherwise({"packages": {"a": "1"}}, {"packages": {"a": "2"}})
    ['packages/a was 1 and is 2']
    """
    lines = []
    for name in COMPARED:
        if name in new:
            lines += _differing(name, old.get(name), new[name])
    return lines


def _differing(path, old, new):
    if isinstance(old, dict) and isinstance(new, dict):
        return [
            line
            for name in {**old, **new}
            for line in _differing(
                f"{path}/{name}", old.get(name), new.get(name)
            )
        ]
    return [] if old == new else [f"{path} was {old} and is {new}"]
