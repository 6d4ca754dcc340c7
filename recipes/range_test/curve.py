"""One short training at rates that rise, and the loss of each step."""

import math
from typing import NamedTuple

import numpy as np

from recipes.quiet import many_models
from recipes.range_test.rising import Rising, rising_rates
from recipes.range_test.smoothing import Smoothing, diverged
from recipes.training.plan import make_plan
from recipes.training.seeds import seeded
from recipes.training.stages import compile_stage


class Curve(NamedTuple):
    """The losses of one training at rates that rise.

    Args:
        seed: Of weights, order, dropout and augmentation.
        rates: Of each step that was made.
        losses: Of each step's batch, by the weights before the step moves
            them; finite. With `gradient_accumulation_steps` the mean of the
            batches that the step is made of.
        smoothed: As of `Smoothing`.
        stopped: The rate at which it diverged, or None.
        stage: The name of the stage that was trained, or None.
    """

    seed: int
    rates: np.ndarray
    losses: np.ndarray
    smoothed: np.ndarray
    stopped: float | None
    stage: str | None = None


def measure(recipe, data, lowest, highest, steps):
    """Train a copy, built as `fit` builds it, and return its `Curve`.

    Args:
        recipe: A recipe without open ranges.
        data: Checked data, of which the training split alone is read.
        lowest: The first rate.
        highest: The last rate.
        steps: From the one to the other.

    Raises:
        RecipeError: For a network that cannot be built on this data.
        DataError: For examples that cannot be read.
    """
    with seeded(recipe.seed), many_models():
        plan = make_plan(recipe, data, largest=1)
        stage = None
        if plan.transfer is not None:
            first = plan.transfer.strategy.stages[0]
            compile_stage(plan, first, None)
            stage = first.name
        each = _gathered(plan.recipe.optimizer)
        optimizer = plan.model.optimizer
        optimizer = getattr(optimizer, "inner_optimizer", optimizer)
        optimizer.learning_rate = Rising(lowest, highest, steps, each)
        losses, smoothed, ended = _train(plan, steps, each)
    rates = rising_rates(lowest, highest, steps)
    return Curve(
        recipe.seed,
        rates[: len(losses)],
        np.array(losses),
        np.array(smoothed),
        None if ended is None else float(rates[ended]),
        stage,
    )


def _train(plan, steps, each):
    """Return the losses, those smoothed, and the step that diverged."""
    batches = plan.loader.batches()
    mean, losses, smoothed = Smoothing(), [], []
    try:
        with plan.loader.own_errors():
            for step in range(steps):
                loss = _step(plan.model, batches, each)
                if not math.isfinite(loss):
                    return losses, smoothed, step
                losses.append(loss)
                smoothed.append(mean.add(loss))
                if diverged(smoothed, first_steps(steps)):
                    return losses, smoothed, step
    finally:
        plan.loader.close(batches)
    return losses, smoothed, None


def _step(model, batches, each):
    """Move the weights once; return the mean loss of the batches."""
    found = []
    for _ in range(each):
        x, y, *weights = next(batches)
        # Keras begins its mean anew with each call: this is the batch's own.
        logs = model.train_on_batch(x, y, *weights, return_dict=True)
        found.append(float(logs["loss"]))
    return sum(found) / each


def first_steps(steps):
    """Return how many steps, at rates too low to matter, tell the noise."""
    return max(2, steps // 10)


def _gathered(part):
    """Return how many batches one step of the optimizer is made of."""
    return part.config.get("gradient_accumulation_steps") or 1
