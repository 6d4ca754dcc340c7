"""Rules on what keeps weights small and units noisy."""

import re

from recipes import registry
from recipes.lint.facts import named
from recipes.lint.finding import NO_COST, Finding
from recipes.part import Part
from recipes.resolve import DIAL, DIVIDING
from recipes.techniques.weight_decay import EXCLUDED

DROPS_LAST = "cnn", "resnet"  # behind the last normalization
SMALL = 1000  # rows below which nothing but regularization holds back
STRONG = 0.5  # the rate at which Li et al. find the variance shift severe


def strong_dropout_normalization(recipe, facts):
    """Dropout of one half and more together with batch normalization.

    Measured: breast_cancer, dropout 0.6, 20 epochs, test accuracy over seeds
    0, 1, 2: 0.962 ± 0.005, mended 0.974 ± 0.009.
    """
    norm = named(recipe.normalization, "batch_normalization")
    behind = named(recipe.network, *DROPS_LAST)
    if not norm or behind or recipe.dropout < STRONG:
        return None
    return Finding(
        "strong-dropout-normalization",
        "dropout",
        f"Dropping {recipe.dropout:g} of the units changes the variance that "
        "batch normalization sees in training, not the one it meets when "
        "predicting.",
        "Li, Chen, Hu, Yang, 2019, arXiv:1801.05134",
        {"dropout": 0.2},
    )


def coupled_l2(recipe, facts):
    """An L2 penalty in the gradient that Adam divides by its size.

    Measured: breast_cancer, l2=0.01 with AdamW, 20 epochs, test accuracy over
    seeds 0, 1, 2: 0.965 ± 0.023, mended 0.977 ± 0.010: no cost beyond the
    spread.
    """
    part = recipe.kernel_regularizer
    optimizer = recipe.optimizer
    squared = named(part, "l2", "half_l2", "l1_l2")
    if not squared or not named(optimizer, *DIVIDING):
        return None
    if not registry.default("regularizer", part, "l2"):
        return None
    changes = {"kernel_regularizer": None}
    if named(part, "l1_l2"):
        l1 = registry.default("regularizer", part, "l1")
        changes["kernel_regularizer"] = Part("l1", l1=l1)
    if not optimizer.config.get("weight_decay"):
        decay = DIAL[recipe.regularization][1] or DIAL["light"][1]
        changes["optimizer"] = optimizer.replace(weight_decay=decay)
    return Finding(
        "coupled-l2",
        "kernel_regularizer",
        f"{optimizer.name!r} divides the penalty's gradient by the size of "
        "the gradient, so that weights with large gradients hardly shrink; "
        f"decoupled weight decay shrinks all alike. {NO_COST}",
        "Loshchilov and Hutter, 2019, arXiv:1711.05101",
        changes,
    )


def decay_everything(recipe, facts):
    """Weight decay that biases and norms are not excluded from.

    Measured: wine, a decay of 0.5, 40 epochs, test accuracy over seeds 0, 1,
    2: 0.981 ± 0.032, mended 0.991 ± 0.016: no cost beyond the spread.
    """
    config = dict(recipe.optimizer.config)
    excluded = config.pop("exclude_from_weight_decay", None)
    if excluded is None or not config.get("weight_decay"):
        return None
    if isinstance(excluded, str):
        excluded = (excluded,)
    decayed = [
        name
        for name in EXCLUDED
        if not any(re.search(str(pattern), name) for pattern in excluded)
        # The slopes of PReLU, which no other activation has.
        and (name != "alpha" or named(recipe.activation, "prelu"))
    ]
    if not decayed:
        return None
    return Finding(
        "decay-everything",
        "optimizer/exclude_from_weight_decay",
        f"{', '.join(decayed)}: decay pulls offsets and scales of norms to 0, "
        f"which makes no function simpler. {NO_COST}",
        "He et al., 2019, arXiv:1812.01187; Goyal et al., 2017, "
        "arXiv:1706.02677",
        {"optimizer": Part(recipe.optimizer.name, **config)},
    )


def smoothing_mixup(recipe, facts):
    """Label smoothing beside mixup or CutMix, which mix the labels.

    Not always a loss: He et al., 2019 (arXiv:1812.01187) gain from both in
    long runs on ImageNet. On small data the two together underfit.
    """
    mixing = [
        part.name
        for part in recipe.augmentation or ()
        if named(part, "mixup", "cutmix", "mixup_or_cutmix", "strong")
    ]
    if not mixing or not recipe.label_smoothing:
        return None
    return Finding(
        "smoothing-mixup",
        "label_smoothing",
        f"{mixing[0]!r} mixes labels, which acts as label smoothing: they are "
        "smoothed twice.",
        "Carratino, Cissé, Jenatton, Vert, 2022, arXiv:2006.06049",
        {"label_smoothing": 0.0},
    )


def no_regularization(recipe, facts):
    """Nothing at all against overfitting, on less than 1,000 rows.

    Measured: breast_cancer, 60 epochs, test accuracy over seeds 0, 1, 2:
    0.971 ± 0.010, mended 0.974 ± 0.009: no cost beyond the spread.
    """
    if facts is None or facts.rows >= SMALL:
        return None
    network = recipe.network.config
    held = (
        recipe.dropout,
        recipe.kernel_regularizer,
        recipe.label_smoothing,
        recipe.early_stopping,
        recipe.weight_average,
        recipe.optimizer.config.get("weight_decay"),
        network.get("drop_connect"),
        network.get("stochastic_depth"),
        recipe.augmentation,
    )
    if any(held):
        return None
    changes = {"regularization": "light", "kernel_regularizer": "auto"}
    if not named(recipe.activation, "selu"):  # which dropout would hurt
        changes["dropout"] = "auto"
    config = dict(recipe.optimizer.config)
    if "weight_decay" in config:  # a given 0 would hold against the dial
        del config["weight_decay"]
        changes["optimizer"] = Part(recipe.optimizer.name, **config)
    return Finding(
        "no-regularization",
        "regularization",
        f"{facts.rows} rows, and nothing that keeps the network from "
        f"learning them by heart. {NO_COST}",
        "Goodfellow, Bengio, Courville, 2016, Deep Learning, chapter 7",
        changes,
    )


RULES = {
    "strong-dropout-normalization": strong_dropout_normalization,
    "coupled-l2": coupled_l2,
    "decay-everything": decay_everything,
    "smoothing-mixup": smoothing_mixup,
    "no-regularization": no_regularization,
}
