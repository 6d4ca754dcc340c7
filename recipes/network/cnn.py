"""The plain convolutional network."""

import keras

from recipes import registry
from recipes.network.stages import stages
from recipes.part import Part


def cnn(
    inputs,
    layers,
    *,
    filters=(32, 64),
    depth=None,
    kernel_size=3,
    pooling="max_pooling",
    drop_connect=0.0,
):
    """Stack stages of convolutions, each half the size of the one before.

    A stage is `depth` convolutions; pooling stands before the next. Global
    average pooling ends the network, and dropout follows it alone: dropped
    units ahead of a largest-of-2×2 and of batch normalization shift the
    statistics that the network then predicts with.

    Args:
        inputs: Images (batch, height, width, channels), with sides of at
            least 2^(stages − 1).
        layers: `recipes.network.layers.Layers`.
        filters: Channels of each stage, or of each of its convolutions:
            `((32, 32), (64, 64), (128,))`.
        depth: Convolutions per stage: one number, or one per stage; 2 by
            default.
        kernel_size: Side of the filters in pixels.
        pooling: Part of kind pooling, or its name; by default the largest of
            2×2. Fractional max pooling shrinks more slowly, so that more
            stages fit: `Part("fractional_max_pooling", ratio=1.41)`.
        drop_connect: Fraction of every filter's weights dropped at each
            training step, in [0, 1). With batch normalization set
            `precise_batch_normalization`: the statistics of training are
            those of fewer weights.

    Returns:
        Features of shape (batch, channels of the last convolution).

    Reference: Li, Chen, Hu, Yang, "Understanding the disharmony between
    dropout and batch normalization by variance shift", 2019,
    arXiv:1801.05134 (dropout behind the last normalization).
    """
    plan = stages(filters, depth, usual=2)
    why = f"with {len(plan)} stages"
    halved = registry.as_part(pooling) == Part("max_pooling")
    smallest = 2 ** (len(plan) - 1) if halved else 1
    layers.require_image(inputs, "cnn", smallest, why)
    x = inputs
    for stage, widths in enumerate(plan):
        if stage:
            x = layers.pooling(x, pooling)
        for channels in widths:
            x = layers.convolution(
                x, channels, kernel_size, drop_connect=drop_connect
            )
    x = keras.layers.GlobalAveragePooling2D(name="global_pooling")(x)
    return layers.dropout(x)
