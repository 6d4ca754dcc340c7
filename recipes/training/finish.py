"""What comes after the last step: the scores, the files, the pictures."""

import numpy as np

from recipes import plots
from recipes.training import folder, saving
from recipes.training.evaluate import predict, scores
from recipes.training.run import Run


def finish(plan, path, history, seconds):
    """Score the served model, save it, draw it, and return the Run.

    The test split is read here, once, and nowhere else.
    """
    metrics = {}
    for split in (plan.data.validation, plan.data.test):
        outputs = predict(plan.serving, split)
        found = scores(plan.serving, plan.goal, split.labels, outputs)
        metrics.update({f"{split.role}_{k}": v for k, v in found.items()})
    metrics["best_epoch"] = int(np.nanargmin(history["val_loss"])) + 1
    metrics["epochs"] = len(history["loss"])
    metrics["seconds"] = round(seconds, 3)
    plots.save(
        plots.curves(history, metrics["best_epoch"]), path / "curves.png"
    )
    _draw_test(plan, path, outputs)
    saving.save_model(plan.serving, path / "model.keras")
    folder.write_json(path / "metrics.json", metrics)
    return Run(path, plan.recipe, plan.serving)


def _draw_test(plan, path, outputs):
    truth = plan.data.test.labels
    predicted = plan.goal.predicted(outputs)
    if plan.data.target == "class":
        figure = plots.confusion(truth, predicted, plan.data.class_names)
        plots.save(figure, path / "confusion.png")
    else:
        figure = plots.predictions(truth, predicted)
        plots.save(figure, path / "predictions.png")
