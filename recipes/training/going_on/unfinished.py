"""An unfinished run: what it is of, and whether a fit may go on with it."""

import hashlib
import json
from pathlib import Path

import keras

from recipes.data.catalog import from_anywhere
from recipes.errors import RunError, UserError
from recipes.training import folder
from recipes.training.differences import (
    data_differences,
    recipe_differences,
    value_differences,
)
from recipes.training.environment import version
from recipes.training.going_on.settling import tidy, tidy_beside

NAME = folder.UNFINISHED
FORMAT = 1
PACKAGES = ("keras-recipes", "keras", "tensorflow", "jax", "numpy")
KINDS = {
    "format": int,
    "recipe": dict,
    "data": dict,
    "parts": int,
    "backend": str,
    "versions": dict,
    "how": dict,
}
# What else `Recipe.fit` was told.
HOW = {"save_freq", "tensorboard", "on_divergence"}


def describe(recipe, data, parts, **how):
    """Return what has to be the same when a fit goes on.

    Args:
        recipe: As it was given: `"auto"` not decided yet.
        data: Loaded `Data`.
        parts: How many batches stand for one.
        **how: What else `Recipe.fit` was told, of plain values.
    """
    return {
        "format": FORMAT,
        "recipe": json.loads(recipe.to_json()),
        "data": {
            "name": data.name,
            "spec": data.spec and from_anywhere(data.spec),
            "fingerprint": data.fingerprint,
            "class_names": data.class_names and list(data.class_names),
        },
        "parts": parts,
        "backend": keras.backend.backend(),
        "versions": {name: version(name) for name in PACKAGES},
        "how": how,
    }


def lies(path):
    """Whether a folder holds an unfinished run."""
    done = (path / "metrics.json").exists() or folder.is_cleared(path)
    return (path / NAME).exists() and not done


def _ended(path):
    return folder.is_ended(path) and not folder.is_cleared(path)


def write(path, about):
    """Write what a run is of, with a hash: one byte may be a whole version."""
    folder.write_json(path / NAME, {**about, "sha256": _hash(about)})


def read(path):
    """Read what an unfinished run is of.

    Raises:
        RunError: For a damaged file.
    """
    try:
        found = folder.read_json(path / NAME)
    except RunError as error:
        raise RunError(f"{error}. {ANEW}") from error
    given = found if isinstance(found, dict) else {}
    wrong = [n for n, k in KINDS.items() if not isinstance(given.get(n), k)]
    if "how" not in wrong and not HOW.issuperset(given["how"]):
        wrong.append("how")
    if wrong:
        raise RunError(
            f"{path / NAME} is not what a run writes: {', '.join(wrong)} "
            f"cannot be read. {ANEW}"
        )
    if found.pop("sha256", None) != _hash(found):
        raise RunError(
            f"{path / NAME} is damaged: it holds other bytes than were "
            f"written. {ANEW}"
        )
    return found


def _hash(about):
    return hashlib.sha256(folder.to_json(about).encode()).hexdigest()


ANEW = (
    "Choose another folder, or begin anew with overwrite=True (--overwrite on "
    "the command line)."
)


def going_on(path, begun, about, anyway=False):
    """Say in a line each with what else a fit goes on than it began with.

    Args:
        path: The folder of an unfinished run.
        begun: What it is of, as `read` returns it.
        about: What the fit is of, as `describe` returns it.
        anyway: Whether another major version of this library is taken.

    Raises:
        RunError: Naming what differs and must not: the recipe, the data, their
            classes, the backend, the major version.
    """
    found = [
        *value_differences(begun, about, ("format", "backend", "parts")),
        *recipe_differences(begun["recipe"], about["recipe"]),
        *(data_differences(begun["data"], about["data"])),
    ]
    if not found and begun["data"].get("class_names") != about["data"].get(
        "class_names"
    ):
        found.append("the order of the classes is another")
    if found:
        raise RunError(
            f"{path} holds the beginning of another run: {'; '.join(found)}. "
            f"{ANEW}"
        )
    before, now = begun["versions"], about["versions"]
    if _major(before) != _major(now) and not anyway:
        raise RunError(
            f"{path} was begun with version {before['keras-recipes']} of this "
            f"library; this is {now['keras-recipes']}, which may train "
            "otherwise. Go on all the same with resume='anyway' "
            f"(--resume-anyway on the command line). {ANEW}"
        )
    return [
        f"it was begun with {name} {before.get(name)}; this is {now[name]}: "
        "the last bits may differ"
        for name in PACKAGES
        if before.get(name) != now[name]
    ]


def _major(versions):
    found = versions.get("keras-recipes")
    return None if found is None else str(found).partition(".")[0]


def resume(directory, from_json, data=None, **how):
    """Go on with the run in a folder, which knows all the rest.

    Args:
        directory: The folder of an unfinished run.
        from_json: From the text of a recipe to the recipe.
        data: What it was begun on; None reads it again by its spec.
        **how: Arguments of `Recipe.fit`, in place of what was said then.

    Raises:
        RunError: For a folder without an unfinished run, and for data that no
            spec leads to.
    """
    path = Path(directory).expanduser()
    beside = folder.beside(path)
    if lies(beside) or _ended(beside):  # what was to replace a finished run
        about, how = read(beside), {"overwrite": True, **how}
    elif lies(path):
        about = read(path)
    else:
        done = (path / "metrics.json").exists()
        if done:
            tidy(path)
            tidy_beside(path)
        raise RunError(
            f"{path} holds {'a finished' if done else 'no unfinished'} run; "
            "there is nothing to go on with."
        )
    try:
        recipe = from_json(json.dumps(about["recipe"]))
    except UserError as error:
        raise RunError(f"{path / NAME} cannot be read: {error}") from error
    data = about["data"].get("spec") if data is None else data
    if data is None:
        raise RunError(
            f"{path}: no spec leads to the run's data; give it again: "
            f"recipes fit DATA --out {path} on the command line, or "
            "Recipe.fit in Python."
        )
    return recipe.fit(data, directory=path, **{**about["how"], **how})
