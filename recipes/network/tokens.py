"""What the networks for texts share: tokens to vectors, and which count."""

import keras

from recipes.errors import RecipeError

PADDING = 0


def embed(inputs, layers, network, embedding_dim):
    """Return the vector of every token, and which tokens are no padding.

    The vectors begin as `keras.layers.Embedding`'s own do, uniform in ±0.05;
    the recipe's initializer and penalty are for kernels.

    Args:
        inputs: Token numbers (batch, tokens), 0 for padding.
        layers: `recipes.network.layers.Layers`.
        network: The network's name, for messages.
        embedding_dim: Numbers per token, at least 1.

    Returns:
        (batch, tokens, embedding_dim), and booleans (batch, tokens).

    Raises:
        RecipeError: For inputs that are no tokens.
    """
    require_tokens(inputs, layers, network)
    check_count("embedding_dim", embedding_dim)
    embedding = keras.layers.Embedding(
        layers.vocabulary_size,
        embedding_dim,
        embeddings_initializer=keras.initializers.RandomUniform(
            seed=layers.seed()
        ),
        name=layers.name("embedding"),
    )
    return embedding(inputs), keras.ops.not_equal(inputs, PADDING)


def require_tokens(inputs, layers, network):
    """Refuse what is no text.

    Raises:
        RecipeError: Naming the networks for images and tables.
    """
    if layers.vocabulary_size is None or len(inputs.shape) != 2:
        raise RecipeError(
            f"`network`: {network!r} needs texts; for tables use 'mlp', for "
            f"images 'cnn'. Received shape: {tuple(inputs.shape[1:])}"
        )


def check_count(name, value):
    """Refuse what is no whole number of at least 1.

    Raises:
        ValueError: With the argument's name.
    """
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(
            f"`{name}` must be a whole number of at least 1. "
            f"Received: {value!r}"
        )
