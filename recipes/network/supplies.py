"""What every layer of a network is given: a name, a seed, how weights begin."""

from collections import Counter

import numpy as np

from recipes import registry
from recipes.errors import RecipeError


class Supplies:
    """Names, seeds, initializers and penalties, in the order they are asked.

    Args:
        recipe: A resolved recipe.
        vocabulary_size: Number of different tokens, padding (0) and the
            unknown (1) included; None where the inputs are no tokens.
    """

    def __init__(self, recipe, vocabulary_size=None):
        self.recipe, self.vocabulary_size = recipe, vocabulary_size
        self._names = Counter()
        self._seeds = 0

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

    def _refuse_identity(self):
        part = self.recipe.kernel_initializer
        if part.name == "identity":
            raise RecipeError(
                "`kernel_initializer`: 'identity' is for dense layers alone, "
                "and this network has convolutions. Use 'dirac_delta', which "
                f"does the same for these. Received: {part!r}"
            )

    def _initializer(self):
        part = self.recipe.kernel_initializer
        seed = self._seeded("initializer", part)
        return registry.build("initializer", part, **seed)

    def _seeded(self, kind, part):
        """Return a seed for what takes one.

        Also for a seed of the Part's own: as it stands it would give layers
        of one shape the same weights.
        """
        if "seed" not in registry.lookup(kind, part.name).arguments():
            return {}
        return {"seed": self.seed(part.config.get("seed"))}

    def _regularizer(self):
        part = self.recipe.kernel_regularizer
        return None if part is None else registry.build("regularizer", part)
