"""Dials: the numbers of a compiled step that may change without a new one.

What a step is traced with becomes a constant of it. On TensorFlow a variable
is read at each step instead, whoever owns it, so one is put in the place of
each number here before the first step. Neither the model nor the optimizer
counts it among its own: what is saved of them stays the same. On JAX such a
variable would be a constant too: there a rate without a schedule, which is a
variable of the optimizer, is the only dial.
"""

import keras

from recipes import registry
from recipes.fields import all_builtin
from recipes.menu.training import PLATEAU
from recipes.training.optimizer import build_schedule

# What Keras' schedules and ours hold the peak in, or what follows from it.
PEAKS = ("initial_learning_rate", "warmup_target", "values", "learning_rate")
PENALTIES = {
    "l1": ("l1",),
    "l2": ("l2",),
    "half_l2": ("l2",),
    "l1_l2": ("l1", "l2"),
}
STANDARD = 0.5  # in the place of a number, where recipes are compared


def without_dials(recipe):
    """Return a recipe's fields with one number in the place of each dial.

    Recipes for which this is equal train with the same compiled step. All that
    is not known to be a dial stays as it is, and so does whether there is any
    dropout, any decay.

    Args:
        recipe: A recipe without open ranges.

    Example:

    >>> import recipes
    >>> low = recipes.image_classifier(dropout=0.1)
    >>> high = recipes.image_classifier(dropout=0.2, seed=3)
    >>> same = without_dials(low) == without_dials(high)
    >>> same or keras.backend.backend() == "jax"
    True
    """
    fields = recipe.to_dict()
    if all_builtin(fields):  # others may have the seed inside
        fields["seed"] = 0
    anywhere = keras.backend.backend() == "tensorflow"
    steady = recipe.schedule.name in ("constant", PLATEAU)
    known = builtin("optimizer", recipe.optimizer)
    if known and builtin("schedule", recipe.schedule) and (anywhere or steady):
        fields["optimizer"] = _masked(fields["optimizer"], "learning_rate")
    if not anywhere:
        return fields
    if known:
        fields["optimizer"] = _masked(fields["optimizer"], "weight_decay")
    if not builtin("network", recipe.network):
        return fields  # what it makes of the rest is its own affair
    if _is_number(recipe.dropout) and recipe.dropout > 0:
        fields["dropout"] = STANDARD
    penalty = recipe.kernel_regularizer
    for name in PENALTIES.get(getattr(penalty, "name", None), ()):
        penalty = fields["kernel_regularizer"] = _masked(penalty, name)
    return fields


def builtin(kind, part):
    """Whether a Part's builder is one of the library's own."""
    return not callable(registry.lookup(kind, part.name).target)


def _masked(part, name):
    if not _is_number(part.config.get(name)):
        return part
    return part.replace(**{name: STANDARD})


def _is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


class Dials:
    """The dials of one compiled model, put in before its first step.

    Args:
        plan: A plan whose model has been compiled and not been called.

    Attributes:
        here: Whether the backend reads variables that nobody owns.
    """

    def __init__(self, plan):
        self.here = keras.backend.backend() == "tensorflow"
        self.optimizer = plan.model.optimizer
        self._decay = self._rates = None
        self._dropout, self._penalty = [], {}
        if not self.here:
            return
        known = builtin("optimizer", plan.recipe.optimizer)
        if known and self.optimizer.weight_decay is not None:
            self._decay = variable(self.optimizer.weight_decay)
            self.optimizer.weight_decay = self._decay
        self._put_in_schedule(plan)
        if builtin("network", plan.recipe.network):
            self._put_in_layers(plan.network, plan.recipe.dropout)
            self._put_in_penalties(plan)

    def set(self, recipe, total_steps):
        """Set all dials to a recipe's numbers.

        Args:
            recipe: A resolved recipe that is equal without dials.
            total_steps: Batches of the whole run.
        """
        schedule = build_schedule(recipe, total_steps)
        if _is_number(schedule):
            self.optimizer.learning_rate = schedule
        elif self._rates is not None:
            for mine, number in zip(self._rates, peaks(schedule), strict=True):
                mine.assign(number)
        if self._decay is not None:
            part = recipe.optimizer
            decay = registry.default("optimizer", part, "weight_decay")
            self._decay.assign(decay)
        for rate, scale in self._dropout:
            rate.assign(recipe.dropout)
            scale.assign(1 / (1 - recipe.dropout))
        if self._penalty:
            built = registry.build("regularizer", recipe.kernel_regularizer)
            for name, mine in self._penalty.items():
                mine.assign(float(getattr(built, name)))

    def _put_in_schedule(self, plan):
        steps = plan.loader.steps_per_epoch * plan.recipe.epochs
        schedule = build_schedule(plan.recipe, steps)
        if _is_number(schedule) or not builtin(
            "schedule", plan.recipe.schedule
        ):
            return
        self._rates = []
        for name in PEAKS:
            number = getattr(schedule, name, None)
            if number is None:
                continue
            listed = isinstance(number, list)
            mine = [variable(n) for n in (number if listed else [number])]
            setattr(schedule, name, mine if listed else mine[0])
            self._rates += mine
        self.optimizer.learning_rate = schedule

    def _put_in_layers(self, network, rate):
        for layer in network.layers:
            if type(layer) is keras.layers.Dropout and layer.rate == rate:
                mine = variable(rate), variable(1 / (1 - rate))
                layer.call = _dropping(layer, *mine)
                self._dropout.append(mine)

    def _put_in_penalties(self, plan):
        part = plan.recipe.kernel_regularizer
        names = PENALTIES.get(getattr(part, "name", None), ())
        if not names:
            return
        built = registry.build("regularizer", part)
        numbers = {name: float(getattr(built, name)) for name in names}
        self._penalty = {k: variable(n) for k, n in numbers.items()}
        for weight in plan.network.trainable_variables:
            penalty = weight.regularizer
            if type(penalty) is not type(built) or any(
                float(getattr(penalty, k)) != n for k, n in numbers.items()
            ):
                continue
            if part.name == "l1_l2":
                weight.regularizer = BothPenalties(**self._penalty)
            else:
                for name, mine in self._penalty.items():
                    setattr(penalty, name, mine)


class BothPenalties(keras.regularizers.Regularizer):
    """`keras.regularizers.L1L2`, which asks in Python what is 0.

    Args:
        l1: Variable.
        l2: Variable.
    """

    def __init__(self, l1, l2):
        self.l1, self.l2 = l1, l2

    def __call__(self, x):
        ops = keras.ops
        lasso = ops.cast(self.l1, x.dtype) * ops.sum(ops.absolute(x))
        return lasso + ops.cast(self.l2, x.dtype) * ops.sum(ops.square(x))


def peaks(schedule):
    """Return the numbers of a schedule that follow from its peak.

    >>> peaks(keras.optimizers.schedules.CosineDecay(0.5, 10))
    [0.5]
    """
    found = []
    for name in PEAKS:
        number = getattr(schedule, name, None)
        if number is not None:
            found += number if isinstance(number, list) else [number]
    return found


def variable(number):
    """Return the backend's own variable, which Keras does not collect."""
    return keras.Variable(float(number), trainable=False, dtype="float32").value


def _dropping(layer, rate, scale):
    """Return the call of `keras.layers.Dropout` with variables in it.

    To the last bit as TensorFlow's: it multiplies with a number, and divides
    by a tensor.
    """

    def call(inputs, training=False):
        if not training:
            return inputs
        ops = keras.ops
        shape, dtype = ops.shape(inputs), inputs.dtype
        drawn = keras.random.uniform(
            shape, dtype=dtype, seed=layer.seed_generator
        )
        return ops.where(drawn >= rate, inputs * scale, 0.0)

    return call
