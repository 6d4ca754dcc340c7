"""A learning rate for each variable, in any optimizer of ours."""

import math


class PerVariable:
    """Mixin: multiply the learning rate, variable by variable.

    Use it to fine-tune: the lower layers slowly, the new ones at full speed.
    A variable with the multiplier m moves as it would in an optimizer whose
    learning rate is m times as high, its decoupled weight decay included. The
    rate is multiplied, not the gradient, by which Adam divides again. Clipping
    sees the gradients as they are. Variables of multiplier 0 stay as they are,
    with their slots.

    `w ← w − m · learning_rate · (weight_decay · w + step(gradient))`

    A variable that joins later, when its layer is unfrozen, has a count of
    updates of its own, by which Adam and others correct young averages: with
    the run's count the first 20 steps of a newcomer would be up to 6 times
    too large.

    Args:
        *args: As of the optimizer.
        learning_rate_multipliers: Pairs of a variable's path and its
            multiplier, at least 0. `()`: 1 for all; else every variable that
            is trained has to be in it.
        first_iterations: Pairs of a variable's path and the count of updates
            at which it joined; one that is not in it joined at 0.
        **kwargs: As of the optimizer.

    Raises:
        ValueError: For a multiplier that is not a number of at least 0, and
            in `build` for a variable without one.

    Example:

    >>> import keras
    >>> from recipes.techniques.optimizers import SGD
    >>> slow = keras.Variable([1.0], name="slow")
    >>> fast = keras.Variable([1.0], name="fast")
    >>> multipliers = [("slow", 0.5), ("fast", 1)]
    >>> sgd = SGD(0.25, learning_rate_multipliers=multipliers)
    >>> sgd.apply([keras.ops.ones(1)] * 2, [slow, fast])
    >>> float(slow[0]), float(fast[0])
    (0.875, 0.75)
    """

    _factors = _joined = ()
    _joined_at = 0  # of the variable that is being updated

    def __init__(
        self,
        *args,
        learning_rate_multipliers=(),
        first_iterations=(),
        **kwargs,
    ):
        super().__init__(*args, **kwargs)
        self.multipliers = _checked(learning_rate_multipliers)
        self.first_iterations = _pairs(first_iterations)

    def build(self, variables):
        """Build the slots, and find each variable's multiplier."""
        paths = [getattr(v, "path", v.name) for v in variables]
        known = dict(self.multipliers)
        missing = [p for p in paths if p not in known] if known else []
        if missing:
            raise ValueError(
                "`learning_rate_multipliers` must have every variable that is "
                f"trained; {len(missing)} are not in it: "
                f"{', '.join(missing[:5])}."
            )
        self._factors = tuple(known.get(p, 1.0) for p in paths)
        self._find_joined(paths)
        super().build(variables)

    def join_at(self, first_iterations):
        """Set the count of updates at which variables joined.

        Args:
            first_iterations: As of the class. Below 0 for those that have
                more updates behind them than the optimizer counts.
        """
        self.first_iterations = _pairs(first_iterations)
        if self.built:
            self._find_joined([v.path for v in self._trainable_variables])

    def _find_joined(self, paths):
        joined = dict(self.first_iterations)
        self._joined = tuple(int(joined.get(p, 0)) for p in paths)

    @property
    def iterations(self):
        count = super().iterations
        return count - self._joined_at if self._joined_at else count

    def update_step(self, gradient, variable, learning_rate):
        index = self._get_variable_index(variable)
        factor = self._factors[index]
        if factor == 0:
            return
        if factor != 1:
            learning_rate = learning_rate * factor
        self._joined_at = self._joined[index]
        try:
            super().update_step(gradient, variable, learning_rate)
        finally:
            self._joined_at = 0

    def _all_reduce_sum_gradients(self, grads_and_vars):
        # TensorFlow's sum over replicas is registered as a gradient for good,
        # and with it the graph of every step that a process has traced.
        if self._distribution_strategy.num_replicas_in_sync == 1:
            return list(grads_and_vars)
        return super()._all_reduce_sum_gradients(grads_and_vars)

    def _apply_weight_decay(self, variables):
        given = self.weight_decay
        if given is None:
            return
        try:
            for variable in variables:
                factor = self._factors[self._get_variable_index(variable)]
                if factor:
                    self.weight_decay = given * factor
                    super()._apply_weight_decay([variable])
        finally:
            self.weight_decay = given

    def get_config(self):
        config = super().get_config()
        config["learning_rate_multipliers"] = [
            list(p) for p in self.multipliers
        ]
        config["first_iterations"] = [list(p) for p in self.first_iterations]
        return config


def _pairs(given):
    return tuple((str(path), value) for path, value in given)


def _checked(multipliers):
    for path, value in multipliers:
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not number or not 0 <= value < math.inf:
            raise ValueError(
                "`learning_rate_multipliers` must be pairs of a variable's "
                "path and a number of at least 0. "
                f"Received: {value!r} for {path!r}"
            )
    return tuple((str(path), float(value)) for path, value in multipliers)
