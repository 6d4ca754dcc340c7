"""A small transformer encoder for texts."""

import keras

from recipes.network.tokens import check_count, embed
from recipes.techniques.masked_pooling import MaskedAveragePooling1D
from recipes.techniques.sine_positions import SinePositions
from recipes.techniques.stochastic_depth import linear_rates


def transformer(
    inputs,
    layers,
    *,
    embedding_dim=64,
    num_heads=4,
    depth=2,
    units=128,
    stochastic_depth=0.0,
):
    """Let every token look at every other, block after block.

    A block is attention and a dense layer of `units`, each on a branch of its
    own: `x + attention(norm(x))`, then `x + dense(norm(x))`, with layer
    normalization first. Sine positions; the mean over the tokens ends the
    network. Padding is neither looked at nor counted.

    Args:
        inputs: Token numbers (batch, tokens), 0 for padding.
        layers: `recipes.network.layers.Layers`.
        embedding_dim: Numbers per token; a multiple of `num_heads`.
        num_heads: Heads of the attention, at least 1.
        depth: Number of blocks, at least 1.
        units: Width of the dense layer within a block.
        stochastic_depth: Probability, in [0, 1), that the last block's
            branches are skipped for an example while training; it rises
            linearly from the first block on.

    Returns:
        Features of shape (batch, embedding_dim).

    Memory and time grow with the square of the text's length. The recipe's
    normalization stands in the dense layers only: leave it None.

    Reference: Vaswani et al., 2017, arXiv:1706.03762; normalization first:
    Xiong et al., 2020, arXiv:2002.04745.
    """
    for name, value in (
        ("num_heads", num_heads),
        ("depth", depth),
        ("units", units),
    ):
        check_count(name, value)
    x, mask = embed(inputs, layers, "transformer", embedding_dim)
    if embedding_dim % num_heads:
        raise ValueError(
            "`embedding_dim` must be a multiple of `num_heads`. Received: "
            f"embedding_dim={embedding_dim}, num_heads={num_heads}"
        )
    x = SinePositions(name="positions")(x * embedding_dim**0.5)
    x = layers.dropout(x)
    for rate in linear_rates(stochastic_depth, depth):
        for branch, size in ((_attention, num_heads), (_dense, units)):
            y = branch(_norm(x, layers), layers, size, mask)
            if rate:
                y = layers.stochastic_depth(y, rate)
            name = layers.name("residual")
            x = keras.layers.Add(name=name)([x, layers.dropout(y)])
    x = _norm(x, layers)
    return MaskedAveragePooling1D(name="average_pooling")(x, mask=mask)


def _norm(x, layers):
    name = layers.name("block_normalization")
    return keras.layers.LayerNormalization(name=name)(x)


def _dense(x, layers, units, mask):
    width = x.shape[-1]
    x = layers.dense(x, units, dropout=False, mask=mask)
    return layers.linear(x, width)


def _attention(x, layers, num_heads, mask):
    """Return what every token gathers from the others.

    Of the layers' own linear maps: in Keras' MultiHeadAttention an
    initializer with a seed gives queries, keys and values the same weights.
    """
    length, width = x.shape[1:]
    heads = (length, num_heads, width // num_heads)
    query, key, value = (
        keras.layers.Reshape(heads, name=layers.name("heads"))(
            layers.linear(x, width)
        )
        for _ in range(3)
    )
    mask = keras.ops.expand_dims(mask, (1, 2))
    found = keras.ops.dot_product_attention(query, key, value, mask=mask)
    name = layers.name("heads")
    found = keras.layers.Reshape((length, width), name=name)(found)
    return layers.linear(found, width)
