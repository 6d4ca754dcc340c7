"""The menu: every built-in technique, one line each.

A row is `name: (target, one line, our defaults)`. Targets are our own, read
only from this file: a recipe can name a row, never an import path. They are
text so that listing the menu loads neither Keras nor TensorFlow. Defaults are
given only where ours differ from the target's own, and the line says so.
"""

INITIALIZERS = {
    "he_normal": (
        "keras.initializers.HeNormal",
        "variance 2/N_in; for the ReLU family",
    ),
    "he_uniform": (
        "keras.initializers.HeUniform",
        "variance 2/N_in, bound sqrt(6/N_in)",
    ),
    "lecun_normal": (
        "keras.initializers.LecunNormal",
        "variance 1/N_in; for SELU",
    ),
    "lecun_uniform": (
        "keras.initializers.LecunUniform",
        "variance 1/N_in, bound sqrt(3/N_in)",
    ),
    "glorot_normal": (
        "keras.initializers.GlorotNormal",
        "variance 2/(N_in+N_out); for sigmoid and tanh",
    ),
    "glorot_uniform": (
        "keras.initializers.GlorotUniform",
        "variance 2/(N_in+N_out), bound sqrt(6/(N_in+N_out))",
    ),
    "random_normal": (
        "keras.initializers.RandomNormal",
        "normal with a chosen deviation (0.05)",
    ),
    "random_uniform": (
        "keras.initializers.RandomUniform",
        "uniform between two bounds (-0.05, 0.05)",
    ),
    "truncated_normal": (
        "keras.initializers.TruncatedNormal",
        "normal without its tails (0.05)",
    ),
    "variance_scaling": (
        "keras.initializers.VarianceScaling",
        "the family behind He, LeCun and Glorot",
    ),
    "orthogonal": (
        "keras.initializers.Orthogonal",
        "orthogonal rows or columns",
    ),
    "constant": (
        "keras.initializers.Constant",
        "one value everywhere; symmetry is never broken",
    ),
    "zeros": ("keras.initializers.Zeros", "all 0; symmetry is never broken"),
    "ones": ("keras.initializers.Ones", "all 1; symmetry is never broken"),
}

ACTIVATIONS = {
    "relu": ("keras.layers.ReLU", "max(0, x)"),
    "leaky_relu": (
        "keras.layers.LeakyReLU",
        "x, or 0.01 x below 0",
        {"negative_slope": 0.01},
    ),
    "prelu": ("keras.layers.PReLU", "leaky ReLU whose slope is learned"),
    "elu": ("keras.layers.ELU", "x, or exp(x) - 1 below 0"),
    "selu": (
        "keras.layers.Activation",
        "scaled ELU that keeps mean 0, variance 1",
        {"activation": "selu"},
    ),
    "gelu": (
        "keras.layers.Activation",
        "x times the normal distribution function",
        {"activation": "gelu"},
    ),
    "silu": (
        "keras.layers.Activation",
        "x sigmoid(x), also called swish",
        {"activation": "silu"},
    ),
    "sigmoid": (
        "keras.layers.Activation",
        "1 / (1 + exp(-x)); saturates",
        {"activation": "sigmoid"},
    ),
    "tanh": (
        "keras.layers.Activation",
        "hyperbolic tangent; saturates",
        {"activation": "tanh"},
    ),
}

NORMALIZATIONS = {
    "batch_normalization": (
        "keras.layers.BatchNormalization",
        "per channel over the batch; momentum fits the run's length",
    ),
    "layer_normalization": (
        "keras.layers.LayerNormalization",
        "per example over the channels",
    ),
    "group_normalization": (
        "keras.layers.GroupNormalization",
        "per example over groups of channels (8 groups)",
        {"groups": 8},
    ),
    "instance_normalization": (
        "keras.layers.GroupNormalization",
        "per example and channel over space; images only",
        {"groups": -1},
    ),
}

REGULARIZERS = {
    "l2": ("keras.regularizers.L2", "loss + l2 * sum(w^2); Keras' convention"),
    "half_l2": (
        "recipes.techniques.half_l2.HalfL2",
        "loss + 1/2 * l2 * sum(w^2); the textbooks' convention",
    ),
    "l1": ("keras.regularizers.L1", "loss + l1 * sum(|w|)"),
    "l1_l2": (
        "keras.regularizers.L1L2",
        "loss + l1 * sum(|w|) + l2 * sum(w^2)",
    ),
}

OPTIMIZERS = {
    "sgd": (
        "keras.optimizers.SGD",
        "gradient descent; momentum and nesterov are its arguments",
    ),
    "sgdw": (
        "recipes.techniques.weight_decay.SGDW",
        "SGD with decoupled weight decay; biases and norms are left out",
    ),
    "adam": ("keras.optimizers.Adam", "adaptive moments"),
    "adamw": (
        "recipes.techniques.weight_decay.AdamW",
        "Adam with decoupled weight decay; biases and norms are left out",
    ),
    "adagrad": ("keras.optimizers.Adagrad", "rates fall with past gradients"),
    "rmsprop": ("keras.optimizers.RMSprop", "rates by recent gradients"),
    "adadelta": ("keras.optimizers.Adadelta", "rates by a moving window"),
    "adamax": ("keras.optimizers.Adamax", "Adam in the infinity norm"),
    "nadam": ("keras.optimizers.Nadam", "Adam with Nesterov momentum"),
    "adafactor": ("keras.optimizers.Adafactor", "factored second moments"),
    "ftrl": ("keras.optimizers.Ftrl", "follow the regularized leader"),
    "lion": ("keras.optimizers.Lion", "sign of a momentum; small rates"),
    "lamb": ("keras.optimizers.Lamb", "Adam with layer-wise rates"),
}

SCHEDULES = {
    "constant": (
        "recipes.techniques.schedules.constant",
        "the optimizer's learning rate throughout",
    ),
    "step": (
        "recipes.techniques.schedules.step",
        "times `factor` at each given fraction of the run",
    ),
    "exponential": (
        "recipes.techniques.schedules.exponential",
        "falls evenly on a log axis to `final_factor`",
    ),
    "cosine": (
        "recipes.techniques.schedules.cosine",
        "half a cosine down to `alpha`",
    ),
    "warmup_cosine": (
        "recipes.techniques.schedules.warmup_cosine",
        "linear warm-up, then half a cosine",
    ),
    "one_cycle": (
        "recipes.techniques.schedules.one_cycle",
        "up along a cosine, then far down",
    ),
    "reduce_on_plateau": (
        "keras.callbacks.ReduceLROnPlateau",
        "times `factor` when the monitored value stops improving",
        {"factor": 0.5, "patience": 5},
    ),
}

EARLY_STOPPING = {
    "early_stopping": (
        "callbacks.early_stopping.EarlyStopping",
        "stop when nothing improves; the best weights are restored",
        {"patience": 10, "restore_best_weights": True},
    ),
}

NETWORKS = {
    "mlp": ("recipes.network.mlp.mlp", "dense layers, one after another"),
    "cnn": (
        "recipes.network.cnn.cnn",
        "stages of convolutions with pooling between them",
    ),
    "resnet": (
        "recipes.network.resnet.resnet",
        "stages of residual blocks, any depth",
    ),
}

PREPROCESSINGS = {
    "standardization": (
        "recipes.data.preprocessing.standardization",
        "mean 0 and deviation 1 per feature or channel",
    ),
    "channel_mean": (
        "recipes.data.preprocessing.channel_mean",
        "mean 0 per feature or channel (VGG)",
    ),
    "mean_image": (
        "recipes.data.preprocessing.mean_image",
        "minus the mean image, pixel by pixel (AlexNet)",
    ),
}

MENU = {
    "network": NETWORKS,
    "activation": ACTIVATIONS,
    "initializer": INITIALIZERS,
    "normalization": NORMALIZATIONS,
    "regularizer": REGULARIZERS,
    "optimizer": OPTIMIZERS,
    "schedule": SCHEDULES,
    "early_stopping": EARLY_STOPPING,
    "preprocessing": PREPROCESSINGS,
}
