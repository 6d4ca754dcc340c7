"""Fields that contradict each other, or the recipe's task."""

from recipes import registry
from recipes.errors import RecipeError
from recipes.part import Part
from recipes.resolve import METRICS_OF, fitting_names, target_of
from recipes.search_space import Range
from recipes.tasks import TARGETS, TASKS

# What a built-in network can take; one that is not here finds out itself.
TAKES = {
    "mlp": ("image", "table"),
    "cnn": ("image",),
    "resnet": ("image",),
    "head": ("image",),
    "bag_of_embeddings": ("text",),
    "text_cnn": ("text",),
    "transformer": ("text",),
}


WITHOUT_BACKBONE = (
    ("preprocessing", None, "the backbone has the one it was pretrained with"),
    ("weight_average", None, "a stage would begin from averages"),
    (
        "precise_batch_normalization",
        False,
        "a backbone keeps the statistics of its pretraining",
    ),
)


def check_together(recipe):
    """Refuse fields that contradict each other.

    Raises:
        RecipeError: Naming the fields.
    """
    task = TASKS.get(recipe.task) if isinstance(recipe.task, str) else None
    if task is None:
        raise RecipeError("`task` cannot be a range; choose one.")
    _check_task(recipe, task)
    splits = (recipe.validation_split, recipe.test_split)
    if all(isinstance(s, float) for s in splits) and sum(splits) >= 1:
        raise RecipeError(
            "`validation_split` + `test_split` must be below 1, so that "
            f"something is left to train on. Received: {splits}"
        )
    _check_activation(recipe)


def _check_activation(recipe):
    """Refuse two activations, of which one would be dropped."""
    part = recipe.network
    inside = part.config.get("activation") if isinstance(part, Part) else None
    ranges = isinstance(recipe.activation, Range) or isinstance(inside, Range)
    if inside is None or ranges:
        return
    if recipe.activation in (inside, Part("relu")):  # given twice, by default
        return
    if registry.lookup("network", part.name).moves("activation"):
        raise RecipeError(
            "`activation` and `network/activation` are one field: give one "
            f"of the two. Received: activation={recipe.activation!r}, "
            f"network={part!r}"
        )


def _check_task(recipe, task):
    """Refuse what the recipe's task has no use for."""
    if task.features == "image" and recipe.image_size is None:
        raise RecipeError(
            '`image_size` must be (height, width) or "auto" for '
            f"{recipe.task}. Received: None"
        )
    if task.features != "image" and recipe.image_size is not None:
        raise RecipeError(
            f"`image_size` must be None for {recipe.task}: a {task.features} "
            f"has no pixels. Received: {recipe.image_size!r}"
        )
    _check_network(recipe, task)
    _check_backbone(recipe)
    _check_preprocessing(recipe, task)
    _check_augmentation(recipe, task)
    _check_metrics(recipe)
    if task.target == "number":
        for name, neutral in (
            ("label_smoothing", ("auto", 0)),
            ("multi_label", (False,)),
            ("class_weight", (None,)),
            ("balanced_sampling", (False,)),
        ):
            if getattr(recipe, name) not in neutral:
                raise RecipeError(
                    f"`{name}` must be {neutral[-1]} for {recipe.task}: "
                    "numbers are not classes. "
                    f"Received: {getattr(recipe, name)!r}"
                )
    balanced = recipe.class_weight or recipe.balanced_sampling
    if recipe.multi_label is True and balanced:
        raise RecipeError(
            "`class_weight` and `balanced_sampling` need one class per "
            "example: with multi_label=True leave them None and False. "
            f"Received: class_weight={recipe.class_weight!r}, "
            f"balanced_sampling={recipe.balanced_sampling!r}"
        )


def _check_network(recipe, task):
    """Refuse a network for other features than the task has."""
    name = getattr(recipe.network, "name", None)
    takes = TAKES.get(name, (task.features,))
    if task.features not in takes:
        words = " or ".join(f"{features}s" for features in takes)
        fitting = [repr(n) for n, t in TAKES.items() if task.features in t]
        raise RecipeError(
            f"`network`: {name!r} needs {words}; for {task.features}s use "
            f"{', '.join(fitting)}. The task is {recipe.task}. "
            f"Received: {recipe.network!r}"
        )


def _check_backbone(recipe):
    """Refuse a backbone without its head, and what goes with one alone."""
    tuner = recipe.task == "image_fine_tuner"
    if recipe.task == "image_regressor":  # with a backbone, or without
        tuner = recipe.backbone is not None
    for name in ("backbone", "strategy", "normalization_statistics"):
        value = getattr(recipe, name)
        if not tuner and value is not None:
            raise RecipeError(
                f"`{name}` is for the recipe image_fine_tuner; leave it None "
                f"for {recipe.task} without a backbone. Received: {value!r}"
            )
        if tuner and value is None:
            raise RecipeError(
                f"`{name}` must be given for image_fine_tuner: "
                "backbone='EfficientNetV2B0', strategy='auto', "
                "normalization_statistics='auto'. Received: None"
            )
    network = getattr(recipe.network, "name", None)
    if not tuner:
        if network == "head":
            raise RecipeError(
                "`network`: 'head' stands on a backbone: take the recipe "
                f"image_fine_tuner. Received: {recipe.network!r}"
            )
        return
    if network in TAKES and network != "head":
        raise RecipeError(
            "`network` must be 'head', or one of your own, for "
            "image_fine_tuner: the backbone is the network. "
            f"Received: {recipe.network!r}"
        )
    for name, neutral, why in WITHOUT_BACKBONE:
        if getattr(recipe, name) is not neutral:
            raise RecipeError(
                f"`{name}` must be {neutral} for image_fine_tuner: {why}. "
                f"Received: {getattr(recipe, name)!r}"
            )


def _check_metrics(recipe):
    """Refuse metrics of other targets, and two of one name."""
    ranges = any(
        isinstance(v, Range) for v in (recipe.metrics, recipe.multi_label)
    )
    if ranges or recipe.metrics == "auto":
        return
    target = target_of(recipe)
    names = [part.name for part in recipe.metrics]
    for part in recipe.metrics:
        if names.count(part.name) > 1:
            raise RecipeError(
                f"`metrics`: {part.name!r} stands twice, and its name stands "
                f"in the logs already; choose one. Received: {recipe.metrics}"
            )
        ours = part.name in registry.MENU["metric"]
        if not ours or part.name in METRICS_OF[target]:
            continue
        fitting = fitting_names(target)
        if part.name not in fitting:
            raise RecipeError(
                f"`metrics`: {part.name!r} is no metric of {TARGETS[target]}; "
                f"use one of {', '.join(fitting)}. The task is {recipe.task}. "
                f"Received: {part!r}"
            )


def _check_preprocessing(recipe, task):
    """Refuse numbers for words, and words for numbers."""
    part = recipe.preprocessing
    name = getattr(part, "name", None)
    ours = part is None or name in registry.MENU["preprocessing"]
    words = name == "text_vectorization"
    if ours and words != (task.features == "text"):
        raise RecipeError(
            "`preprocessing` must be 'text_vectorization' for texts, and for "
            f"nothing else; this is a {recipe.task}. Received: {part!r}"
        )


def _check_augmentation(recipe, task):
    """Refuse pictures' steps for words, words' for pictures, any for tables."""
    given = recipe.augmentation
    parts = given if isinstance(given, tuple) else ()
    if task.features == "table" and given is not None:
        raise RecipeError(
            f"`augmentation` must be None for {recipe.task}: it is for images "
            f"and texts. Received: {given!r}"
        )
    for part in parts:
        _check_values(part)
        ours = part.name in registry.MENU["augmentation"]
        words = part.name.startswith("word_")
        if ours and words != (task.features == "text"):
            kind = "images" if task.features == "image" else "texts"
            raise RecipeError(
                f"`augmentation`: {part.name!r} is not for {kind}; this is a "
                f"{recipe.task}. Received: {part!r}"
            )


def _check_values(part):
    """Refuse values of a step that it would refuse itself, ends of ranges too.

    Steps are plain objects: to build one costs nothing.
    """
    for end in (0, -1):
        closed = {
            name: value.ends()[end] if isinstance(value, Range) else value
            for name, value in part.config.items()
        }
        if not any(map(registry.holds_part, closed.values())):
            registry.build("augmentation", part.replace(**closed))
