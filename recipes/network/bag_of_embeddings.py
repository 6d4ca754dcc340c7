"""The bag of embeddings: which words, in whatever order."""

from recipes.network.stages import check_widths
from recipes.network.tokens import embed
from recipes.techniques.masked_pooling import MaskedAveragePooling1D


def bag_of_embeddings(inputs, layers, *, embedding_dim=64, units=(64,)):
    """Average the vectors of a text's tokens, then dense layers.

    The fastest network for texts, and hard to beat on topics; blind to the
    order of words.

    Args:
        inputs: Token numbers (batch, tokens); 0 is padding, and not counted.
        layers: `recipes.network.layers.Layers`.
        embedding_dim: Numbers per token, at least 1.
        units: Width of each dense layer after the mean.

    Returns:
        Features of shape (batch, units[-1]).

    Reference: Joulin, Grave, Bojanowski, Mikolov, 2016, arXiv:1607.01759.
    """
    check_widths("units", units)
    x, mask = embed(inputs, layers, "bag_of_embeddings", embedding_dim)
    x = MaskedAveragePooling1D(name="average_pooling")(x, mask=mask)
    x = layers.dropout(x)
    for width in units:
        x = layers.dense(x, width)
    return x
