"""The convolutional network for texts."""

import keras

from recipes.network.stages import check_widths
from recipes.network.tokens import check_count, embed
from recipes.techniques.masked_pooling import MaskedMaxPooling1D


def text_cnn(
    inputs, layers, *, embedding_dim=64, filters=64, kernel_sizes=(3, 4, 5)
):
    """Look for phrases: convolutions over the tokens, the largest response.

    Side by side, one convolution for each kernel size; of each filter the
    largest response in the text is kept. Padding counts as zero vectors, and
    no response on it is kept.

    Args:
        inputs: Token numbers (batch, tokens), 0 for padding.
        layers: `recipes.network.layers.Layers`.
        embedding_dim: Numbers per token, at least 1.
        filters: Filters of each kernel size, at least 1.
        kernel_sizes: Tokens that each convolution sees at a time.

    Returns:
        Features of shape (batch, filters × number of kernel sizes).

    The statistics of batch normalization pass over the padding; group and
    instance normalization see it: choose another.

    Reference: Kim, 2014, arXiv:1408.5882.
    """
    check_count("filters", filters)
    check_widths("kernel_sizes", kernel_sizes)
    x, mask = embed(inputs, layers, "text_cnn", embedding_dim)
    x = x * keras.ops.cast(mask, x.dtype)[..., None]
    x = layers.dropout(x)
    length = inputs.shape[1]
    # As an image of width 1: one place for convolutions.
    x = keras.layers.Reshape((length, 1, embedding_dim), name="column")(x)
    column = keras.ops.expand_dims(mask, -1)
    found = []
    for size in kernel_sizes:
        y = layers.convolution(x, filters, (size, 1), mask=column)
        # Not the layer: it would warn that it cannot pass on a mask.
        y = keras.ops.reshape(y, (-1, length, filters))
        name = layers.name("max_pooling")
        found.append(MaskedMaxPooling1D(name=name)(y, mask=mask))
    if len(found) > 1:
        found = [keras.layers.Concatenate(name="all_phrases")(found)]
    return layers.dropout(found[0])
