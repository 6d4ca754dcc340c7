"""A learning rate that is lower than the recipe's, after a rewind."""

import keras

from recipes.errors import RunError


def scaled(rate, scale):
    """Return a rate, a number or a schedule, times `scale`.

    Example:

    >>> scaled(0.5, 0.25)
    0.125
    """
    if scale == 1:
        return rate
    if isinstance(rate, keras.optimizers.schedules.LearningRateSchedule):
        return Scaled(rate, scale)
    return rate * scale


@keras.saving.register_keras_serializable(package="recipes")
class Scaled(keras.optimizers.schedules.LearningRateSchedule):
    """A schedule, times a number: `scale * schedule(step)`.

    Args:
        schedule: A Keras schedule.
        scale: Above 0.

    Example:

    >>> cosine = keras.optimizers.schedules.CosineDecay(1.0, 10)
    >>> float(Scaled(cosine, 0.5)(0))
    0.5
    """

    def __init__(self, schedule, scale):
        self.schedule, self.scale = schedule, scale

    def __call__(self, step):
        return self.scale * self.schedule(step)

    def get_config(self):
        schedule = keras.saving.serialize_keras_object(self.schedule)
        return {"schedule": schedule, "scale": self.scale}

    @classmethod
    def from_config(cls, config):
        schedule = keras.saving.deserialize_keras_object(config["schedule"])
        return cls(schedule, config["scale"])


class RateScale(keras.callbacks.Callback):
    """Lets each checkpoint say by what its learning rate is scaled.

    A rate without a schedule is a variable, which a checkpoint brings back as
    it was: with this it is multiplied by what the scale has changed by since,
    once, however often the fit is killed.

    Args:
        scale: By which the optimizer was built.
    """

    uses_model = False

    def __init__(self, scale=1.0):
        super().__init__()
        self.scale = scale

    def get_state(self):
        """Return what a fit that goes on has to know."""
        return {"scale": self.scale}

    def set_state(self, state):
        """Scale the rate that came back with this state.

        Raises:
            RunError: For a state of a smaller scale: what says it is lost.
        """
        change = self.scale / state["scale"]
        if change > 1:
            raise RunError(
                "The checkpoint was made after a rewind, at "
                f"{state['scale']:g} of the learning rate, and divergence.json "
                "beside it, which says so, is missing. Begin anew with "
                "overwrite=True (--overwrite on the command line)."
            )
        optimizer = self.model.optimizer
        optimizer = getattr(optimizer, "inner_optimizer", optimizer)
        rate = optimizer.learning_rate
        if change != 1 and isinstance(rate, keras.Variable):
            rate.assign(rate * change)
