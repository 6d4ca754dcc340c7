"""Entry: one row of the registry, and the real signature behind it."""

import importlib
import inspect
from dataclasses import dataclass, field

# What the library itself passes to a builder: never legal in a Part.
SUPPLIED = {
    "network": ("inputs", "layers"),
    "activation": ("name",),
    "normalization": ("name",),
    # Networks are channels-last; Keras' pooling layers pass the last two to
    # their base.
    "pooling": ("name", "data_format", "pool_dimensions", "pool_mode"),
    "optimizer": (
        "name",
        "loss_scale_factor",
        # The recipe's `weight_average` sets these.
        "use_ema",
        "ema_momentum",
        "ema_overwrite_frequency",
        # The recipe's `strategy` sets these.
        "learning_rate_multipliers",
        "first_iterations",
    ),
    "strategy": ("given",),
    "backbone": ("input_shape",),
    "schedule": ("learning_rate", "total_steps"),
    "preprocessing": ("batches",),
    "metric": ("name",),
}

# What has one right value in our networks, whose channels come last.
FIXED = {
    "keras.layers.Activation": ("activation",),
    "keras.layers.BatchNormalization": ("axis",),
    "keras.layers.GroupNormalization": ("axis",),
}

# Arguments that hold a Part, or its bare name: argument → kind.
PARTS_INSIDE = {"network": {"pooling": "pooling", "activation": "activation"}}

# Every network whose builder has no `activation` of its own takes one in place
# of the recipe's field; `resolve` moves it there.
MOVED = {"network": {"activation": None}}


@dataclass(frozen=True)
class Entry:
    """One row: a name and what it builds."""

    kind: str
    name: str
    target: object
    summary: str = ""
    defaults: dict = field(default_factory=dict)

    def builder(self):
        """Return the class or function, importing it at its first use."""
        if callable(self.target):
            return self.target
        module, _, attribute = self.target.rpartition(".")
        if module.startswith("keras."):
            return getattr(_keras_namespace(module), attribute)
        return getattr(importlib.import_module(module), attribute)

    def arguments(self):
        """Map each legal argument to its default (or `inspect._empty`)."""
        builder = self.builder()
        hidden = SUPPLIED.get(self.kind, ())
        own = {}
        for function in _signatures(builder):
            for parameter in inspect.signature(function).parameters.values():
                if parameter.kind in (
                    parameter.POSITIONAL_OR_KEYWORD,
                    parameter.KEYWORD_ONLY,
                ):
                    own.setdefault(parameter.name, parameter.default)
        found = {**MOVED.get(self.kind, {}), **own, **self.defaults}
        if isinstance(self.target, str):
            hidden += FIXED.get(self.target, ())
        return {k: v for k, v in found.items() if k not in hidden + ("self",)}

    def moves(self, argument):
        """Whether the recipe's field takes this argument of a Part."""
        movable = argument in MOVED.get(self.kind, {})
        declared = inspect.signature(self.builder()).parameters
        return movable and argument not in declared

    def kind_inside(self, argument, value):
        """Return the kind of Part that an argument holds, or None.

        A user's own builder may give such a name another meaning: there only
        a real Part is one.
        """
        kind = PARTS_INSIDE.get(self.kind, {}).get(argument)
        theirs = callable(self.target) and not self.moves(argument)
        return None if theirs and isinstance(value, str) else kind

    def takes_anything(self):
        """Whether the user's own function ends in `**kwargs`."""
        if not callable(self.target) or inspect.isclass(self.target):
            return False
        return any(
            p.kind is p.VAR_KEYWORD
            for p in inspect.signature(self.target).parameters.values()
        )


def _keras_namespace(module):
    found = importlib.import_module("keras")
    for name in module.split(".")[1:]:
        found = getattr(found, name)
    return found


def _signatures(builder):
    """Yield what to read arguments from: Keras passes **kwargs to its bases."""
    if not inspect.isclass(builder):
        yield builder
        return
    for base in builder.__mro__:
        if "__init__" not in vars(base) or base is object:
            continue
        yield base.__init__
        parameters = inspect.signature(base.__init__).parameters.values()
        if not any(p.kind is p.VAR_KEYWORD for p in parameters):
            return
