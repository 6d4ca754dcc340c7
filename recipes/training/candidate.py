"""A fit for comparing: scored on validation; the test split stays unread."""

import hashlib
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import keras

from callbacks import (
    Checkpoint,
    CheckpointError,
    NonFiniteError,
    TerminateOnNonFinite,
)
from callbacks.state_file import remove_states
from recipes.training.callbacks import assemble
from recipes.training.environment import version
from recipes.training.finish import (
    diverged,
    epochs_of_interest,
    refuse_divergence,
)
from recipes.training.folder import CHECKPOINT
from recipes.training.plan import make_plan
from recipes.training.scores import predict
from recipes.training.train import recompute, train

INTERVAL = 1.0  # seconds between two files, at least


class Candidate(NamedTuple):
    """What a fit for comparing has found.

    Args:
        recipe: Resolved: every value said.
        metrics: `validation_` followed by `loss` and the recipe's metrics,
            of the weights that a `Run` would keep, in the targets' own
            units, without penalties and label smoothing. And `best_epoch`,
            `model_epoch`, `epochs`, as a `Run` has them.
        history: Name → one number per epoch.
        seconds: Of building, training and scoring.
    """

    recipe: object
    metrics: dict
    history: dict
    seconds: float


def fit_candidate(
    recipe,
    data,
    place,
    console,
    callbacks=(),
    *,
    upto=None,
    origin=None,
    parts=1,
    planner=make_plan,
):
    """Fit without a run folder's pictures and files.

    A fit that was killed goes on from its last epoch, and ends with the same
    numbers as one that was not (on a machine that computes the same again).

    Args:
        recipe: A recipe without open ranges.
        data: Loaded `Data`; its test split is not read.
        place: The folder for history.csv and the checkpoint, which exists.
        console: Says what a fit says while it trains.
        callbacks: A list of Keras callbacks.
        upto: How many of the recipe's epochs are trained; None for all. The
            schedule is that of the whole run.
        origin: The folder of an earlier fit of the same recipe, of fewer
            epochs, which this one goes on from; or None.
        parts: How many batches stand for one that was too large for memory.
        planner: What makes the plan, as `make_plan` does.

    Raises:
        RecipeError: For a network that cannot be built on this data.
        DivergedError: For a loss or weights that are no numbers any more.
    """
    began = time.perf_counter()
    plan = planner(recipe, data, callbacks, parts=parts)
    hooked = assemble(plan, place, callbacks, False, False)
    hooked.append(TerminateOnNonFinite(raise_error=True))
    # A trial that is another one by now is fitted anew.
    hooked.append(checkpoint(plan, hooked, place, origin, overwrite=True))
    try:
        history = train(plan, hooked, place, console, upto)
    except NonFiniteError as error:
        raise diverged(plan, error.what, error.epoch + 1) from None
    finally:
        with suppress(CheckpointError):  # the error that matters is another
            hooked[-1].wait()
    refuse_divergence(plan, history)
    recompute(plan, console)
    split = plan.data.validation
    scores = plan.objective.scores(split.labels, predict(plan.serving, split))
    metrics = {f"{split.role}_{k}": v for k, v in scores.items()}
    best, kept = epochs_of_interest(history, hooked)
    metrics["best_epoch"], metrics["model_epoch"] = best, kept
    metrics["epochs"] = len(history["loss"])
    seconds = time.perf_counter() - began
    return Candidate(plan.recipe, metrics, history, seconds)


def checkpoint(plan, callbacks, place, origin, versions=None, **how):
    """Return the callback that lets a fit go on.

    Args:
        plan: The plan of the fit.
        callbacks: The others.
        place: The fit's folder, or None to write nothing there.
        origin: The folder of another fit to go on from, or None.
        versions: Package → version that the fit began with; None: today's.
        **how: More for the `Checkpoint`.
    """
    # Another version may build other variables, and keep other callbacks: its
    # trial begins anew, rather than to fail on the file of the one before.
    packages = ("keras-recipes", "keras", keras.backend.backend())
    versions = versions or {name: version(name) for name in packages}
    about = [plan.recipe.to_json(), plan.data.fingerprint]
    about += [f"{name} {versions.get(name)}" for name in packages]
    identity = hashlib.sha256("\n".join(about).encode()).hexdigest()
    folders = [f and Path(f) / CHECKPOINT for f in (place, origin)]
    how = {"interval": INTERVAL, **how}
    return Checkpoint(folders[0], callbacks, identity, folders[1], **how)


def remove_checkpoints(place):
    """Remove the checkpoints of all fits in a trial's folder."""
    for each in Path(place).glob(f"*/{CHECKPOINT}"):
        remove_states(each)
