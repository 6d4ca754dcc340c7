"""Rules on what an activation needs around it: sigmoid and SELU."""

from recipes.lint.facts import named
from recipes.lint.finding import NO_COST, Finding
from recipes.lint.widths import depth


def sigmoid_deep(recipe, facts):
    """Sigmoid through four or more hidden layers without normalization.

    Measured: digits, five dense layers of 64, 10 epochs, test accuracy over
    seeds 0, 1, 2: 0.462 ± 0.132, mended 0.957 ± 0.014.
    """
    if not named(recipe.activation, "sigmoid") or depth(recipe) < 4:
        return None
    if recipe.normalization is not None:
        return None
    return Finding(
        "sigmoid-deep",
        "activation",
        "The sigmoid's slope is 1/4 at most: through "
        f"{depth(recipe)} layers without normalization little gradient is "
        "left.",
        "Glorot and Bengio, 2010, AISTATS",
        {"activation": "relu", "kernel_initializer": "auto"},
    )


def selu_initializer(recipe, facts):
    """SELU keeps variance 1 only if the kernels have variance 1/N_in.

    Measured: digits, eight dense layers of 64 with He, 10 epochs, test
    accuracy over seeds 0, 1, 2: 0.969 ± 0.011, mended 0.973 ± 0.006: no cost
    beyond the spread.
    """
    fits = ("lecun_normal", "lecun_uniform", "orthogonal")
    if not named(recipe.activation, "selu"):
        return None
    if named(recipe.kernel_initializer, *fits) or _is_lecun(recipe):
        return None
    return Finding(
        "selu-initializer",
        "kernel_initializer",
        "SELU normalizes itself only with kernels of variance 1/N_in "
        f"(LeCun), not with {recipe.kernel_initializer.name!r}. {NO_COST}",
        "Klambauer et al., 2017, arXiv:1706.02515",
        {"kernel_initializer": "lecun_normal"},
    )


def _is_lecun(recipe):
    """Whether it is variance scaling with Keras' defaults, which is LeCun."""
    part = recipe.kernel_initializer
    return named(part, "variance_scaling") and (
        part.config.get("scale", 1.0) == 1.0
        and part.config.get("mode", "fan_in") == "fan_in"
    )


def selu_dropout(recipe, facts):
    """Dropout sets units to 0, which is not SELU's resting value.

    Measured: digits, eight dense layers of 64 with dropout 0.2, 10 epochs,
    test accuracy over seeds 0, 1, 2: 0.963 ± 0.006, mended 0.973 ± 0.006.
    """
    if not named(recipe.activation, "selu") or not recipe.dropout:
        return None
    return Finding(
        "selu-dropout",
        "dropout",
        "Ordinary dropout changes mean and variance, which SELU is made to "
        "keep; the paper needs alpha dropout.",
        "Klambauer et al., 2017, arXiv:1706.02515",
        {"dropout": 0.0},
    )


def selu_normalization(recipe, facts):
    """A normalization makes SELU's own one pointless.

    Measured: digits, eight dense layers of 64 with batch normalization, 10
    epochs, test accuracy over seeds 0, 1, 2: 0.976 ± 0.003, mended 0.973 ±
    0.006: no cost beyond the spread.
    """
    if not named(recipe.activation, "selu") or recipe.normalization is None:
        return None
    return Finding(
        "selu-normalization",
        "normalization",
        "SELU is made to keep mean 0 and variance 1 by itself: with "
        f"{recipe.normalization.name!r} it is only another activation. "
        f"{NO_COST}",
        "Klambauer et al., 2017, arXiv:1706.02515",
        {"normalization": None},
    )


RULES = {
    "sigmoid-deep": sigmoid_deep,
    "selu-initializer": selu_initializer,
    "selu-dropout": selu_dropout,
    "selu-normalization": selu_normalization,
}
