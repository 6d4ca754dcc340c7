"""What benchmarks/evidence.py does not measure: why → the names."""

from recipes import registry

_BACKBONES = [
    f"backbone/{name}"
    for name in registry.MENU["backbone"]
    if name != "glyphnet"
]

EXCUSED = {
    "it judges, and changes no weight": [
        *(f"metric/{name}" for name in registry.MENU["metric"]),
        "metrics",
    ],
    "its pretrained weights are no part of the library: a file to be brought, "
    "and pictures larger than any embedded here": _BACKBONES,
    "the twin of every row of its kind": [
        *("schedule/constant", "pooling/max_pooling", "network/mlp"),
        "network/bag_of_embeddings",
    ],
    "how texts become numbers at all: there is no twin without it": [
        "preprocessing/text_vectorization",
    ],
    "rates of your own: the other strategies are cases of it": [
        "strategy/table",
    ],
    "a size or a strength, to be searched (`recipes sweep`), not a technique": [
        *("network/units", "network/filters", "network/depth"),
        *("network/kernel_size", "network/kernel_sizes"),
        *("network/embedding_dim", "network/num_heads"),
        *("preprocessing/max_tokens", "preprocessing/output_sequence_length"),
        *("optimizer/learning_rate", "early_stopping/patience", "epochs"),
    ],
    "which value is watched: of a task it follows from the question": [
        "early_stopping/monitor",
    ],
    "the same as the field or the kind, which has rows": [
        *("network/activation", "network/pooling", "network", "backbone"),
        *("strategy", "activation", "normalization", "kernel_regularizer"),
        *("preprocessing", "augmentation", "optimizer", "schedule"),
        *("early_stopping", "weight_average"),
    ],
    "what is asked of the data, not how it is learned": [
        *("task", "multi_label"),
    ],
    "how a score is made trustworthy, not better": [
        *("validation_split", "test_split", "seed", "split_seed"),
    ],
}
