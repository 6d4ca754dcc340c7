"""The recipe's Parts as Keras layers, and the one order they stand in."""

import math
from collections import Counter

import keras
import numpy as np

from recipes import registry
from recipes.errors import DataError, RecipeError


class Layers:
    """What a network is put together from; a network builder receives one.

    The order is always linear → norm → activation → dropout, or linear →
    activation → norm → dropout with `normalization_placement="post"`. Every
    random layer gets a seed of its own from the recipe's seed, so that nothing
    depends on the process' global random state.

    Args:
        recipe: A resolved recipe.

    Example:

    >>> import keras, recipes
    >>> layers = Layers(recipes.tabular_classifier().resolve())
    >>> layers.dense(keras.Input((4,)), 8).shape
    (None, 8)
    """

    def __init__(self, recipe):
        self.recipe = recipe
        self._names = Counter()
        self._seeds = 0

    def dense(self, x, units, *, activate=True, dropout=True):
        """Apply a dense layer with all that follows it."""
        name = self.name("dense")
        layer = keras.layers.Dense(units, name=name, **self._linear(activate))
        return self._follow(layer(x), name, activate, dropout)

    def convolution(
        self,
        x,
        filters,
        kernel_size=3,
        strides=1,
        *,
        activate=True,
        dropout=True,
    ):
        """Apply a convolution with all that follows it; size is kept."""
        name = self.name("convolution")
        layer = keras.layers.Conv2D(
            filters,
            kernel_size,
            strides=strides,
            padding="same",
            name=name,
            **self._linear(activate),
        )
        return self._follow(layer(x), name, activate, dropout)

    def activation(self, x, name=None):
        """Apply the recipe's activation."""
        part = self.recipe.activation
        arguments = {}
        if len(x.shape) == 4 and part.name == "prelu":
            # One slope per channel, not one per pixel (He et al., 2015).
            arguments["shared_axes"] = part.config.get("shared_axes", (1, 2))
        name = name or self.name("activation")
        layer = registry.build("activation", part, name=name, **arguments)
        return layer(x)

    def normalization(self, x, name):
        """Apply the recipe's normalization, if it has one."""
        part = self.recipe.normalization
        if part is None:
            return x
        layer = registry.build("normalization", part, name=name)
        groups = getattr(layer, "groups", 0)  # -1: as many as channels
        if groups and math.prod(x.shape[1:]) in (groups, -groups * x.shape[-1]):
            raise RecipeError(
                f"`normalization`: {part.name!r} would turn every value into "
                "0 where a group holds a single value: instance normalization "
                "needs images, group normalization fewer groups than units. "
                "Use 'layer_normalization'. "
                f"Received: {part!r} for a tensor of shape {x.shape}"
            )
        try:
            return layer(x)
        except ValueError as error:
            raise RecipeError(
                f"`normalization`: {part.name!r} does not fit a tensor of "
                f"shape {x.shape}: {error} Received: {part!r}"
            ) from error

    def dropout(self, x, name=None):
        """Apply the recipe's dropout, if it has any."""
        rate = self.recipe.dropout
        if not rate:
            return x
        name = name or self.name("dropout")
        return keras.layers.Dropout(rate, seed=self.seed(), name=name)(x)

    def output(self, x, units):
        """Apply the last linear layer, in float32 under any policy."""
        return keras.layers.Dense(
            units,
            kernel_initializer=keras.initializers.GlorotUniform(self.seed()),
            kernel_regularizer=self._regularizer(),
            dtype="float32",
            name="output",
        )(x)

    def flatten(self, x):
        """Flatten all axes but the first; a table stays as it is."""
        if len(x.shape) == 2:
            return x
        return keras.layers.Flatten(name=self.name("flatten"))(x)

    def require_image(self, x, network, minimum=1, why=""):
        """Refuse a table, or an image smaller than the network allows.

        Raises:
            RecipeError: For a tensor without height and width.
            DataError: For too small an image.
        """
        if len(x.shape) != 4:
            raise RecipeError(
                f"`network`: {network!r} needs images (height, width, "
                f"channels); for tables use 'mlp'. Received shape: "
                f"{tuple(x.shape[1:])}"
            )
        height, width = x.shape[1:3]
        if min(height, width) < minimum:
            raise DataError(
                f"images of {height}x{width} pixels",
                f"at least {minimum}x{minimum} for {network!r} {why}".strip(),
                f"enlarge them with image_size=({minimum}, {minimum}) or use "
                "fewer filters",
                split="train",
            )

    def name(self, stem):
        """Return `stem1`, `stem2`, …: names that a reader can point at.

        Without the underscore of Keras' automatic names, so that a user's own
        unnamed layers never collide with ours.
        """
        self._names[stem] += 1
        return f"{stem}{self._names[stem]}"

    def seed(self, base=None):
        """Return the next seed of this network.

        Args:
            base: In place of the recipe's own seed.
        """
        self._seeds += 1
        base = self.recipe.seed if base is None else base
        state = np.random.SeedSequence([base, self._seeds])
        return int(state.generate_state(1)[0] >> 1)

    def _linear(self, activate):
        return {
            "use_bias": not self._shifted(activate),
            "kernel_initializer": self._initializer(),
            "kernel_regularizer": self._regularizer(),
        }

    def _shifted(self, activate):
        """Whether a norm with its own shift follows the linear layer at once.

        A bias before it would be subtracted again.
        """
        part = self.recipe.normalization
        if part is None:
            return False
        first = self.recipe.normalization_placement == "pre" or not activate
        arguments = registry.lookup("normalization", part.name).arguments()
        center = part.config.get("center", arguments.get("center", False))
        return first and bool(center)

    def _initializer(self):
        part = self.recipe.kernel_initializer
        entry = registry.lookup("initializer", part.name)
        supplied = {}
        if "seed" in entry.arguments():
            # Also for a seed of the Part's own: as it stands it would give
            # layers of one shape the same weights.
            supplied["seed"] = self.seed(part.config.get("seed"))
        return registry.build("initializer", part, **supplied)

    def _regularizer(self):
        part = self.recipe.kernel_regularizer
        return None if part is None else registry.build("regularizer", part)

    def _follow(self, x, name, activate, dropout):
        """Lay out what follows a linear layer: the only place that does."""
        norm = f"{name}_normalization"
        if self.recipe.normalization_placement == "pre" or not activate:
            x = self.normalization(x, norm)
        if activate:
            x = self.activation(x, f"{name}_activation")
            if self.recipe.normalization_placement == "post":
                x = self.normalization(x, norm)
        return self.dropout(x, f"{name}_dropout") if dropout else x
