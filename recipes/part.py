"""Part: one named technique with its arguments, as data."""

from types import MappingProxyType

from recipes.errors import RecipeError
from recipes.plain import Plain, plain


class Part(Plain):
    """One technique by name, with its arguments.

    A Part is plain data. It is checked against the real signature as it
    enters a recipe, and turned into a Keras object when a network is built.

    Args:
        name: Name in the registry; `recipes list` prints them.
        **config: Arguments under Keras' own names. A value is a number, a
            string, a boolean, None, a range, or a list of these.

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

    def __delattr__(self, key):
        raise AttributeError("A Part is frozen.")

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
