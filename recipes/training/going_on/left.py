"""What an unfinished run has left, and whether a fit may go on with it."""

import hashlib
from contextlib import suppress
from typing import NamedTuple

from callbacks import whole_state
from callbacks.states import OtherFitError
from recipes import json_text
from recipes.errors import RecipeError, RunError
from recipes.safety import place as place_of
from recipes.training import kinds
from recipes.training.going_on import unfinished

RESUME = ("exact", "anyway")


class Left(NamedTuple):
    """What an unfinished run has left.

    Args:
        versions: Package → version that it was begun with.
        notes: What is other than it was, and may change the last bits.
        steps_per_execution: Of its calls on the backend, or None: those of
            another fit may not end where its checkpoint is.
    """

    versions: dict
    notes: list
    steps_per_execution: int | None


def going_on(place, about, overwrite, resume):
    """Return what is `Left` in a place to go on with, or None.

    With `overwrite`, only the beginning of what was to replace a finished run
    is gone on with, if it is of the same.

    Args:
        place: The `Place`.
        about: What the fit is of, as `unfinished.describe` returns it.
        overwrite: As of `fit`.
        resume: As of `fit`.

    Raises:
        RunError: Naming what differs and must not.
    """
    if not place.begun:
        return None
    if overwrite and place.work == place.path:
        return None
    try:
        begun = unfinished.read(place.work)
        anyway = resume == "anyway"
        notes = unfinished.going_on(place.work, begun, about, anyway)
    except RunError:
        if overwrite:
            return None
        raise
    return Left(begun["versions"], notes, _steps_per_execution(place.work))


def refuse_other_fit(checkpoint, recipe):
    """Refuse to go on where what lies there is of another fit.

    Of another resolved recipe, or another form: it would be lost. Or without
    a callback that remembers, or with a new one.

    Args:
        checkpoint: The `Checkpoint` of the fit.
        recipe: Of the fit.

    Raises:
        RunError: Saying which; of callbacks those it was begun with, and
            these.
    """
    found = checkpoint.find(recipe.epochs)
    try:
        checkpoint.initial_epoch(recipe.epochs)
    except OtherFitError as error:
        raise RunError(
            f"{checkpoint.directory.parent} holds checkpoints that this fit "
            "cannot go on from and would remove: they are of another resolved "
            'recipe, as where what is "auto" was decided otherwise on another '
            "device, or of a format that another version writes. "
            f"{unfinished.ANEW}"
        ) from error
    try:
        if found is not None:
            whole_state.check_callbacks(checkpoint.callbacks, found)
    except ValueError as error:
        raise RunError(
            f"{checkpoint.directory.parent}: {error}. Those of your own have "
            "to be given again, in the same order: Recipe.fit(…, callbacks=…) "
            "in Python. Or begin anew with overwrite=True (--overwrite on the "
            "command line)."
        ) from error


def _steps_per_execution(work):
    path, name = work / "environment.json", "steps_per_execution"
    found = None
    with suppress(OSError, ValueError):  # it can be written again
        place_of.check(path)
        found = json_text.read(path)
    if not isinstance(found, dict):
        return None
    return kinds.check_value(path, name, found.get(name))


def said(left, checkpoint, recipe):
    """Say in a line each where a fit goes on, and what was damaged."""
    found = checkpoint.find(recipe.epochs)
    lines = [f"{path} is damaged or missing" for path in checkpoint.damaged]
    if left is None:
        return lines
    if found is None:
        return [*lines, "no whole checkpoint lies there: it begins anew"]
    step = f", after its step {found['step']}" if found["step"] else ""
    epoch = found["epoch"] + 1
    where = f"goes on in epoch {epoch} of {recipe.epochs}{step}"
    if found["stopped"] or epoch > recipe.epochs:
        where = f"goes on after its last epoch, {found['epoch']}"
    return [*lines, where, *left.notes]


def fingerprint(recipe):
    """Return the hash of a resolved recipe, for the manifest."""
    return hashlib.sha256(recipe.to_json().encode()).hexdigest()


def check_choices(save_freq, resume):
    """Refuse what is neither of the legal values.

    Raises:
        RecipeError: Naming it.
    """
    whole = isinstance(save_freq, int) and not isinstance(save_freq, bool)
    if save_freq != "epoch" and not (whole and save_freq >= 1):
        raise RecipeError(
            '`save_freq` must be "epoch" or a whole number of steps from 1. '
            f"Received: {save_freq!r}"
        )
    if resume not in RESUME:
        raise RecipeError(
            f'`resume` must be "exact" or "anyway". Received: {resume!r}'
        )
