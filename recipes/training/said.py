"""What a fine-tuning says of its backbone, before the first step."""

from recipes.backbones.preprocessing import in_words

SHORT = 12  # digits of a hash


def backbone_words(plan):
    """Say which backbone with which weights, and what images become for it.

    Args:
        plan: The plan of a fit with a backbone.

    Returns:
        Two lines.
    """
    about = origin(plan)
    weights = "random weights"
    if about["weights"] is not None:
        weights = f"weights {about['weights']}"
    if about["sha256"] is not None:
        weights += f" (sha256 {about['sha256'][:SHORT]})"
    return (
        f"backbone {about['name']}: {weights}\n"
        f"images: {images(plan)}; {about['preprocessing']}"
    )


def origin(plan):
    """Return name, weights, hash and preprocessing, for environment.json."""
    backbone = plan.transfer.backbone
    return {
        "name": plan.recipe.backbone.name,
        **backbone.origin,
        "preprocessing": in_words(backbone.preprocessing),
    }


def images(plan):
    """Say at which size and in which channels a backbone gets the images.

    Files of several sizes are read at one, from which the rest follows.
    """
    *given, channels = plan.data.input_shape
    size = tuple(plan.recipe.image_size)
    steps = [f"{given[0]}×{given[1]}"]
    sizes = getattr(plan.data.train.source, "sizes", None)
    if sizes is not None and (sizes != given).any():
        low, high = sizes.min(axis=0), sizes.max(axis=0)
        files = f"files of {low[0]:g}×{low[1]:g} to {high[0]:g}×{high[1]:g}"
        steps = [f"{files} read at {steps[0]}"]
    if size != tuple(given):
        larger = size[0] * size[1] > given[0] * given[1]
        how = "enlarged" if larger else "reduced"
        steps.append(f"{how} to {size[0]}×{size[1]}")
    said = " ".join(steps)
    wanted = plan.transfer.backbone.channels
    if channels == wanted:
        return f"{said}, {'gray' if channels == 1 else 'RGB'}"
    return f"{said}, {'gray as RGB' if wanted == 3 else 'RGB as gray'}"
