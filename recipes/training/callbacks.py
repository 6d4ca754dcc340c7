"""The callbacks of a fit, put together in the order they need."""

from contextlib import suppress

import keras

from callbacks import (
    AveragedWeights,
    Checkpoint,
    EarlyStopping,
    LearningRateHistory,
    Progress,
    StepProgress,
    TerminateOnNonFinite,
)
from recipes import registry
from recipes.errors import RecipeError, suggest
from recipes.menu.training import PLATEAU
from recipes.training.diverging.rate_scale import RateScale
from recipes.training.history_file import HistoryFile

WITHOUT_MODEL = (  # these read logs, and weights and rates that are trained
    AveragedWeights,
    EarlyStopping,
    LearningRateHistory,
    Progress,
    StepProgress,
    TerminateOnNonFinite,
    keras.callbacks.CSVLogger,
    keras.callbacks.EarlyStopping,
    keras.callbacks.LearningRateScheduler,
    keras.callbacks.ReduceLROnPlateau,
    keras.callbacks.RemoteMonitor,
    keras.callbacks.TerminateOnNaN,
)


def assemble(plan, folder, user, tensorboard, verbose):
    """Return the list of callbacks, without those that end and keep a fit.

    Args:
        plan: The plan of the fit.
        folder: The run folder.
        user: The user's own callbacks; what they log is written too.
        tensorboard: Whether to write TensorBoard's logs.
        verbose: Whether to show progress.

    Raises:
        RecipeError: For a monitored name that will not exist.
    """
    recipe = plan.recipe
    logged = _logged(plan)
    found = [LearningRateHistory()]
    if _averages(plan.model.optimizer):
        found.append(AveragedWeights())
    if recipe.schedule.name == PLATEAU:
        found.append(_monitoring("schedule", recipe.schedule, logged))
    if recipe.early_stopping is not None:
        part = recipe.early_stopping
        found.append(_monitoring("early_stopping", part, logged))
    found.append(RateScale(plan.rate_scale))
    if tensorboard:
        logs = str(folder / "tensorboard")
        board = keras.callbacks.TensorBoard(logs, write_graph=False)
        board.uses_model = False
        found.append(board)
    _check_user_monitors(user, logged)
    found.extend(user)
    found.append(HistoryFile(str(folder / "history.csv")))
    if verbose:
        calls = plan.loader.steps_per_epoch // plan.steps_per_execution
        kind = StepProgress if calls > 1 else Progress
        found.append(kind(epochs=recipe.epochs))
    return found


def model_users(callbacks):
    """Return the names of callbacks that may save the model, or predict.

    All may that are not known; one of a user's own says `uses_model`.

    >>> checkpoint = keras.callbacks.ModelCheckpoint("model.keras")
    >>> model_users([keras.callbacks.TerminateOnNaN(), checkpoint])
    ['ModelCheckpoint']
    """
    return [
        type(callback).__name__
        for callback in callbacks
        if getattr(callback, "uses_model", type(callback) not in WITHOUT_MODEL)
    ]


def check_user_callbacks(given, schedule):
    """Return the user's callbacks as a list, or say what is wrong with them.

    Args:
        given: What the user passed.
        schedule: The recipe's schedule; most leave no room for a callback
            that sets the learning rate.

    Raises:
        RecipeError: Naming the object.
    """
    single = isinstance(given, keras.callbacks.Callback)
    found = [given] if single or not hasattr(given, "__iter__") else list(given)
    setters = (
        keras.callbacks.ReduceLROnPlateau,
        keras.callbacks.LearningRateScheduler,
    )
    for callback in found:
        if single or not isinstance(callback, keras.callbacks.Callback):
            raise RecipeError(
                "`callbacks` must be a list of keras.callbacks.Callback "
                f"objects. Received: {given!r}"
            )
        # It would train averages on as if they were raw weights, begin at
        # the first epoch's order again, and count epochs from its restart.
        # (A Checkpoint from outside knows none of the fit's own callbacks.)
        if isinstance(callback, (keras.callbacks.BackupAndRestore, Checkpoint)):
            raise RecipeError(
                f"`callbacks`: {type(callback).__name__} cannot bring back "
                "all that a fit needs to go on exactly (the order of the "
                "data, averaged weights, the count of epochs). Leave it out: "
                "every fit writes checkpoints, and goes on from them when it "
                "is called again with the same directory. "
                f"Received: {callback!r}"
            )
        # It shows raw weights again where the fit shows, and keeps, averages.
        if isinstance(callback, keras.callbacks.SwapEMAWeights):
            raise RecipeError(
                "`callbacks`: SwapEMAWeights does what a recipe does by its "
                "field. Leave it out, and set weight_average="
                "'exponential_moving_average': then averages are validated, "
                f"kept, scored and saved. Received: {callback!r}"
            )
        if isinstance(callback, setters) and schedule.name != "constant":
            raise RecipeError(
                f"`callbacks`: {type(callback).__name__} sets the learning "
                f"rate, and so does the schedule {schedule.name!r}. Use "
                "schedule='constant' with it, or schedule='reduce_on_plateau' "
                "in its place."
            )
    return found


def _averages(optimizer):
    """Whether an optimizer averages: by the recipe, or one of a user's own.

    Keras puts its averages into the model when a fit ends.
    """
    inner = getattr(optimizer, "inner_optimizer", optimizer)  # of float16
    return bool(getattr(inner, "use_ema", False))


def close_files(callbacks):
    """Close the history's file: Keras does not when a fit is cut short."""
    for callback in callbacks:
        if isinstance(callback, keras.callbacks.CSVLogger):
            if callback.csv_file is not None:
                with suppress(OSError):  # the error that matters is another
                    callback.csv_file.close()


def _check_user_monitors(user, logged):
    """Check what Keras' own callbacks monitor, if no other adds to the logs."""
    if not all(type(c).__module__.startswith("keras.") for c in user):
        return
    for callback in user:
        name = getattr(callback, "monitor", None)
        saves_all = getattr(callback, "save_best_only", True) is False
        if name is not None and name not in logged and not saves_all:
            raise RecipeError(
                f"`callbacks`: {type(callback).__name__} monitors {name!r}, "
                f"but this fit logs {', '.join(logged)}."
                f"{suggest(name, logged)}"
            )


def _logged(plan):
    """Map each name of an epoch's logs to whether Keras knows its mode.

    Keras keeps in `_direction` whether more of a metric is better.
    """
    found = {"loss": True}
    for metric in plan.objective.logged():
        found[metric.name] = hasattr(metric, "_direction")
    val = {f"val_{name}": known for name, known in found.items()}
    return {**found, **val, "learning_rate": False}


def _monitoring(kind, part, logged):
    name = registry.default(kind, part, "monitor")
    if name is not None and name not in logged:
        raise RecipeError(
            f"`{kind}/monitor`: this fit logs {', '.join(logged)}."
            f"{suggest(name, logged)} Received: {name!r}"
        )
    mode = registry.default(kind, part, "mode")
    if name is not None and mode == "auto" and not logged[name]:
        raise RecipeError(
            f'`{kind}/mode` must be "max" or "min" with the monitor '
            f"{name!r}: nothing says whether more of it is better. "
            "Received: 'auto'"
        )
    return registry.build(kind, part)
