"""One tiny example per registry entry; the battery runs on all of them.

A new technique adds one line here. `{}` stands for its defaults.
"""

EXAMPLES = {
    "network": {
        "mlp": {"units": (4,)},
        "cnn": {"filters": (4,), "depth": 1},
        "resnet": {"filters": (4,), "depth": 1, "stochastic_depth": 0.5},
        "bag_of_embeddings": {"embedding_dim": 4, "units": (4,)},
        "text_cnn": {"embedding_dim": 4, "filters": 4},
        "transformer": {"embedding_dim": 4, "num_heads": 2},
    },
    "activation": {
        "relu": {"negative_slope": 0.1},
        "leaky_relu": {"negative_slope": 0.2},
        "prelu": {},
        "elu": {"alpha": 0.5},
        "selu": {},
        "gelu": {},
        "silu": {},
        "sigmoid": {},
        "tanh": {},
        "maxout": {"num_pieces": 3},
    },
    "initializer": {
        "he_normal": {},
        "he_uniform": {},
        "lecun_normal": {},
        "lecun_uniform": {},
        "glorot_normal": {},
        "glorot_uniform": {},
        "random_normal": {"stddev": 0.1},
        "random_uniform": {"minval": -0.1, "maxval": 0.1},
        "truncated_normal": {"stddev": 0.1},
        "variance_scaling": {"scale": 2.0, "mode": "fan_avg"},
        "orthogonal": {"gain": 1.5},
        "identity": {"gain": 0.5},
        "dirac_delta": {"gain": 0.5},
        "constant": {"value": 0.1},
        "zeros": {},
        "ones": {},
    },
    "normalization": {
        "batch_normalization": {"momentum": 0.8},
        "layer_normalization": {"epsilon": 1e-5},
        "group_normalization": {"groups": 2},
        "instance_normalization": {},
    },
    "pooling": {
        "max_pooling": {},
        "average_pooling": {"pool_size": 2},
        "fractional_max_pooling": {"ratio": 1.5},
    },
    "regularizer": {
        "l2": {"l2": 0.1},
        "half_l2": {"l2": 0.1},
        "l1": {"l1": 0.1},
        "l1_l2": {"l1": 0.1, "l2": 0.1},
    },
    "optimizer": {
        "sgd": {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True},
        "sgdw": {"learning_rate": 0.1, "weight_decay": 0.1},
        "adam": {"learning_rate": 0.1, "global_clipnorm": 1.0},
        "adamw": {"learning_rate": 0.1, "weight_decay": 0.1},
        "adagrad": {},
        "rmsprop": {"rho": 0.8},
        "adadelta": {},
        "adamax": {},
        "nadam": {},
        "adafactor": {},
        "ftrl": {},
        "lion": {},
        "lamb": {},
    },
    "schedule": {
        "constant": {},
        "step": {"at": (0.5,), "factor": 0.5},
        "exponential": {"final_factor": 0.1},
        "cosine": {"alpha": 0.1},
        "warmup_cosine": {"warmup": 0.2},
        "one_cycle": {"warmup": 0.3},
        "reduce_on_plateau": {"patience": 0},
    },
    "early_stopping": {"early_stopping": {"patience": 2}},
    "weight_average": {"exponential_moving_average": {"momentum": 0.5}},
    "preprocessing": {
        "standardization": {},
        "channel_mean": {},
        "mean_image": {},
        "pca": {"n_components": 5},
        "pca_whitening": {"n_components": 5},
        "zca_whitening": {},
        "text_vectorization": {"max_tokens": 20},
    },
    "metric": {
        "accuracy": {},
        "top_k_accuracy": {"k": 2},
        "f1": {},
        "precision": {},
        "recall": {},
        "balanced_accuracy": {},
        "auc": {},
        "mae": {},
        "rmse": {},
        "r2": {},
        "mape": {},
    },
}
FIELD_OF = {
    "initializer": "kernel_initializer",
    "regularizer": "kernel_regularizer",
    "metric": "metrics",
}
# Rows that need something else than a small cnn around them: a task, fields.
AROUND = {
    ("initializer", "identity"): {"network": ("mlp", {"units": (4,)})},
    ("preprocessing", "pca"): {"network": ("mlp", {"units": (4,)})},
    ("preprocessing", "pca_whitening"): {"network": ("mlp", {"units": (4,)})},
}
TEXT = {
    ("network", "bag_of_embeddings"),
    ("network", "text_cnn"),
    ("network", "transformer"),
    ("preprocessing", "text_vectorization"),
}
NUMBERS = {("metric", name) for name in ("mae", "rmse", "r2", "mape")}
