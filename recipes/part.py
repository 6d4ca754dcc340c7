"""Part: one named technique with its arguments, as data."""

import math
from types import MappingProxyType

from recipes.errors import RecipeError
from recipes.search_space import Range


class Part:
    """One technique by name, with its arguments.

    A Part is plain data. It is checked against the real signature as it
    enters a recipe, and turned into a Keras object when a network is built.

    Args:
        name: Name in the registry; `recipes list` prints them.
        **config: Arguments under Keras' own names. A value is a number, a
            string, a boolean, None, a range, a Part, or a list of these.

    Raises:
        RecipeError: For a value that is not plain data.

    Example:

    >>> Part("adamw", learning_rate=1e-3)
    Part('adamw', learning_rate=0.001)
    """

    __slots__ = ("name", "config")

    def __init__(self, name, /, **config):
        if not isinstance(name, str) or not name:
            raise RecipeError(
                "Part: the name must be a non-empty string, for instance "
                f"Part('adamw'). Received: {name!r}"
            )
        object.__setattr__(self, "name", name)
        plain_config = {
            key: plain(value, f"{name}/{key}") for key, value in config.items()
        }
        object.__setattr__(self, "config", MappingProxyType(plain_config))

    def __setattr__(self, key, value):
        raise AttributeError(
            f"A Part is frozen; use part.replace({key}=…) to make another."
        )

    def replace(self, **changes):
        """Return a copy with some arguments changed.

        Example:

        >>> Part("l2", l2=0.1).replace(l2=0.2)
        Part('l2', l2=0.2)
        """
        return Part(self.name, **{**self.config, **changes})

    def __eq__(self, other):
        return isinstance(other, Part) and (
            (self.name, self.config) == (other.name, other.config)
        )

    def __hash__(self):
        return hash((self.name, tuple(sorted(self.config))))

    def __reduce__(self):
        return (_rebuild, (self.name, dict(self.config)))

    def __repr__(self):
        arguments = [f"{k}={v!r}" for k, v in self.config.items()]
        return f"Part({', '.join([repr(self.name), *arguments])})"


def _rebuild(name, config):
    return Part(name, **config)


def plain(value, path):
    """Return `value` as plain data (lists become tuples), or say why not.

    Args:
        value: What the user passed.
        path: Where it stands, for the message.

    Raises:
        RecipeError: For NaN, infinity, or an object that JSON cannot hold.

    Example:

    >>> plain([1, [2, 3]], "network/filters")
    (1, (2, 3))
    """
    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:
        value = value.item()  # a NumPy scalar
    if value is None or isinstance(value, (str, bool, int, Part, Range)):
        return value
    if isinstance(value, float):
        if math.isfinite(value):
            return value
        raise RecipeError(
            f"`{path}` must be a finite number. Received: {value!r}"
        )
    if isinstance(value, (list, tuple)):
        return tuple(plain(v, f"{path}/{i}") for i, v in enumerate(value))
    raise RecipeError(
        f"`{path}` must be plain data: a number, a string, a boolean, None, "
        "a Part, a range, or a list of these. To use an object of your own, "
        "give it a name with recipes.register(kind, name, builder). "
        f"Received: {value!r} of type {type(value).__name__}"
    )
