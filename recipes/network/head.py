"""The head of a fine-tuned network: from a backbone's features to few."""

import keras

from recipes.errors import RecipeError

POOLING, POOLED = "global_pooling", "pooled"
# The first layers of these names, the later the fewer numbers an image.
CUTS = ("backbone", f"{POOLING}1", f"{POOLED}1")
GLOBAL_POOLINGS = {
    "average": (keras.layers.GlobalAveragePooling2D,),
    "max": (keras.layers.GlobalMaxPooling2D,),
    "both": (
        keras.layers.GlobalAveragePooling2D,
        keras.layers.GlobalMaxPooling2D,
    ),
}


def head(inputs, layers, *, global_pooling="auto", units=()):
    """Pool a backbone's features, then normalize, hide and drop.

    Use it with the field `backbone`. After the pooling stand the recipe's
    normalization, hidden layers where `units` has some, and dropout; the
    output follows.

    Args:
        inputs: Feature map (batch, height, width, channels), or features
            (batch, channels).
        layers: `recipes.network.layers.Layers`.
        global_pooling: Of a feature map: `"average"`, `"max"`, or `"both"`,
            side by side. `"auto"` is both, and nothing for features that are
            pooled already.
        units: Widths of the hidden layers; () for a linear head.

    Returns:
        Features of shape (batch, n).

    Raises:
        RecipeError: For another pooling, or one of features that have no
            map to be pooled.
    """
    if global_pooling != "auto" and global_pooling not in GLOBAL_POOLINGS:
        raise RecipeError(
            "`network/global_pooling` must be 'auto' or one of "
            f"{', '.join(GLOBAL_POOLINGS)}. Received: {global_pooling!r}"
        )
    x = inputs
    if len(x.shape) == 2 and global_pooling != "auto":
        raise RecipeError(
            "`network/global_pooling` has nothing to pool: this backbone gives "
            f"{x.shape[-1]} features per image and no map. Leave it out, or "
            "take a map: a layer=… before the backbone's own pooling. "
            f"Received: {global_pooling!r}"
        )
    if len(x.shape) == 4:
        chosen = "both" if global_pooling == "auto" else global_pooling
        pooled = [
            layer(name=layers.name(POOLING))(x)
            for layer in GLOBAL_POOLINGS[chosen]
        ]
        x = pooled[0]
        if pooled[1:]:
            x = keras.layers.Concatenate(name=layers.name(POOLED))(pooled)
    x = layers.normalization(x, layers.name("normalization"))
    for width in units:
        x = layers.dense(x, width)
    return x if units else layers.dropout(x)


def split_network(model):
    """Return two models that share a network's layers: up to a layer, and on.

    They are cut where features are smallest: after the pooling that follows
    the backbone, if nothing before it learns.

    Args:
        model: The trained network, with a layer called "backbone".

    Returns:
        (images → features, features → outputs), or None where the head sees
        more than the backbone.
    """
    names = {layer.name for layer in model.layers}
    learned = found = None
    for name in [name for name in CUTS if name in names]:
        cut = model.get_layer(name).output
        body = keras.Model(model.inputs[0], cut, name="body")
        if learned is not None and len(body.variables) != learned:
            break
        try:
            head = keras.Model(cut, model.outputs[0], name=f"{model.name}_head")
        except ValueError:  # beside it another layer sees the backbone
            continue
        learned, found = len(body.variables), (body, head)
    return found
