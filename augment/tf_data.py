"""A policy in a `tf.data` pipeline, rendered on the host."""

from augment import limits

_ELEMENTS = (
    "elements must be (number, images), (number, (images, labels)) or "
    "(number, (images, labels, weights)) in batches: "
    "dataset.enumerate().batch(64).map(policy.as_map())"
)
_KINDS = ("uint8", "float16", "float32", "float64")


def as_map(policy, seed=0, size=None, num_classes=None):
    """Return a function for `tf.data.Dataset.map`; see `Policy.as_map`."""
    import tensorflow as tf

    seed = limits.whole("as_map", "seed", seed, 0, 2**64 - 1)
    if size is not None:
        size = limits.whole("as_map", "size", size, 1)
    if num_classes is not None:
        num_classes = limits.whole("as_map", "num_classes", num_classes, 1)

    def carried_out(places, images, labels=None):
        epochs, indices = divmod(places, size or 2**32)
        return policy(
            images,
            labels,
            seed=seed,
            epoch=epochs if size else 0,
            indices=indices,
            num_classes=num_classes,
        )

    def mapped(*element):
        places, images, labels, weights = _parted(element)
        _check(places, images, policy)
        batch, height, width, channels = images.shape
        shape = (batch, *policy.output((height, width)), channels)
        if policy.mixes:
            kind, rest = tf.float32, _columns(labels, weights, num_classes)
        if labels is None:
            images = tf.numpy_function(
                carried_out, [places, images], images.dtype
            )
            images.set_shape(shape)
            return images
        if not policy.mixes:
            kind, rest = labels.dtype, labels.shape[1:]
        images, labels = tf.numpy_function(
            carried_out, [places, images, labels], [images.dtype, kind]
        )
        images.set_shape(shape)
        labels.set_shape((batch, *rest))
        return images, labels, *weights

    return mapped


def _parted(element):
    """Return (numbers, images, labels or None, list of weights or none)."""
    if len(element) == 2:
        places, inner = element
        inner = inner if isinstance(inner, tuple) else (inner,)
        tensors = all(hasattr(part, "shape") for part in (places, *inner))
        if tensors and len(inner) <= 3:
            images, labels, *weights = (*inner, None)[: max(2, len(inner))]
            return places, images, labels, weights
    found = ", ".join(_said(part) for part in element)
    raise ValueError(f"as_map: {_ELEMENTS}. Received: ({found})")


def _said(part):
    """Return a part of an element in words."""
    if isinstance(part, tuple):
        return f"({', '.join(map(_said, part))})"
    if isinstance(part, dict):
        return f"a dict of {sorted(part)}"
    return f"{part.dtype.name} of shape {part.shape}"


def _check(places, images, policy):
    numbered = places.shape.rank == 1 and places.dtype.is_integer
    fits = images.shape.rank == 4 and None not in images.shape[1:]
    fits = fits and images.dtype.name in _KINDS
    if not numbered or not fits:
        raise ValueError(
            f"as_map: {_ELEMENTS}, with images of known sides, uint8 or "
            f"floats in [0, 1]. Received: ({_said(places)}, {_said(images)})"
        )


def _columns(labels, weights, num_classes):
    """Return the shape of a label that is mixed, without the batch's.

    Raises:
        ValueError: For labels that cannot be mixed.
    """
    if labels is None:
        raise ValueError(
            "as_map: a policy that mixes images mixes their labels too: use a "
            "dataset of (image, label). Received: images alone"
        )
    if weights:
        raise ValueError(
            "as_map: a policy that mixes images cannot say what an example "
            "weighs that is mixed of two: leave weights, or MixUp and CutMix, "
            "out. Received: weights"
        )
    shape = labels.shape
    numbered = shape.rank == 1 or shape.rank == 2 and shape[1] == 1
    if numbered and (labels.dtype.is_integer or labels.dtype.is_bool):
        if num_classes is None:
            raise ValueError(
                "as_map: class numbers that are mixed become rows: say of how "
                "many classes, as in policy.as_map(num_classes=10). Received: "
                "num_classes=None"
            )
        return (num_classes,)
    if shape.rank != 2:
        raise ValueError(
            "as_map: labels to be mixed must be class numbers, or rows (n, "
            f"classes). Received: {_said(labels)}"
        )
    return shape[1:]
