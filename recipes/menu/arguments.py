"""Techniques that are no row of the menu, but an argument of one.

kind/argument → one line. A test holds them to the real signatures; every
argument of a network stands here.
"""

ARGUMENTS = {
    "network/activation": "in place of the recipe's field",
    "network/drop_connect": (
        "DropConnect: weights, not units, are dropped while training"
    ),
    "network/stochastic_depth": (
        "residual branches are skipped at random while training"
    ),
    "network/pooling": "Part of kind pooling, between the stages",
    "network/units": "width of the dense layers",
    "network/global_pooling": "of a head: average, max, or both",
    "network/filters": "channels of the convolutions",
    "network/depth": "convolutions or blocks per stage; all of a transformer's",
    "network/kernel_size": "side of the filters in pixels",
    "network/kernel_sizes": "tokens that each convolution sees at a time",
    "network/embedding_dim": "numbers per token",
    "network/num_heads": "heads of the attention",
    "optimizer/learning_rate": "the peak of the schedule",
    "optimizer/momentum": "share of the last step that is kept",
    "optimizer/nesterov": "momentum that looks one step ahead",
    "optimizer/weight_decay": "decoupled decay; biases and norms are left out",
    "optimizer/clipnorm": "gradient clipping by the norm of each variable's",
    "optimizer/clipvalue": "gradient clipping, number by number",
    "optimizer/global_clipnorm": "gradient clipping by the norm of them all",
    "optimizer/gradient_accumulation_steps": (
        "gradient accumulation: one step from so many batches"
    ),
    "schedule/warmup": "share of the run in which the learning rate rises",
    "normalization/momentum": "of the moving statistics, per step",
    "early_stopping/patience": "epochs without a better one before the end",
    "early_stopping/monitor": "which logged value has to get better",
    "weight_average/momentum": "share of the average that each step keeps",
    "preprocessing/n_components": "axes that are kept, or share of variance",
    "preprocessing/max_tokens": "size of the vocabulary",
    "preprocessing/output_sequence_length": "tokens that are kept of a text",
    "preprocessing/ngrams": "runs of tokens that count as tokens too",
}
