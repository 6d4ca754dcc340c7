"""What a fit is made of: optimizers, schedules, when to stop."""

PLATEAU = "reduce_on_plateau"  # the one schedule that is a callback

OPTIMIZERS = {
    "sgd": (
        "recipes.techniques.optimizers.SGD",
        "gradient descent; momentum and nesterov are its arguments",
    ),
    "sgdw": (
        "recipes.techniques.weight_decay.SGDW",
        "SGD with decoupled weight decay; biases and norms are left out",
    ),
    "adam": ("recipes.techniques.optimizers.Adam", "adaptive moments"),
    "adamw": (
        "recipes.techniques.weight_decay.AdamW",
        "Adam with decoupled weight decay; biases and norms are left out",
    ),
    "adagrad": (
        "recipes.techniques.optimizers.Adagrad",
        "rates fall with past gradients",
    ),
    "rmsprop": (
        "recipes.techniques.optimizers.RMSprop",
        "rates by recent gradients",
    ),
    "adadelta": (
        "recipes.techniques.optimizers.Adadelta",
        "rates by a moving window",
    ),
    "adamax": (
        "recipes.techniques.optimizers.Adamax",
        "Adam in the infinity norm",
    ),
    "nadam": (
        "recipes.techniques.optimizers.Nadam",
        "Adam with Nesterov momentum",
    ),
    "adafactor": (
        "recipes.techniques.optimizers.Adafactor",
        "factored second moments",
    ),
    "ftrl": (
        "recipes.techniques.optimizers.Ftrl",
        "follow the regularized leader",
    ),
    "lion": (
        "recipes.techniques.optimizers.Lion",
        "sign of a momentum; small rates",
    ),
    "lamb": (
        "recipes.techniques.optimizers.Lamb",
        "Adam with layer-wise rates",
    ),
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
    PLATEAU: (
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

WEIGHT_AVERAGES = {
    "exponential_moving_average": (
        "recipes.techniques.weight_average.exponential_moving_average",
        "EMA: validate and save a moving average of the weights",
    ),
}
