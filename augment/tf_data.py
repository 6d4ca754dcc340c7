"""A policy in a `tf.data` pipeline, rendered on the host."""

from augment import limits


def as_map(policy, seed=0, size=None, num_classes=None):
    """Return a function for `tf.data.Dataset.map`; see `Policy.as_map`."""
    import tensorflow as tf

    seed = limits.whole("as_map", "seed", seed, 0, 2**64 - 1)
    if size is not None:
        size = limits.whole("as_map", "size", size, 1)

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

    def mapped(places, element):
        images, labels = (
            element if isinstance(element, tuple) else (element, None)
        )
        _check(places, images, labels, policy)
        batch, height, width, channels = images.shape
        shape = (batch, *policy.output((height, width)), channels)
        if labels is None:
            images = tf.numpy_function(
                carried_out, [places, images], images.dtype
            )
            images.set_shape(shape)
            return images
        kind, rest = labels.dtype, labels.shape[1:]
        if policy.mixes:
            kind = tf.float32
            rest = rest if labels.shape.rank == 2 else (num_classes,)
        images, labels = tf.numpy_function(
            carried_out, [places, images, labels], [images.dtype, kind]
        )
        images.set_shape(shape)
        labels.set_shape((batch, *rest))
        return images, labels

    return mapped


def _check(places, images, labels, policy):
    ranks = places.shape.rank, images.shape.rank
    if ranks != (1, 4) or None in images.shape[1:]:
        raise ValueError(
            "as_map: elements must be (number, images) or (number, (images, "
            "labels)) in batches, with known sides: "
            "dataset.enumerate().batch(64).map(policy.as_map()). Received: "
            f"shapes {places.shape} and {images.shape}"
        )
    if policy.mixes and labels is None:
        raise ValueError(
            "as_map: a policy that mixes images mixes their labels too: use a "
            "dataset of (image, label). Received: images alone"
        )
