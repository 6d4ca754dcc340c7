"""What comes after the last step: the scores, the files, the pictures."""

import keras
import numpy as np

from callbacks.disk import sync_file, sync_folder, whole
from callbacks.finite import non_finite_variable
from recipes import plots
from recipes.errors import DivergedError
from recipes.training import folder, hashes, saving
from recipes.training.going_on.full_disk import naming
from recipes.training.scores import predict


def finish(plan, path, history, callbacks, seconds, rewinds=0):
    """Save the served model, score it and draw it.

    The test split is read here, once, and nowhere else. The model is saved
    first: a failing score or picture does not cost it.
    """
    with naming(path / "model.keras"):
        _save_model(plan.serving, path)
    metrics = {}
    for split in (plan.data.validation, plan.data.test):
        outputs = predict(plan.serving, split)
        found = plan.objective.scores(split.labels, outputs)
        metrics.update({f"{split.role}_{k}": v for k, v in found.items()})
    best, kept = epochs_of_interest(history, callbacks)
    metrics["best_epoch"], metrics["model_epoch"] = best, kept
    metrics["epochs"] = len(history["loss"])
    metrics["seconds"] = round(seconds, 3)
    if rewinds:
        metrics["rewinds"] = rewinds  # divergence.json tells of them
    figure = plots.curves(history, best, kept, folder.stages(path))
    _save(figure, path / "curves.png")
    _draw_test(plan, path, outputs)
    sync_file(path / "history.csv")
    hashes.finish(path, metrics)
    sync_folder(path)


def _save_model(model, path):
    """Save a model, whole on disk or not at all."""
    partial = path / "model.partial.keras"
    with whole(path / "model.keras", partial):
        saving.save_model(model, partial)


def epochs_of_interest(history, callbacks):
    """Return the best epoch and the one whose weights are kept, from 1.

    With an early stopping that restores, both are its best epoch. Without
    one, the best has the lowest validation loss, and the last is kept.
    """
    for callback in reversed(callbacks):
        if isinstance(callback, keras.callbacks.EarlyStopping) and (
            callback.restore_best_weights and callback.best_weights is not None
        ):
            return callback.best_epoch + 1, callback.best_epoch + 1
    best = int(np.nanargmin(history["val_loss"])) + 1
    return best, len(history["loss"])


def refuse_divergence(plan, history):
    """Refuse a loss or a weight that is no number any more.

    What a fit's guard does not see: validation, and what has ended well only
    because the best weights came back.

    Raises:
        DivergedError: Naming the epoch and the first bad variable.
    """
    losses = np.array(history["loss"])
    found, epoch = None, len(losses)
    if not np.isfinite(losses).all():
        found, epoch = "the loss", int(np.argmin(np.isfinite(losses))) + 1
    elif not np.isfinite(history["val_loss"]).any():
        found, epoch = "the validation loss", 1
    variable = non_finite_variable(plan.model.variables)
    if variable is not None:
        found = f"`{variable.path}`"
    if found is None:
        return
    raise diverged(plan, found, epoch)


def diverged(plan, found, epoch):
    """Return the error of a fit without a replay.

    Args:
        plan: The plan of the fit.
        found: What was not finite.
        epoch: In which, from 1.
    """
    rate = plan.recipe.optimizer.config.get("learning_rate", "the default")
    return DivergedError(
        f"The run diverged: {found} was not finite at the end of epoch "
        f"{epoch}. To mend it: lower optimizer/learning_rate (it was {rate}), "
        "or clip with optimizer/global_clipnorm=1.0."
    )


def _draw_test(plan, path, outputs):
    truth = plan.data.test.labels
    predicted = plan.objective.predicted(outputs)
    if plan.data.target == "class":
        figure = plots.confusion(truth, predicted, plan.data.class_names)
        _save(figure, path / "confusion.png")
    elif plan.data.target == "labels":
        figure = plots.labels(truth, predicted, plan.data.class_names)
        _save(figure, path / "labels.png")
    else:
        figure = plots.predictions(truth, predicted, plan.data.target_names)
        _save(figure, path / "predictions.png")


def _save(figure, path):
    with naming(path):
        plots.save(figure, path)
