"""Networks and the layers that they are made of."""

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
    "head": (
        "recipes.network.head.head",
        "what stands on a backbone: global pooling, then hidden layers or none",
    ),
    "bag_of_embeddings": (
        "recipes.network.bag_of_embeddings.bag_of_embeddings",
        "texts: the mean of the words' embeddings, then dense layers",
    ),
    "text_cnn": (
        "recipes.network.text_cnn.text_cnn",
        "texts: convolutions along the words, the largest of each",
    ),
    "transformer": (
        "recipes.network.transformer.transformer",
        "texts: a small encoder with self-attention",
    ),
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
    "maxout": (
        "recipes.techniques.maxout.Maxout",
        "the largest of k linear pieces (2); k times the weights",
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

POOLINGS = {
    "max_pooling": (
        "keras.layers.MaxPooling2D",
        "the largest of each window of 2x2",
        {"pool_size": 2},
    ),
    "average_pooling": (
        "keras.layers.AveragePooling2D",
        "the mean of each window of 2x2",
        {"pool_size": 2},
    ),
    "fractional_max_pooling": (
        "recipes.techniques.fractional_max_pooling.FractionalMaxPooling2D",
        "max pooling by a ratio between 1 and 2, regions drawn at random",
    ),
}
