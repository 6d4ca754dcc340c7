"""The multilayer perceptron."""

from recipes.network.stages import check_widths


def mlp(inputs, layers, *, units=(64, 64), drop_connect=0.0):
    """Stack dense layers, one after another.

    Args:
        inputs: Tensor of any shape; images are flattened.
        layers: `recipes.network.layers.Layers`.
        units: Width of each layer, from the input on.
        drop_connect: Fraction of every layer's weights dropped at each
            training step, in [0, 1).

    Returns:
        Features of shape (batch, units[-1]).
    """
    check_widths("units", units)
    x = layers.flatten(inputs)
    for width in units:
        x = layers.dense(x, width, drop_connect=drop_connect)
    return x
