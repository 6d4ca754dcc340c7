"""The residual network."""

import keras

from recipes.network.stages import stages


def resnet(inputs, layers, *, filters=(32, 64, 128), depth=None, kernel_size=3):
    """Stack stages of residual blocks: x + f(x), f two convolutions.

    The first block of every stage but the first halves the size, with a 1×1
    convolution on its shortcut. Global average pooling ends the network. Give
    it a normalization: without one the sums grow with depth.

    Args:
        inputs: Images (batch, height, width, channels), with sides of at
            least 2^(stages − 1).
        layers: `recipes.network.layers.Layers`.
        filters: Channels of each stage, or of each of its blocks.
        depth: Residual blocks per stage: one number, or one per stage; 1 by
            default.
        kernel_size: Side of the filters in pixels.

    Returns:
        Features of shape (batch, channels of the last block).

    Reference: He, Zhang, Ren, Sun, 2016, arXiv:1512.03385.
    """
    plan = stages(filters, depth, usual=1)
    why = f"with {len(plan)} stages"
    layers.require_image(inputs, "resnet", 2 ** (len(plan) - 1), why)
    x = layers.convolution(inputs, plan[0][0], kernel_size, dropout=False)
    for stage, widths in enumerate(plan):
        for i, channels in enumerate(widths):
            strides = 2 if stage and not i else 1
            x = _block(x, layers, channels, kernel_size, strides)
        x = layers.dropout(x)
    return keras.layers.GlobalAveragePooling2D(name="global_pooling")(x)


def _block(x, layers, channels, kernel_size, strides):
    def convolution(x, size, strides, activate):
        return layers.convolution(
            x, channels, size, strides, activate=activate, dropout=False
        )

    inner = convolution(x, kernel_size, strides, True)
    inner = convolution(inner, kernel_size, 1, False)
    if strides != 1 or x.shape[-1] != channels:
        x = convolution(x, 1, strides, False)
    total = keras.layers.Add(name=layers.name("residual"))([x, inner])
    return layers.activation(total)
