"""The stages of a fine-tuning: each compiled by itself, each proved."""

import keras

from callbacks import Progress
from recipes import registry
from recipes.network.backbone import head_expression
from recipes.training import folder
from recipes.training.best_stage import BestStage
from recipes.training.course import Course
from recipes.training.frozen_features import (
    compile_head,
    on_features,
    trains_head_alone,
)
from recipes.training.plan import compile_training
from recipes.transfer.moved import compared, refuse, same
from recipes.transfer.rates import asleep, optimizer_arguments, set_rates
from recipes.transfer.slots import carry
from recipes.transfer.snapshot import snapshot
from recipes.transfer.table import epochs_of


def train_stages(plan, callbacks, fit, path, console, last=None):
    """Train stage after stage, and record what each has moved.

    With a `Checkpoint` among the callbacks it goes on in the epoch, and so in
    the stage, where it was.

    Args:
        plan: The plan of a fit with a backbone.
        callbacks: As `assemble` returns them.
        fit: Called with (plan, callbacks, first epoch, last epoch); trains,
            and returns the history.
        path: The run folder, which gets stages.json.
        console: Says which stage begins.
        last: The epoch after which the training is cut off; None: the
            recipe's last.

    Returns:
        The history of all stages.

    Raises:
        RunError: If a variable that should have moved did not, or one that
            should not have did.
    """
    stages = plan.transfer.strategy.stages
    last = last or plan.recipe.epochs
    # Of one stage Keras keeps the best: a copy of all weights is spared.
    best = BestStage(callbacks if len(stages) > 1 else ())
    course = Course(callbacks, best, last)
    history, records, begin = course.history, course.records, course.begin
    end = None
    features = None  # the plan on these, as long as they hold
    counts = epochs_of(stages, plan.recipe.epochs)
    for number in range(len(records), len(stages)):
        if begin >= last:
            break
        stage, epochs = stages[number], min(counts[number], last - begin)
        begun = plan.kept and plan.kept.begun
        rates = begun.rates if begun else compile_stage(plan, stage, end)
        course.enter(plan.model, begin)
        before = snapshot(plan.model, rates.expected)
        if len(stages) > 1:
            _say(number + 1, stages, begin, epochs, callbacks, console)
        trained = plan
        if trains_head_alone(plan, rates.expected):
            if begun:
                features = begun.features_for(plan)
            else:
                features = features or on_features(plan, callbacks, console)
                compile_head(plan, features)
            if plan.kept is not None:
                plan.kept.begin(rates, features)
            trained = features
        else:
            features = None
        found = fit(trained, callbacks, begin, begin + epochs)
        for name, values in found.items():
            history.setdefault(name, []).extend(values)
        ran = len(found["loss"])  # fewer where the stage has stopped early
        record = {"stage": stage.name, "epochs": [begin + 1, begin + ran]}
        rows = compared(plan.model, before, rates.expected)
        records.append({**record, "variables": _as_json(rows, plan.transfer)})
        folder.write_json(path / folder.STAGES, {"stages": records})
        refuse(rows, rates.expected, stage.table)
        best.note(plan.model, stage.name)
        end = snapshot(plan.model)
        begin += ran
        _append(callbacks)
    best.restore(plan.model, console)
    return history


def _say(number, stages, begin, epochs, callbacks, console):
    """Say which stage begins, and let each line of progress name it."""
    name = stages[number - 1].name
    which = f"epoch {begin + 1}"
    if epochs > 1:
        which = f"epochs {begin + 1} to {begin + epochs}"
    console.print(f"stage {number}/{len(stages)}, {name}: {which}")
    for callback in callbacks:
        if isinstance(callback, Progress):
            callback.stage = name


def _as_json(rows, transfer):
    """Return rows as plain values; the head's long expression is a word."""
    head = head_expression(transfer.backbone)
    return [
        {**row._asdict(), "row": "head" if row.row == head else row.row}
        for row in rows
    ]


def compile_stage(plan, stage, end):
    """Set a stage's rates and compile; slots go on where there are some.

    Args:
        plan: The plan of a fit with a backbone.
        stage: One of its strategy's.
        end: Snapshot of how the stage before has left the model, or None for
            the first one.

    Returns:
        The `Rates` of the stage.
    """
    old = plan.model.optimizer if end is not None else None
    rates = set_rates(plan.model, stage.table)
    if plan.transfer.statistics == "frozen":
        rates = asleep(rates, head_expression(plan.transfer.backbone))
    builder = registry.lookup("optimizer", plan.recipe.optimizer.name).builder()
    given = optimizer_arguments(builder, rates)
    compile_training(
        plan.model,
        plan.recipe,
        plan.objective,
        plan.loader.steps_per_epoch * plan.recipe.epochs,
        plan.steps_per_execution,
        rate_scale=plan.rate_scale,
        **given,
    )
    plan.model.optimizer.build(plan.model.trainable_variables)
    if old is not None:
        carry(old, plan.model.optimizer)
        same(plan.model, end, rates.expected)
    return rates


def _append(callbacks):
    """Let the history's file go on where the stage before has ended."""
    for callback in callbacks:
        if isinstance(callback, keras.callbacks.CSVLogger):
            callback.append = True
