"""The callbacks of a fit, put together in the order they need."""

import keras

from callbacks import LearningRateHistory, Progress, StepProgress
from recipes import registry
from recipes.errors import RecipeError
from recipes.training.optimizer import PLATEAU


def assemble(plan, folder, user, tensorboard, verbose):
    """Return the list of callbacks.

    Args:
        plan: The plan of the fit.
        folder: The run folder.
        user: The user's own callbacks, between ours and the progress line.
        tensorboard: Whether to write TensorBoard's logs.
        verbose: Whether to show progress.

    Raises:
        RecipeError: For a monitored name that will not exist.
    """
    recipe = plan.recipe
    monitored = _logged(plan)
    found = [LearningRateHistory()]
    if recipe.schedule.name == PLATEAU:
        found.append(_monitoring("schedule", recipe.schedule, monitored))
    if recipe.early_stopping is not None:
        found.append(
            _monitoring("early_stopping", recipe.early_stopping, monitored)
        )
    found.append(keras.callbacks.CSVLogger(str(folder / "history.csv")))
    found.append(keras.callbacks.TerminateOnNaN())
    if tensorboard:
        logs = str(folder / "tensorboard")
        found.append(keras.callbacks.TensorBoard(logs, write_graph=False))
    found.extend(user)
    if verbose:
        calls = plan.loader.steps_per_epoch // plan.steps_per_execution
        found.append(StepProgress() if calls > 1 else Progress())
    return found


def _logged(plan):
    """Return the names that the logs of an epoch will have."""
    _, metrics = plan.goal.training()
    names = ["loss", *(metric.name for metric in metrics)]
    return [*names, *(f"val_{name}" for name in names), "learning_rate"]


def check_user_callbacks(given):
    """Refuse what is no Keras callback, before any work.

    Raises:
        RecipeError: Naming the object.
    """
    for callback in given:
        if not isinstance(callback, keras.callbacks.Callback):
            raise RecipeError(
                "`callbacks` must be a list of keras.callbacks.Callback "
                f"objects. Received: {callback!r}"
            )


def _monitoring(kind, part, monitored):
    name = registry.default(kind, part, "monitor")
    if name not in monitored:
        raise RecipeError(
            f"`{kind}/monitor`: this fit logs {', '.join(monitored)}."
            f"{registry.suggest(name, monitored)} Received: {name!r}"
        )
    return registry.build(kind, part)
