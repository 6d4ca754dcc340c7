"""Recipes for texts."""

from recipes.defaults import DEFAULTS
from recipes.fields import check_names
from recipes.recipe import Recipe


def text_classifier(**fields):
    """Classify texts by their words and short phrases.

    One convolution each for words, pairs and triples, trained from scratch
    with medium regularization. Use it for some hundreds of short texts or
    more; for long ones `network="bag_of_embeddings"` is many times faster.

    The saved model takes strings, `run.model.predict(np.array(texts,
    object))`; a list of strings Keras refuses. Each text is cut into tokens
    once, before the first epoch. TensorFlow only: JAX has no strings.

    Args:
        **fields: Any field of `Recipe`, by name; the others keep this
            recipe's values (`recipes show text_classifier`). The vocabulary
            and the length of texts are arguments of
            `preprocessing=Part("text_vectorization", …)`.

    Returns:
        A `Recipe`.

    Raises:
        RecipeError: For a misspelt field or an illegal value.

    Measured: `recipes fit docstrings`, Python 3.11, seeds 0, 1, 2, two cores,
    TensorFlow: test accuracy 0.7680, 0.8034, 0.7755, 33 to 40 s each;
    the majority class is 0.215.

    Example:

    >>> import recipes
    >>> recipes.text_classifier(network="transformer").network
    Part('transformer')
    """
    check_names(fields)
    return Recipe(
        **{"task": "text_classifier", **DEFAULTS["text_classifier"], **fields}
    )
