"""The residual network."""

from functools import partial

import keras

from recipes.network.stages import stages
from recipes.techniques.stochastic_depth import linear_rates


def resnet(
    inputs,
    layers,
    *,
    filters=(32, 64, 128),
    depth=None,
    kernel_size=3,
    stochastic_depth=0.0,
    drop_connect=0.0,
):
    """Stack stages of residual blocks: x + f(x), f two convolutions.

    The first block of every stage but the first halves the size, with a 1×1
    convolution on its shortcut. Global average pooling ends the network, and
    dropout follows it alone, as in `cnn`. Give it a normalization: without one
    the sums grow with depth.

    Args:
        inputs: Images (batch, height, width, channels), with sides of at
            least 2^(stages − 1).
        layers: `recipes.network.layers.Layers`.
        filters: Channels of each stage, or of each of its blocks.
        depth: Residual blocks per stage: one number, or one per stage; 1 by
            default.
        kernel_size: Side of the filters in pixels.
        stochastic_depth: Probability, in [0, 1), that the last block's
            residual branch is skipped for an example while training; it rises
            linearly from the first block on.
        drop_connect: Fraction of every filter's weights dropped at each
            training step, in [0, 1).

    Returns:
        Features of shape (batch, channels of the last block).

    Reference: He, Zhang, Ren, Sun, 2016, arXiv:1512.03385; stochastic depth:
    Huang et al., 2016, arXiv:1603.09382.
    """
    plan = stages(filters, depth, usual=1)
    why = f"with {len(plan)} stages"
    layers.require_image(inputs, "resnet", 2 ** (len(plan) - 1), why)
    convolution = partial(layers.convolution, drop_connect=drop_connect)
    skipped = iter(linear_rates(stochastic_depth, sum(map(len, plan))))
    x = convolution(inputs, plan[0][0], kernel_size)
    for stage, widths in enumerate(plan):
        for i, channels in enumerate(widths):
            strides = 2 if stage and not i else 1
            sizes = channels, kernel_size, strides
            x = _block(x, layers, convolution, *sizes, next(skipped))
    x = keras.layers.GlobalAveragePooling2D(name="global_pooling")(x)
    return layers.dropout(x)


def _block(x, layers, convolution, channels, kernel_size, strides, skipped):
    inner = convolution(x, channels, kernel_size, strides)
    inner = convolution(inner, channels, kernel_size, activate=False)
    if skipped:
        inner = layers.stochastic_depth(inner, skipped)
    if strides != 1 or x.shape[-1] != channels:
        x = convolution(x, channels, 1, strides, activate=False)
    total = keras.layers.Add(name=layers.name("residual"))([x, inner])
    return layers.activation(total)
