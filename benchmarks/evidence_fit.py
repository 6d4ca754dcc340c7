"""One fit of benchmarks/evidence.py: its test accuracy, and nothing else."""

import tempfile
from pathlib import Path

import numpy as np
from evidence_tasks import TASKS, data_of

from recipes.menu.training import PLATEAU


def score(task, fields, seed):
    """Return the test accuracy in percent of one fit, or None: diverged.

    The number is that of `recipe.fit(…).metrics["test_accuracy"]`, without
    its files and pictures.

    Args:
        task: Name of a task.
        fields: Changes of its recipe; besides `"views"`: name of the test
            views; `"members"`: how many fits are averaged, of other seeds.
        seed: Of the splits, the weights, the order and all else.
    """
    import keras

    fields = dict(fields)
    views, members = fields.pop("views", None), fields.pop("members", 1)
    recipe = TASKS[task].recipe.replace(**fields)
    splits = data_of(task, seed)
    outputs = [
        _outputs(recipe.replace(seed=seed + 1000 * i), splits, views)
        for i in range(members)
    ]
    keras.backend.clear_session()
    if any(found is None for found in outputs):
        return None
    truth = splits["test"][1]
    right = np.mean(outputs, 0).argmax(-1) == truth
    return round(100 * float(right.mean()), 4)


def _outputs(recipe, splits, views):
    """Return the probabilities of the test split, (rows, classes), or None."""
    from callbacks import NonFiniteError, SteadyConsole, TerminateOnNonFinite
    from recipes.training.callbacks import assemble
    from recipes.training.plan import load_for, make_plan
    from recipes.training.scores import predict
    from recipes.training.train import recompute, train
    from recipes.training.views import predict_views

    console = SteadyConsole.plain(quiet=True)
    plan = make_plan(recipe, load_for(recipe, splits))
    with tempfile.TemporaryDirectory() as folder:
        hooked = assemble(plan, Path(folder), (), False, False)
        hooked.append(TerminateOnNonFinite(raise_error=True))
        try:
            if _validates(plan):
                train(plan, hooked, Path(folder), console)
            else:
                _train_alone(plan, hooked)
        except NonFiniteError:
            return None
    recompute(plan, console)
    if views is None:
        found = predict(plan.serving, plan.data.test)
    else:
        scale = plan.data.value_scale
        found = predict_views(plan.serving, plan.data.test, views, scale)
    found = np.asarray(found, "float64")
    if found.shape[-1] == 1:  # of two classes: the second's
        found = np.concatenate([1 - found, found], -1)
    return found if np.isfinite(found).all() else None


def _validates(plan):
    """Whether what is learned may depend on the validation split."""
    recipe = plan.recipe
    return (
        plan.transfer is not None
        or recipe.early_stopping is not None
        or recipe.weight_average is not None
        or recipe.schedule.name == PLATEAU
    )


def _train_alone(plan, callbacks):
    """Train without validation, which takes a quarter of a small fit."""
    plan.model.optimizer.build(plan.model.trainable_variables)
    batches = plan.loader.batches()
    try:
        plan.model.fit(
            batches,
            steps_per_epoch=plan.loader.steps_per_epoch,
            epochs=plan.recipe.epochs,
            callbacks=callbacks,
            verbose=0,
            shuffle=False,
        )
    finally:
        plan.loader.close(batches)
