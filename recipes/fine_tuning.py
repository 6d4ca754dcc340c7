"""The recipe for images on a pretrained backbone."""

import os

from recipes import registry
from recipes.defaults import FINE_TUNER
from recipes.errors import RecipeError
from recipes.fields import check_names
from recipes.menu import MENU
from recipes.part import Part
from recipes.recipe import Recipe
from recipes.search_space import Choice, Range


def image_fine_tuner(
    backbone="EfficientNetV2B0",
    *,
    weights=...,
    layer=...,
    stages=...,
    views=...,
    **fields,
):
    """Learn from images with a head on a pretrained backbone.

    For few images, or images like those of the pretraining. After each stage
    the run proves which variables moved, and fails if one that should not
    have did, or one that should have did not. Classes are learned; labels
    with `multi_label=True`, numbers with `task="image_regressor"`.

    Args:
        backbone: Part of kind backbone or its name, such as
            `"EfficientNetV2B0"` (ImageNet's weights are downloaded once), or
            `"glyphnet"`, small and embedded, for characters and the like. Or
            a `keras.Model` of your own, or the path of a `.keras` file, whose
            output are the features: see `recipes.backbone_part`, and pass
            `preprocessing="tf"`, `"torch"`, `"caffe"` or `"none"` with it.
        weights: Short for the backbone's: a path, `"imagenet"`, or None.
        layer: Short for the backbone's, of a model or file: the name of the
            layer whose output are the features.
        stages: Short for the strategy's, with `strategy="gradual"`: a number.
        views: Short for the strategy's, with `strategy="frozen"` or "auto".
        **fields: Any field of `Recipe`, by name; the others keep this
            recipe's values (`recipes show image_fine_tuner` prints them).

    Returns:
        A `Recipe`.

    Raises:
        RecipeError: For a misspelt field or an illegal value, and a model that
            cannot be a backbone.

    Example:

    >>> import recipes
    >>> recipes.image_fine_tuner("glyphnet", strategy="full").backbone
    Part('glyphnet')
    """
    check_names(fields)
    fields = {**FINE_TUNER, **fields}
    if isinstance(weights, os.PathLike):
        weights = os.fspath(weights)
    options = {"weights": weights, "layer": layer}
    if _has_preprocessing(backbone) and fields["preprocessing"] is not None:
        options["preprocessing"] = fields.pop("preprocessing")
        fields["preprocessing"] = None
    options = {k: v for k, v in options.items() if v is not ...}
    if _handed_over(backbone):
        from recipes.transfer.kept_models import backbone_part

        own = {k: options.pop(k) for k in [*options] if k != "weights"}
        backbone = backbone_part(backbone, **own)
    if options:
        backbone = _with(backbone, **options)
    if stages is not ...:
        fields["strategy"] = _in_stages(fields["strategy"], stages)
    if views is not ...:
        fields["strategy"] = _with(fields["strategy"], views=views)
    return Recipe(
        **{"task": "image_fine_tuner", "backbone": backbone, **fields}
    )


def _handed_over(backbone):
    """Whether a backbone is a model or a file, and no name yet."""
    if isinstance(backbone, str):
        return backbone.endswith(".keras")
    return not isinstance(backbone, (Part, Range, type(None)))


def _has_preprocessing(backbone):
    """Whether a backbone has to be told its preprocessing."""
    if _handed_over(backbone):
        return True
    part = registry.as_part(backbone)
    return isinstance(part, Part) and part.name in ("keras_file", "keras_hub")


def _in_stages(strategy, stages):
    """Return a strategy with its stages; most have one, and take none."""
    name = getattr(registry.as_part(strategy), "name", None)
    if name in MENU["strategy"] and name not in ("gradual", "table"):
        raise RecipeError(
            "`stages` is for strategy='gradual', or 'table' with stages of "
            f"your own. Received: stages={stages!r}, strategy={name!r}"
        )
    return _with(strategy, stages=stages)


def _with(value, **config):
    """Return a Part, or each of a Choice, with more arguments.

    What is neither is refused where the recipe is made.
    """
    value = registry.as_part(value)
    if isinstance(value, Choice):
        return Choice([_with(option, **config) for option in value.values])
    return value.replace(**config) if isinstance(value, Part) else value
