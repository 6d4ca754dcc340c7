"""The optimizer and its schedule, in steps at last."""

from recipes import registry
from recipes.errors import RecipeError
from recipes.menu.training import PLATEAU
from recipes.training.diverging.rate_scale import scaled


def build_optimizer(recipe, total_steps, rate_scale=1.0, **given):
    """Build the optimizer, with its schedule over `total_steps`.

    With `gradient_accumulation_steps=k` the weights move at every k-th batch,
    by the mean of k gradients, at the rate that the schedule has reached by
    then. (Keras' schedules count batches, not updates.) Batches are counted
    on from epoch to epoch; fewer than k at the run's end move nothing.

    Args:
        recipe: A resolved recipe.
        total_steps: Batches of the whole run.
        rate_scale: What the learning rate is multiplied with, at all times.
        **given: What else the optimizer is told, such as
            `learning_rate_multipliers`.

    Raises:
        RecipeError: For a learning rate that is no number, or more gradients
            to accumulate than the run has batches.
    """
    rate = scaled(build_schedule(recipe, total_steps), rate_scale)
    part = _checked_accumulation(recipe.optimizer, total_steps)
    averages = {}
    if recipe.weight_average is not None:
        averages = registry.build("weight_average", recipe.weight_average)
    given = {**averages, **given}
    return registry.build("optimizer", part, learning_rate=rate, **given)


def build_schedule(recipe, total_steps):
    """Build the schedule: a number where the rate stays, or a Keras object.

    Args:
        recipe: A resolved recipe.
        total_steps: Batches of the whole run.

    Raises:
        RecipeError: For a learning rate that is no number above 0.
    """
    part = recipe.optimizer
    peak = registry.default("optimizer", part, "learning_rate")
    if isinstance(peak, bool) or not (
        isinstance(peak, (int, float)) and peak > 0
    ):
        raise RecipeError(
            "`optimizer/learning_rate` must be a number above 0; its course "
            f"is the field `schedule`. Received: {peak!r}"
        )
    if recipe.schedule.name == PLATEAU:
        return peak
    return registry.build(
        "schedule",
        recipe.schedule,
        learning_rate=peak,
        total_steps=total_steps,
    )


def _checked_accumulation(part, total_steps):
    """Return the Part, without an accumulation over a single batch."""
    each = part.config.get("gradient_accumulation_steps")
    if each is None:
        return part
    whole = isinstance(each, int) and not isinstance(each, bool)
    if not whole or each < 1:
        raise RecipeError(
            "`optimizer/gradient_accumulation_steps` must be a whole number "
            "of at least 1 (every batch moves the weights), or None. "
            f"Received: {each!r}"
        )
    if each > total_steps:
        raise RecipeError(
            f"`optimizer/gradient_accumulation_steps`: the run has "
            f"{total_steps} batches, so that the weights would never move. "
            f"Accumulate fewer, or take more epochs. Received: {each}"
        )
    # Keras knows 1 only as None.
    return part if each > 1 else part.replace(gradient_accumulation_steps=None)


def steps_per_execution(steps_per_epoch, callbacks, largest=128):
    """Choose how many steps TensorFlow runs at one call.

    A small network costs about 1 ms a step and as much again for the call. The
    number divides an epoch's steps: with an endless loader Keras would
    otherwise run steps of the next epoch in this one (so an epoch of 131
    steps, a prime, goes step by step). Callbacks with a hook on the step get
    every step.

    Args:
        steps_per_epoch: Steps in an epoch.
        callbacks: The user's.
        largest: Upper bound, at least 1.

    >>> steps_per_execution(18, []), steps_per_execution(195, [])
    (18, 65)
    """
    if any(_watches_steps(callback) for callback in callbacks):
        return 1
    return max(
        d
        for d in range(1, min(largest, steps_per_epoch) + 1)
        if steps_per_epoch % d == 0
    )


def _watches_steps(callback):
    import keras

    if getattr(callback, "save_freq", None) == "epoch":
        return False  # ModelCheckpoint at epoch ends
    plain = keras.callbacks.Callback
    return any(
        name in vars(callback)  # as a LambdaCallback has it
        or getattr(type(callback), name) is not getattr(plain, name)
        for name in (
            "on_train_batch_begin",
            "on_train_batch_end",
            "on_batch_begin",
            "on_batch_end",
        )
    )
