"""What each recipe function sets, beside the fields of `Recipe` itself."""

from recipes.part import Part

_CNN = {
    "network": Part("cnn", filters=((32, 32), (64, 64), (128,))),
    "normalization": Part("batch_normalization"),
    "optimizer": Part("adamw", learning_rate=3e-3),
    "schedule": Part("warmup_cosine", warmup=0.1),
    "image_size": "auto",
    "epochs": 20,
}
_TABLE = {
    "network": Part("mlp", units=(64, 64)),
    "normalization": Part("batch_normalization"),
    "optimizer": Part("adamw", learning_rate=3e-3),
    "schedule": Part("warmup_cosine", warmup=0.1),
    "batch_size": 32,
    "epochs": 60,
    "early_stopping": Part("early_stopping", patience=20),
}
FINE_TUNER = {
    "network": Part("head"),
    "strategy": Part("auto"),
    "normalization_statistics": "auto",
    "normalization": Part("batch_normalization"),
    "preprocessing": None,
    "optimizer": Part("adamw", learning_rate=3e-3),
    "schedule": Part("warmup_cosine", warmup=0.1),
    "image_size": "auto",
    "batch_size": 32,
    "epochs": "auto",
}
# Task → field → value.
DEFAULTS = {
    "image_classifier": _CNN,
    "image_fine_tuner": FINE_TUNER,
    "image_regressor": _CNN,
    "tabular_classifier": _TABLE,
    "tabular_regressor": {
        **_TABLE,
        "activation": Part("elu"),
        "regularization": "strong",
    },
    "text_classifier": {
        "network": Part(
            "text_cnn", embedding_dim=64, filters=128, kernel_sizes=(1, 2, 3)
        ),
        "preprocessing": Part("text_vectorization"),
        "optimizer": Part("adamw", learning_rate=1e-3),
        "schedule": Part("warmup_cosine", warmup=0.1),
        "regularization": "medium",
        "batch_size": 32,
        "epochs": 10,
    },
}


def default_of(recipe):
    """Return what the recipe function of a recipe's task gives by default.

    With a backbone: the fine-tuner's, on the same backbone.

    Args:
        recipe: A `Recipe`.
    """
    fields = {"task": recipe.task, "multi_label": recipe.multi_label}
    if recipe.backbone is None:
        return type(recipe)(**fields, **DEFAULTS[recipe.task])
    return type(recipe)(**fields, **FINE_TUNER, backbone=recipe.backbone)
