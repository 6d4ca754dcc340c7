"""Learning-rate schedules, written in fractions of the run.

Each builder takes the peak rate and the number of steps, which `fit` knows,
and returns a number or a Keras schedule. All but one are Keras' own objects.
"""

import math

import keras


def constant(learning_rate, total_steps):
    """Keep the optimizer's learning rate: `rate(t) = learning_rate`.

    Args:
        learning_rate: The rate, above 0.
        total_steps: Steps of the whole run; not used.

    >>> constant(0.1, total_steps=100)
    0.1
    """
    return learning_rate


def step(learning_rate, total_steps, *, at=(0.5, 0.75), factor=0.1):
    """Multiply the rate by `factor` at each fraction `at` of the run.

    Args:
        learning_rate: The rate at the start.
        total_steps: Steps of the whole run.
        at: Rising fractions of the run, each between 0 and 1.
        factor: What the rate is multiplied with, between 0 and 1.

    >>> float(step(1.0, 100)(60))
    0.10000000149011612
    """
    listed = isinstance(at, (tuple, list)) and len(at) > 0
    if (
        not listed
        or not all(_is_number(a) and 0 < a < 1 for a in at)
        or list(at) != sorted(set(at))
    ):
        raise ValueError(
            "`at` must be rising fractions of the run between 0 and 1. "
            f"Received: {at!r}"
        )
    _check_fraction("factor", factor)
    # Keras keeps the old rate up to and including the boundary.
    boundaries = [max(1, round(a * total_steps)) - 1 for a in at]
    values = [learning_rate * factor**i for i in range(len(at) + 1)]
    return keras.optimizers.schedules.PiecewiseConstantDecay(boundaries, values)


def exponential(learning_rate, total_steps, *, final_factor=0.01):
    """Fall by the same factor every step, to `final_factor` at the end.

    `rate(t) = learning_rate · final_factor^(t / total_steps)`

    Args:
        learning_rate: The rate at the start, above 0.
        total_steps: Steps of the whole run.
        final_factor: End, as a fraction of the start, between 0 and 1.

    Raises:
        ValueError: For a `final_factor` out of range.

    >>> round(float(exponential(1.0, 100, final_factor=0.01)(50)), 4)
    0.1
    """
    _check_fraction("final_factor", final_factor)
    return keras.optimizers.schedules.ExponentialDecay(
        learning_rate, total_steps, final_factor
    )


def cosine(learning_rate, total_steps, *, alpha=0.0):
    """Fall along half a cosine to `alpha` times the rate.

    `rate(t) = learning_rate · (alpha + (1 − alpha)(1 + cos(π t / T)) / 2)`

    Args:
        learning_rate: The rate at the start, above 0.
        total_steps: T, the steps of the whole run.
        alpha: End, as a fraction of the start, from 0 and below 1.

    Raises:
        ValueError: For an `alpha` out of range.

    Reference: Loshchilov and Hutter, 2017, arXiv:1608.03983.

    >>> round(float(cosine(1.0, 100)(50)), 4)
    0.5
    """
    _check_fraction("alpha", alpha, zero=True)
    return keras.optimizers.schedules.CosineDecay(
        learning_rate, total_steps, alpha=alpha
    )


def warmup_cosine(learning_rate, total_steps, *, warmup=0.05, alpha=0.0):
    """Rise linearly for the fraction `warmup` of the run, then a cosine.

    The first step's rate is the peak divided by the steps of the warm-up, not
    0, which would waste a step and divide by 0 in FTRL. Where the fraction is
    less than a step, or the run a single one, there is no warm-up.

    Reference: Goyal et al., 2017, arXiv:1706.02677 (warm-up).

    >>> round(float(warmup_cosine(1.0, 100, warmup=0.1)(5)), 4)
    0.55
    """
    _check_fraction("warmup", warmup)
    _check_fraction("alpha", alpha, zero=True)
    steps = min(round(warmup * total_steps), total_steps - 1)
    if steps < 1:
        return cosine(learning_rate, total_steps, alpha=alpha)
    return keras.optimizers.schedules.CosineDecay(
        learning_rate / steps,
        total_steps - steps,
        alpha=alpha,
        warmup_target=learning_rate,
        warmup_steps=steps,
    )


def one_cycle(
    learning_rate,
    total_steps,
    *,
    warmup=0.25,
    initial_factor=0.04,
    final_factor=1e-5,
):
    """Rise along a cosine to the peak, then fall far below the start.

    Args:
        learning_rate: The peak.
        total_steps: Steps of the whole run.
        warmup: Fraction of the run that rises, between 0 and 1.
        initial_factor: Start, as a fraction of the peak.
        final_factor: End, as a fraction of the peak.

    Reference: Smith and Topin, 2018, arXiv:1708.07120.

    >>> round(float(one_cycle(1.0, 100)(25)), 4)
    1.0
    """
    return OneCycle(
        learning_rate, total_steps, warmup, initial_factor, final_factor
    )


@keras.saving.register_keras_serializable(package="recipes")
class OneCycle(keras.optimizers.schedules.LearningRateSchedule):
    """The one-cycle schedule as a Keras object; see `one_cycle`."""

    def __init__(
        self, learning_rate, total_steps, warmup, initial_factor, final_factor
    ):
        _check_fraction("warmup", warmup)
        _check_fraction("initial_factor", initial_factor)
        _check_fraction("final_factor", final_factor, zero=True)
        self.learning_rate = learning_rate
        self.total_steps = total_steps
        self.warmup = warmup
        self.initial_factor = initial_factor
        self.final_factor = final_factor

    def __call__(self, step):
        ops = keras.ops
        t = ops.cast(step, "float32") / max(1, self.total_steps)
        t = ops.clip(t, 0.0, 1.0)
        rising = (1 - ops.cos(math.pi * t / self.warmup)) / 2
        up = self.initial_factor + (1 - self.initial_factor) * rising
        left = (t - self.warmup) / (1 - self.warmup)
        falling = (1 + ops.cos(math.pi * left)) / 2
        down = self.final_factor + (1 - self.final_factor) * falling
        return self.learning_rate * ops.where(t < self.warmup, up, down)

    def get_config(self):
        return {
            "learning_rate": self.learning_rate,
            "total_steps": self.total_steps,
            "warmup": self.warmup,
            "initial_factor": self.initial_factor,
            "final_factor": self.final_factor,
        }


def _is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _check_fraction(name, value, zero=False):
    inside = _is_number(value) and 0 <= value < 1 and (zero or value > 0)
    if not inside:
        bounds = "at least 0" if zero else "above 0"
        raise ValueError(
            f"`{name}` must be {bounds} and below 1. Received: {value!r}"
        )
