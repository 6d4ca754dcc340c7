"""The plain convolutional network."""

import keras

from recipes.network.stages import stages


def cnn(inputs, layers, *, filters=(32, 64), depth=None, kernel_size=3):
    """Stack stages of convolutions, each half the size of the one before.

    A stage is `depth` convolutions; dropout stands at its end, max pooling
    (2×2) before the next. Global average pooling ends the network.

    Args:
        inputs: Images (batch, height, width, channels), with sides of at
            least 2^(stages − 1).
        layers: `recipes.network.layers.Layers`.
        filters: Channels of each stage, or of each of its convolutions:
            `((32, 32), (64, 64), (128,))`.
        depth: Convolutions per stage: one number, or one per stage; 2 by
            default.
        kernel_size: Side of the filters in pixels.

    Returns:
        Features of shape (batch, channels of the last convolution).
    """
    plan = stages(filters, depth, usual=2)
    why = f"with {len(plan)} stages"
    layers.require_image(inputs, "cnn", 2 ** (len(plan) - 1), why)
    x = inputs
    for stage, widths in enumerate(plan):
        if stage:
            x = keras.layers.MaxPooling2D(2, name=f"pooling_{stage}")(x)
        for channels in widths[:-1]:
            x = layers.convolution(x, channels, kernel_size, dropout=False)
        x = layers.convolution(x, widths[-1], kernel_size)
    return keras.layers.GlobalAveragePooling2D(name="global_pooling")(x)
