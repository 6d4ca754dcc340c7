"""One network for all members of a group, compiled with dials."""

from typing import NamedTuple

import keras
import numpy as np

from recipes import registry
from recipes.data.data import ArraySource
from recipes.network.backbone import head_expression
from recipes.training.frozen_features import on_features, trains_head_alone
from recipes.training.optimizer import build_optimizer
from recipes.training.plan import make_plan
from recipes.transfer.rates import asleep, optimizer_arguments, set_rates
from recipes.tuning.vectorized.dials import Dials


class Shared(NamedTuple):
    """What the members of a group share.

    Args:
        plan: Of the first member, on features where its backbone is frozen.
        serving: From the plan's examples to readable outputs.
        dials: The `Dials` of its compiled model.
    """

    plan: object
    serving: keras.Model
    dials: Dials

    def state(self):
        """Return the initial (trained, untrained, optimizer's) values."""
        model = self.plan.model
        return tuple(
            [variable.value for variable in variables]
            for variables in (
                model.trainable_variables,
                model.non_trainable_variables,
                model.optimizer.variables,
            )
        )


def share(recipe, data, console):
    """Plan the first member of a group, and put dials in its network.

    Args:
        recipe: Its closed recipe.
        data: Loaded `Data`.
        console: Says what is computed.

    Returns:
        `Shared`; None where the backbone's features cannot be kept in memory,
        or with mixed precision.
    """
    plan, given = make_plan(recipe, data), {}
    if plan.recipe.dtype_policy != "float32":
        return None  # chosen for a device; loss scaling wraps the optimizer
    last = plan.serving.layers[-1]
    if plan.transfer is not None:
        plan, given = _on_features(plan, console)
        if plan is None or not isinstance(
            plan.prepared.train.source, ArraySource
        ):
            return None
    serving = keras.Model(plan.model.inputs, last(plan.model.outputs[0]))
    return Shared(plan, serving, _compile(plan, given))


def _on_features(plan, console):
    """Return the plan of the head alone, and what its optimizer is told."""
    stages = plan.transfer.strategy.stages
    if len(stages) > 1 or plan.transfer.strategy.views:
        return None, None
    rates = set_rates(plan.model, stages[0].table)
    if plan.transfer.statistics == "frozen":
        rates = asleep(rates, head_expression(plan.transfer.backbone))
    if not trains_head_alone(plan, rates.expected):
        return None, None
    found = on_features(plan, (), console)
    if found is plan:
        return None, None
    builder = registry.lookup("optimizer", plan.recipe.optimizer.name).builder()
    return found, optimizer_arguments(builder, rates)


def _compile(plan, given):
    """Compile the plan's model with dials in place of numbers."""
    model = plan.model
    total_steps = plan.loader.steps_per_epoch * plan.recipe.epochs
    optimizer = build_optimizer(plan.recipe, total_steps, **given)
    dials = Dials(model, plan.objective, optimizer)
    optimizer.build(model.trainable_variables)
    loss, metrics = plan.objective.training()
    model.compile(optimizer, loss, metrics=metrics)
    # Keras makes the variables of metrics when these first see outputs.
    x = plan.prepared.train.read(slice(0, 2))
    y = plan.objective.targets(plan.data.train.labels[:2])
    outputs = np.zeros((len(x), *model.output_shape[1:]), "float32")
    model.compute_metrics(x, y, outputs)
    model.reset_metrics()
    return dials
