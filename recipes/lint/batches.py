"""Rules on batches, and on what is averaged over steps."""

from recipes import registry
from recipes.lint.facts import named, number
from recipes.lint.finding import NO_COST, Finding
from recipes.part import Part

LARGE = 4000
TINY = 8  # below it batch statistics are mostly noise (Wu and He, figure 1)


def batch_large(recipe, facts):
    """More than 4,000 examples per update, accumulated ones included.

    Measured: digits, two dense layers of 64, 20 batches of 256 accumulated,
    20 epochs, test accuracy over seeds 0, 1, 2: 0.362 ± 0.056, mended 0.956 ±
    0.012: there are 4 updates in place of 80.
    """
    config = recipe.optimizer.config
    accumulated = number(config.get("gradient_accumulation_steps"), 1)
    effective = recipe.batch_size * accumulated
    if effective <= LARGE:
        return None
    changes = {"batch_size": 256}
    if accumulated > 1:
        changes["optimizer"] = recipe.optimizer.replace(
            gradient_accumulation_steps=None
        )
    return Finding(
        "batch-large",
        "batch_size",
        f"{effective:,} examples per update: large batches settle in sharp "
        "minima that generalize worse, unless rate and warm-up are made for "
        "them.",
        "Keskar et al., 2017, arXiv:1609.04836",
        changes,
    )


def batch_above_train(recipe, facts):
    """A batch of more rows than there are: one step per epoch.

    Measured: wine, batch_size=1024 on 115 rows, 20 epochs, test accuracy over
    seeds 0, 1, 2: 0.972 ± 0.028, mended 0.981 ± 0.032: no cost beyond the
    spread where 20 steps are enough.
    """
    if facts is None or recipe.batch_size <= facts.rows:
        return None
    smaller = 2 ** max(0, (facts.rows // 8).bit_length() - 1)
    return Finding(
        "batch-above-train",
        "batch_size",
        f"The training split has {facts.rows} rows, so that an epoch is one "
        f"step, and the run {facts.total_steps}. {NO_COST}",
        "Masters and Luschi, 2018, arXiv:1804.07612",
        {"batch_size": min(facts.rows, max(TINY, min(32, smaller)))},
    )


def batch_tiny(recipe, facts):
    """Batch normalization over fewer than 8 examples.

    Measured: wine, batch_size=2, 10 epochs, test accuracy over seeds 0, 1, 2:
    0.972 ± 0.000, mended 0.991 ± 0.016.
    """
    size = recipe.batch_size if facts is None else facts.batch_size
    norm = named(recipe.normalization, "batch_normalization")
    if not norm or size >= TINY:
        return None
    return Finding(
        "batch-tiny",
        "normalization",
        f"Mean and variance of {size} examples are mostly noise; a norm per "
        "example does not depend on the batch.",
        "Wu and He, 2018, arXiv:1803.08494",
        {"normalization": "layer_normalization"},
    )


def dropped_rows(recipe, facts):
    """A quarter of the rows or more left out of every epoch.

    They come in other epochs, so that the cost is a shorter run.

    Measured: wine, batches of 64 from 115 rows, 5 epochs, test accuracy over
    seeds 0, 1, 2: 0.676 ± 0.125, mended 0.926 ± 0.058.
    """
    if facts is None or not recipe.drop_remainder:
        return None
    seen = facts.steps_per_epoch * facts.batch_size
    left_out = 1 - seen / facts.rows
    if left_out <= 0.25:
        return None
    return Finding(
        "dropped-rows",
        "drop_remainder",
        f"{seen} of {facts.rows} rows fill whole batches: an epoch is "
        f"{left_out:.0%} shorter than it looks.",
        "Bengio, 2012, arXiv:1206.5533",
        {"drop_remainder": False},
    )


def normalization_momentum(recipe, facts):
    """Moving statistics that remember more steps than the run has.

    They still hold much of what they began with, mean 0 and variance 1, when
    the model predicts.

    Measured: digits, momentum 0.99 on 90 steps, test accuracy over seeds 0,
    1, 2: 0.266 ± 0.079, mended 0.668 ± 0.026.
    """
    part = recipe.normalization
    if facts is None or recipe.precise_batch_normalization:
        return None
    if not named(part, "batch_normalization"):
        return None
    memory = _memory(registry.default("normalization", part, "momentum"))
    if memory <= facts.total_steps:
        return None
    config = {k: v for k, v in part.config.items() if k != "momentum"}
    return Finding(
        "normalization-momentum",
        "normalization/momentum",
        f"The moving statistics remember {memory:.0f} steps, and the run has "
        f"{facts.total_steps}: they predict with what they began with.",
        "Ioffe and Szegedy, 2015, arXiv:1502.03167; Wu and Johnson, 2021, "
        "arXiv:2105.07576",
        {"normalization": Part(part.name, **config)},
    )


def average_memory(recipe, facts):
    """An average of the weights over more steps than the run has.

    Measured: wine, momentum 0.99 on 30 steps, test accuracy over seeds 0, 1,
    2: 0.657 ± 0.042, mended 0.972 ± 0.028.
    """
    part = recipe.weight_average
    if facts is None or part is None:
        return None
    momentum = registry.default("weight_average", part, "momentum")
    if _memory(momentum) <= facts.total_steps:
        return None
    fitting = round(1 - 1 / max(2, facts.total_steps // 10), 4)
    # Of one step there is nothing to average.
    fits = _memory(fitting) <= facts.total_steps
    return Finding(
        "average-memory",
        "weight_average/momentum",
        f"The average remembers {_memory(momentum):.0f} steps, and the run "
        f"has {facts.total_steps}: it is still near the first weights.",
        "Morales-Brotons, Vogels, Hendrikx, 2024, arXiv:2411.18704",
        {"weight_average": part.replace(momentum=fitting) if fits else None},
    )


def average_statistics(recipe, facts):
    """Averaged weights with the statistics of the raw ones.

    Measured: wine, momentum 0.9, 20 epochs, test accuracy over seeds 0, 1, 2:
    0.981 ± 0.032, mended 0.981 ± 0.032: no cost.
    """
    norm = named(recipe.normalization, "batch_normalization")
    if recipe.weight_average is None or not norm:
        return None
    if recipe.precise_batch_normalization:
        return None
    return Finding(
        "average-statistics",
        "precise_batch_normalization",
        "The weights are averaged, the moving statistics of batch "
        f"normalization are those of the raw weights. {NO_COST}",
        "Izmailov et al., 2018, arXiv:1803.05407",
        {"precise_batch_normalization": True},
    )


def _memory(momentum):
    """Return how many steps a moving average remembers: 1 / (1 − m).

    >>> _memory(0.5)
    2.0
    """
    return round(1 / max(1e-12, 1 - number(momentum)), 6)


RULES = {
    "batch-large": batch_large,
    "batch-above-train": batch_above_train,
    "batch-tiny": batch_tiny,
    "dropped-rows": dropped_rows,
    "normalization-momentum": normalization_momentum,
    "average-memory": average_memory,
    "average-statistics": average_statistics,
}
