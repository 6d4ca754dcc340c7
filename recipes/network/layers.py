"""The recipe's Parts as Keras layers, and the one order they stand in."""

import math
from functools import partial

import keras

from recipes import registry
from recipes.errors import DataError, RecipeError
from recipes.network.supplies import Supplies
from recipes.techniques.drop_connect import DropConnectConv2D, DropConnectDense
from recipes.techniques.stochastic_depth import StochasticDepth


class Layers(Supplies):
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

    def dense(
        self,
        x,
        units,
        *,
        activate=True,
        dropout=True,
        drop_connect=0.0,
        mask=None,
    ):
        """Apply a dense layer with all that follows it.

        `mask`, of x's shape without the channels, says which places the
        statistics of batch normalization are of; by default of all.
        """
        name = self.name("dense")
        layer = self._dropping(
            keras.layers.Dense, DropConnectDense, drop_connect
        )(self._widened(units, activate), name=name, **self._linear(activate))
        return self._follow(layer(x), name, activate, dropout, mask)

    def linear(self, x, units):
        """Apply a linear layer alone, as attention needs it."""
        given = {**self._linear(False), "use_bias": True}
        return keras.layers.Dense(units, name=self.name("linear"), **given)(x)

    def convolution(
        self,
        x,
        filters,
        kernel_size=3,
        strides=1,
        *,
        activate=True,
        drop_connect=0.0,
        mask=None,
    ):
        """Apply a convolution with all that follows it; size is kept.

        It drops no units: networks do once, with `dropout`, behind the last
        normalization. `mask` as of `dense`.
        """
        self._refuse_identity()
        name = self.name("convolution")
        layer = self._dropping(
            keras.layers.Conv2D, DropConnectConv2D, drop_connect
        )(
            self._widened(filters, activate),
            kernel_size,
            strides=strides,
            padding="same",
            name=name,
            **self._linear(activate),
        )
        return self._follow(layer(x), name, activate, mask=mask)

    def activation(self, x, name=None):
        """Apply the recipe's activation to what is as wide as it will be.

        Raises:
            RecipeError: For maxout, which needs a linear layer of its own.
        """
        if self._pieces() > 1:
            raise RecipeError(
                f"`activation`: {self.recipe.activation.name!r} takes the "
                "largest of several linear pieces, and this network has an "
                "activation without a linear layer before it (after a sum). "
                "Use 'mlp' or 'cnn' with it, or another activation. "
                f"Received: {self.recipe.activation!r}"
            )
        return self._activation(x, name or self.name("activation"))

    def _activation(self, x, name):
        part = self.recipe.activation
        arguments = {}
        if len(x.shape) > 2 and part.name == "prelu":
            # One slope per channel, not one per pixel (He et al., 2015).
            places = tuple(range(1, len(x.shape) - 1))
            arguments["shared_axes"] = part.config.get("shared_axes", places)
        layer = registry.build("activation", part, name=name, **arguments)
        return layer(x)

    def normalization(self, x, name, mask=None):
        """Apply the recipe's normalization, if it has one; see `dense`."""
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
        masked = isinstance(layer, keras.layers.BatchNormalization)
        try:
            if masked and mask is not None:
                return layer(x, mask=mask)
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

    def pooling(self, x, part):
        """Apply a Part of kind pooling, or one by its bare name."""
        part = registry.as_part(part)
        arguments = self._seeded("pooling", part)
        name = self.name("pooling")
        return registry.build("pooling", part, name=name, **arguments)(x)

    def stochastic_depth(self, x, rate):
        """Skip the residual branch `x` at random while training."""
        name = self.name("stochastic_depth")
        return StochasticDepth(rate, seed=self.seed(), name=name)(x)

    def output(self, x, units, scale=1.0):
        """Apply the last linear layer, in float32 under any policy.

        `scale`: of the variance of Glorot's initializer.
        """
        return keras.layers.Dense(
            units,
            kernel_initializer=keras.initializers.VarianceScaling(
                scale, "fan_avg", "uniform", seed=self.seed()
            ),
            kernel_regularizer=self._regularizer(),
            dtype="float32",
            name="output",
        )(x)

    def flatten(self, x):
        """Flatten all axes but the first; a table stays as it is.

        Raises:
            RecipeError: For tokens, whose numbers are no quantities.
        """
        if self.vocabulary_size is not None and "int" in x.dtype:
            raise RecipeError(
                f"`network`: {self.recipe.network.name!r} takes numbers, and "
                "these are the numbers of tokens. For texts use "
                "'bag_of_embeddings', 'text_cnn' or 'transformer'."
            )
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
            part = self.recipe.preprocessing
            flat = part is not None and part.name in ("pca", "pca_whitening")
            why = (
                f"the preprocessing {part.name!r} has flattened the image: use "
                "'zca_whitening', which keeps it, or the network 'mlp'."
                if flat
                else "for tables use 'mlp'."
            )
            raise RecipeError(
                f"`network`: {network!r} needs images (height, width, "
                f"channels); {why} Received shape: {tuple(x.shape[1:])}"
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

    def _follow(self, x, name, activate, dropout=False, mask=None):
        """Lay out what follows a linear layer: the only place that does."""
        norm = f"{name}_normalization"
        if self.recipe.normalization_placement == "pre" or not activate:
            x = self.normalization(x, norm, mask)
        if activate:
            x = self._activation(x, f"{name}_activation")
            if self.recipe.normalization_placement == "post":
                x = self.normalization(x, norm, mask)
        return self.dropout(x, f"{name}_dropout") if dropout else x

    def _pieces(self):
        """Return how many linear pieces the activation takes, 1 for most."""
        part = self.recipe.activation
        return registry.default("activation", part, "num_pieces") or 1

    def _widened(self, width, activate):
        return width * (self._pieces() if activate else 1)

    def _dropping(self, plain, dropping, rate):
        """Return the class of a linear layer, its weights dropped or not."""
        if not rate:
            return plain
        return partial(dropping, rate=rate, seed=self.seed())
