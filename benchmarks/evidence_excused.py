"""What benchmarks/evidence.py does not measure: why, and the names."""

from recipes import registry

_BACKBONES = [
    f"backbone/{name}"
    for name in registry.MENU["backbone"]
    if name != "glyphnet"
]

# (place on the menu, why, names)
EXCUSED = (
    (
        "",
        "it judges, and changes no weight",
        [*(f"metric/{name}" for name in registry.MENU["metric"]), "metrics"],
    ),
    (
        "H5",
        "its pretrained weights are no part of the library: a file to be "
        "brought, and pictures larger than any that are embedded",
        _BACKBONES,
    ),
    (
        "",
        "the twin that others of its kind are compared with",
        [
            *("schedule/constant", "pooling/max_pooling", "network/mlp"),
            "network/bag_of_embeddings",
        ],
    ),
    (
        "",
        "how texts become numbers at all: there is no twin without it",
        ["preprocessing/text_vectorization"],
    ),
    (
        "H3",
        "stages and rates of your own: the other strategies are cases of it",
        ["strategy/table"],
    ),
    (
        "",
        "a size or a strength, to be searched (`recipes sweep`)",
        [
            *("network/units", "network/filters", "network/depth"),
            *("network/kernel_size", "network/kernel_sizes"),
            *("network/embedding_dim", "network/num_heads"),
            "preprocessing/max_tokens",
            "preprocessing/output_sequence_length",
            *("optimizer/learning_rate", "early_stopping/patience", "epochs"),
        ],
    ),
    (
        "D11",
        "which value is watched follows from what is asked of the model",
        ["early_stopping/monitor"],
    ),
    (
        "",
        "the same as its kind, which has rows",
        [
            *("network/activation", "network/pooling", "network", "backbone"),
            *("strategy", "activation", "normalization", "kernel_regularizer"),
            *("preprocessing", "augmentation", "optimizer", "schedule"),
            *("early_stopping", "weight_average"),
        ],
    ),
    (
        "",
        "what is asked of the data, not how it is learned",
        ["task", "multi_label"],
    ),
    (
        "F1",
        "how a score is made trustworthy, not better",
        ["validation_split", "test_split", "seed", "split_seed"],
    ),
    (
        "F2",
        "the same: mean and deviation over folds",
        ["recipe.cross_validate"],
    ),
    (
        "F4",
        "where data comes from: the same pixels give the same weights",
        ["recipes.data.load"],
    ),
)
