"""An epoch that goes on in its middle: the steps that are done are not taken.

Keras' `fit` begins at the first step of an epoch. For the steps that lie
behind, a function that does nothing stands in the place of the compiled one:
it takes no batch, and gives the logs as they were. Callbacks that have seen
these steps are not told them again.
"""

import keras

from callbacks import whole_state
from callbacks.states import plain

HOOKS = ("on_train_batch_begin", "on_train_batch_end")


def skip_to(found, model, callbacks):
    """Go on within an epoch, if that is where a state is of.

    Args:
        found: The state.
        model: In a fit, at the beginning of that epoch.
        callbacks: Those whose state it has; they have begun the epoch.

    Returns:
        How many steps of the epoch are skipped.

    Raises:
        ValueError: As of `skip_steps`.
    """
    if found["step"]:
        whole_state.put_back(model, callbacks, found)  # of its middle
        skip_steps(model, found["step"], callbacks)
    return found["step"]


def skip_steps(model, steps, callbacks=()):
    """Let the next calls of a model's `train_function` do nothing.

    Args:
        model: In a fit, at the beginning of an epoch, with the sums of its
            metrics as they were after these steps.
        steps: How many, from 1.
        callbacks: Those that are not told of these steps.

    Raises:
        ValueError: If the calls on the backend do not end with that step.
    """
    left, rest = divmod(steps, model.steps_per_execution)
    if rest:
        raise ValueError(
            f"Checkpoint: the file is of step {steps}, and a fit with "
            f"steps_per_execution={model.steps_per_execution} does not stop "
            "there: compile with a divisor of it, as the fit had."
        )
    step, logs = model.train_function, plain(model.get_metrics_result())

    def skipping(*arguments):
        nonlocal left
        left -= 1
        if not left:
            model.train_function = step
        if keras.backend.backend() == "jax":  # (state, batches)
            return dict(logs), arguments[0]
        return dict(logs)

    model.train_function = skipping
    for callback in callbacks:
        _mute(callback, steps)


def _mute(callback, steps):
    """Keep a callback from hearing of the first steps of this epoch."""
    own = {k: v for k, v in vars(callback).items() if k in HOOKS}

    def begin(batch, logs=None):
        pass

    def end(batch, logs=None):
        if batch + 1 < steps:
            return
        for name in HOOKS:
            delattr(callback, name)
        vars(callback).update(own)  # as a LambdaCallback has them

    vars(callback).update(zip(HOOKS, (begin, end), strict=True))
