"""One tiny example per registry entry; the battery runs on all of them.

A new technique adds one line here. `{}` stands for its defaults. `"zero"` is
no argument: it holds those with which the technique does nothing.
"""

# Kinds of what has a strength: every row says its zero, or that it has none.
WITH_STRENGTH = ("network", "regularizer", "weight_average", "augmentation")

EXAMPLES = {
    "network": {
        "mlp": {
            "units": (4,),
            "drop_connect": 0.5,
            "zero": {"drop_connect": 0.0},
        },
        "cnn": {
            "filters": (4,),
            "depth": 1,
            "drop_connect": 0.5,
            "zero": {"drop_connect": 0.0},
        },
        "resnet": {
            "filters": (4,),
            "depth": 1,
            "stochastic_depth": 0.5,
            "zero": {"stochastic_depth": 0.0},
        },
        "head": {"global_pooling": "both", "units": (4,), "zero": None},
        "bag_of_embeddings": {
            "embedding_dim": 4,
            "units": (4,),
            "zero": None,
        },
        "text_cnn": {"embedding_dim": 4, "filters": 4, "zero": None},
        "transformer": {"embedding_dim": 4, "num_heads": 2, "zero": None},
    },
    "backbone": {"glyphnet": {}},
    "strategy": {
        "auto": {"few": 2},
        "frozen": {"views": None},
        "full": {"multiplier": 0.2},
        "top": {"blocks": 2},
        "gradual": {"stages": 2},
        "layerwise": {"factor": 0.3},
        "scratch": {},
        "table": {"stages": [("all", 1.0, [("stem", 0), (".*", 1)])]},
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
        "l2": {"l2": 0.1, "zero": {"l2": 0.0}},
        "half_l2": {"l2": 0.1, "zero": {"l2": 0.0}},
        "l1": {"l1": 0.1, "zero": {"l1": 0.0}},
        "l1_l2": {"l1": 0.1, "l2": 0.1, "zero": {"l1": 0.0, "l2": 0.0}},
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
    "weight_average": {
        "exponential_moving_average": {
            "momentum": 0.5,
            "zero": {"momentum": 0.0},
        }
    },
    "preprocessing": {
        "standardization": {},
        "channel_mean": {},
        "mean_image": {},
        "pca": {"n_components": 5},
        "pca_whitening": {"n_components": 5},
        "zca_whitening": {},
        "text_vectorization": {"max_tokens": 20},
    },
    "augmentation": {
        "light": {"zero": {"strength": 0.0}},
        "standard": {"zero": {"strength": 0.0}},
        "strong": {"zero": {"strength": 0.0}},
        "trivial": {"zero": {"strength": 0.0}},
        "randaugment": {"zero": {"strength": 0.0}},
        "resnet": {"zero": {"strength": 0.0}},
        "random_flip": {"mode": "horizontal", "zero": {"rate": 0.0}},
        "random_rotation": {"factor": 0.1, "zero": {"factor": 0.0}},
        "random_translation": {
            "height_factor": 0.2,
            "width_factor": 0.2,
            "zero": {"height_factor": 0.0, "width_factor": 0.0},
        },
        "random_zoom": {"height_factor": 0.2, "zero": {"height_factor": 0.0}},
        "random_shear": {
            "x_factor": 0.2,
            "zero": {"x_factor": 0.0, "y_factor": 0.0},
        },
        "random_crop": {"padding": 0.25, "zero": {"padding": 0.0}},
        "random_resized_crop": {"scale": (0.5, 1.0), "zero": None},
        "random_scale_crop": {"shorter_side": (4, 6), "zero": None},
        "random_lens_distortion": {"factor": 0.2, "zero": {"factor": 0.0}},
        "random_brightness": {"factor": 0.2, "zero": {"factor": 0.0}},
        "random_contrast": {"factor": 0.2, "zero": {"factor": 0.0}},
        "random_saturation": {"factor": 0.2, "zero": {"factor": 0.0}},
        "random_hue": {"factor": 0.2, "zero": {"factor": 0.0}},
        "random_color_jitter": {
            "brightness_factor": 0.3,
            "zero": {
                "brightness_factor": 0.0,
                "contrast_factor": 0.0,
                "saturation_factor": 0.0,
                "hue_factor": 0.0,
            },
        },
        "random_grayscale": {"factor": 1.0, "zero": {"factor": 0.0}},
        "random_invert": {"factor": 0.5, "zero": {"factor": 0.0}},
        "random_pca_noise": {"stddev": 0.2, "zero": {"stddev": 0.0}},
        "auto_contrast": {"zero": {"rate": 0.0}},
        "equalization": {"zero": {"rate": 0.0}},
        "solarization": {"threshold_factor": 0.5, "zero": {"rate": 0.0}},
        "random_posterization": {"factor": (2, 4), "zero": {"factor": 8}},
        "random_sharpness": {"factor": 0.5, "zero": {"factor": 0.0}},
        "random_erasing": {"rate": 1.0, "zero": {"rate": 0.0}},
        "random_cutout": {"size": 0.5, "zero": {"rate": 0.0}},
        "mixup": {"alpha": 1.0, "zero": {"rate": 0.0}},
        "cutmix": {"alpha": 1.0, "zero": {"rate": 0.0}},
        "mixup_or_cutmix": {"zero": {"rate": 0.0}},
        "rand_augment": {"num_ops": 2, "zero": {"rate": 0.0}},
        "trivial_augment": {"zero": {"rate": 0.0}},
        "word_drop": {"rate": 0.5, "zero": {"rate": 0.0}},
        "word_swap": {"rate": 0.5, "zero": {"rate": 0.0}},
        "word_move": {"rate": 0.5, "zero": {"rate": 0.0}},
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
    ("augmentation", "word_drop"),
    ("augmentation", "word_swap"),
    ("augmentation", "word_move"),
}
NUMBERS = {("metric", name) for name in ("mae", "rmse", "r2", "mape")}

# What stands on a backbone; the small one that comes with the library. The
# others have tests of their own, in tests/backbones.
TUNED = {
    ("network", "head"),
    ("backbone", "glyphnet"),
    *(("strategy", name) for name in EXAMPLES["strategy"]),
}
ELSEWHERE = ("backbone",)
