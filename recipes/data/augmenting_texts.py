"""What the loader does to the texts of an epoch."""

from augment import TextPolicy
from recipes import registry
from recipes.data.text_vectorization import tokens
from recipes.errors import RecipeError


def build_text_policy(recipe):
    """Return the policy of a text recipe.

    Raises:
        RecipeError: For a step that is not for texts.
    """
    parts = recipe.augmentation
    steps = [registry.build("augmentation", part) for part in parts]
    try:
        return TextPolicy(steps)
    except ValueError as error:
        raise RecipeError(f"`augmentation`: {error}") from error


class Texts:
    """Augments texts of the training split, and makes their tokens.

    Args:
        policy: An `augment.TextPolicy`.
        seed: Decides, with the epoch and the index, what each text gets.
        vectorization: The layer that makes tokens.
    """

    looks_ahead = False

    def __init__(self, policy, seed, vectorization):
        self.policy, self.seed = policy, seed
        self.vectorization = vectorization

    def __call__(self, texts, targets, epoch, indices):
        """Return (tokens, targets)."""
        texts = self.policy(texts, seed=self.seed, epoch=epoch, indices=indices)
        return tokens(self.vectorization, texts), targets
