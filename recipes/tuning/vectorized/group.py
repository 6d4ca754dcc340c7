"""Train a group of trials as one, each as it would have trained alone."""

import time

import numpy as np

from recipes.errors import RecipeError, RunError
from recipes.training.callbacks import close_files
from recipes.training.candidate import Candidate
from recipes.training.finish import epochs_of_interest, refuse_divergence
from recipes.tuning.vectorized.member import Member, order_of


def fit_group(steps, recipes, places):
    """Fit every recipe on the group's data.

    Where one has stopped, its weights are those that it had then; the steps
    of the others go on with it, and it is not looked at any more. One that
    diverges does not touch the others: no number goes from one to another.

    Args:
        steps: The group's `Steps`.
        recipes: Closed recipes that differ in numbers only.
        places: The folder of each, which exists.

    Returns:
        Folder → `Candidate`, or the `RunError` that its fit would have
        raised; without those that cannot be fitted.
    """
    began = time.perf_counter()
    plan = steps.shared.plan
    members = _members(plan, recipes, places)
    try:
        _train(steps, plan, list(members.values()))
    finally:
        for member in members.values():
            close_files(member.callbacks)
    outputs = _outputs(steps, list(members.values()))
    seconds = (time.perf_counter() - began) / len(members)
    return {
        place: _candidate(plan, member, own, seconds, len(members))
        for (place, member), own in zip(members.items(), outputs, strict=True)
    }


def _members(plan, recipes, places):
    """Return folder → `Member`, without those whose numbers are not legal."""
    found = {}
    for recipe, place in zip(recipes, places, strict=True):
        try:
            found[place] = Member(recipe, plan, place)
        except RecipeError:
            continue
    return found


def _train(steps, plan, members):
    """Train epoch after epoch, until the last member stops."""
    state = steps.begin(members[0].recipe.seed, len(members))
    numbers = _stacked_numbers(steps.shared.dials, members)
    rates = np.stack([member.rates for member in members], axis=1)
    each = plan.loader.steps_per_epoch
    for epoch in range(plan.recipe.epochs):
        done = each * (epoch + 1)
        order = order_of(plan, members[0].recipe.seed, epoch)
        state, logs = steps.train(
            state, numbers, rates[done - each : done], order
        )
        found = steps.evaluate(state, numbers)
        logs.update({f"val_{name}": value for name, value in found.items()})
        weights = steps.weights(state)
        for number, member in enumerate(members):
            if member.stop_training:
                continue
            own = {name: float(value[number]) for name, value in logs.items()}
            member.end_epoch(epoch, done, own, [w[number] for w in weights])
        if all(member.stop_training for member in members):
            break
    for member in members:
        member.end()


def _stacked_numbers(dials, members):
    """Return each dial's numbers, and 1 less each, in single precision."""
    found = {}
    for name in dials.places:
        values = np.array([member.numbers[name] for member in members])
        found[name] = (np.float32(values), np.float32(1 - values))
    return found


def _outputs(steps, members):
    """Return the readable outputs of the weights that each member keeps."""
    kept = zip(*(member.weights for member in members), strict=True)
    state = steps.begin(members[0].recipe.seed, len(members))
    return steps.predict(
        steps.with_weights(state, [np.stack(values) for values in kept])
    )


def _candidate(plan, member, outputs, seconds, width):
    """Return what a fit of its own would have returned, or its error."""
    for variable, value in zip(plan.model.weights, member.weights, strict=True):
        variable.assign(value)
    own = plan._replace(recipe=member.recipe)
    try:
        refuse_divergence(own, member.history)
    except RunError as error:
        return error
    split = plan.data.validation
    scores = plan.objective.scores(split.labels, outputs)
    metrics = {f"{split.role}_{k}": v for k, v in scores.items()}
    best, kept = epochs_of_interest(member.history, member.callbacks)
    metrics["best_epoch"], metrics["model_epoch"] = best, kept
    metrics["epochs"] = len(member.history["loss"])
    metrics["vectorized"] = width
    return Candidate(member.recipe, metrics, member.history, seconds)
