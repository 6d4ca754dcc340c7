"""Rules on how weights begin, and which activation follows."""

import math

from recipes import registry
from recipes.lint.facts import named, number
from recipes.lint.finding import NO_COST, Finding
from recipes.lint.widths import depth, hidden

DEEP = 20  # hidden layers: He et al. find 22 to train slower, 30 not at all
RELU_LIKE = ("relu", "leaky_relu", "prelu")


def constant_initializer(recipe, facts):
    """A kernel of one value leaves all units of a layer identical.

    Dropout breaks the symmetry after all, and slowly.

    Measured: digits, two dense layers of 64 filled with 0.05, 10 epochs, test
    accuracy over seeds 0, 1, 2: 0.225 ± 0.022 without dropout, mended 0.978 ±
    0.000; with dropout 0.1 0.897 ± 0.032, mended 0.977 ± 0.003.
    """
    if not named(recipe.kernel_initializer, "constant", "zeros", "ones"):
        return None
    return Finding(
        "constant-initializer",
        "kernel_initializer",
        "All units of a layer begin equal and get equal gradients: the "
        "symmetry is never broken, and a layer is worth one unit.",
        "Goodfellow, Bengio, Courville, 2016, Deep Learning, section 8.4",
        {"kernel_initializer": "auto"},
    )


def identity_widening(recipe, facts):
    """An identity into a wider layer leaves the units beyond it at zero.

    Needs the data (the width of the input), unless a later layer widens.

    Measured: wine, without normalization, 20 epochs, test accuracy over seeds
    0, 1, 2: 0.870 ± 0.070, mended 0.991 ± 0.016.
    """
    if not named(recipe.kernel_initializer, "identity", "dirac_delta"):
        return None
    widths = [units for _, units in hidden(recipe) or ()]
    if facts is not None and facts.data.features != "text":
        shape = facts.data.input_shape
        flat = named(recipe.network, "mlp")
        widths = [math.prod(shape) if flat else shape[-1], *widths]
    if not any(
        wide > narrow for narrow, wide in zip(widths, widths[1:], strict=False)
    ):
        return None
    return Finding(
        "identity-widening",
        "kernel_initializer",
        "Where a layer is wider than the one before, the identity leaves the "
        "units beyond it at 0: under ReLU they never learn.",
        "Zhao, Schäfer, Anandkumar, 2022, arXiv:2110.12661",
        {"kernel_initializer": "auto"},
    )


def initializer_activation(recipe, facts):
    """The wrong variance per layer, in deep networks without normalization.

    Glorot and LeCun halve the variance at each ReLU; He doubles it before
    sigmoid and tanh, which saturate.

    Measured: digits, dense ReLU layers of 64 with Glorot, 10 epochs, test
    accuracy over seeds 0, 1, 2: 30 layers 0.348 ± 0.114, mended 0.865 ±
    0.016; ten layers 0.870 ± 0.051, mended 0.813 ± 0.023: no cost, and so no
    finding, below 20.
    """
    if recipe.normalization is not None or depth(recipe) < DEEP:
        return None
    kernel = recipe.kernel_initializer.name
    halves = kernel.startswith(("glorot_", "lecun_"))
    wrong = named(recipe.activation, *RELU_LIKE) and halves
    why = "halves the variance of the signal at every ReLU: in deep networks"
    if named(recipe.activation, "sigmoid", "tanh") and "he_" in kernel:
        wrong = True
        why = "is twice too wide for a saturating activation: with depth"
    if not wrong:
        return None
    return Finding(
        "initializer-activation",
        "kernel_initializer",
        f"{kernel!r} {why} the gradients vanish.",
        "He, Zhang, Ren, Sun, 2015, arXiv:1502.01852; Glorot and Bengio, "
        "2010, AISTATS",
        {"kernel_initializer": "auto"},
    )


def initializer_scale(recipe, facts):
    """A deviation chosen by hand that fits the layers' widths badly.

    The variance of the signal is multiplied by N_in σ² / g per layer, where g
    is 2 for the ReLU family and 1 else; found when the product over the
    layers leaves [1/1000, 1000], without normalization.

    Measured: digits, five dense ReLU layers of 64 with deviation 0.01, 10
    epochs, test accuracy over seeds 0, 1, 2: 0.472 ± 0.091, mended 0.957 ±
    0.014.
    """
    deviation = _deviation(recipe)
    layers = hidden(recipe)
    if recipe.normalization is not None or not deviation or not layers:
        return None
    wanted = 2 if named(recipe.activation, *RELU_LIKE) else 1
    inputs = [
        taps * units
        for (taps, _), (_, units) in zip(layers[1:], layers, strict=False)
    ]
    change = math.prod(n * deviation**2 / wanted for n in inputs)
    if 1e-3 <= change <= 1e3:
        return None
    return Finding(
        "initializer-scale",
        "kernel_initializer",
        f"A deviation of {deviation:.3g} changes the variance of the signal "
        f"by a factor of {change:.1e} through the hidden layers.",
        "Glorot and Bengio, 2010, AISTATS; He, Zhang, Ren, Sun, 2015, "
        "arXiv:1502.01852",
        {"kernel_initializer": "auto"},
    )


def _deviation(recipe):
    """Return the deviation that an initializer states, or None."""
    part = recipe.kernel_initializer
    names = ("stddev",)
    if named(part, "random_uniform"):
        names = ("minval", "maxval")
    elif not named(part, "random_normal", "truncated_normal"):
        return None
    values = [registry.default("initializer", part, name) for name in names]
    if len(values) == 1:
        return number(values[0])
    return (number(values[1]) - number(values[0])) / math.sqrt(12)


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
    "constant-initializer": constant_initializer,
    "identity-widening": identity_widening,
    "initializer-activation": initializer_activation,
    "initializer-scale": initializer_scale,
    "sigmoid-deep": sigmoid_deep,
    "selu-initializer": selu_initializer,
    "selu-dropout": selu_dropout,
    "selu-normalization": selu_normalization,
}
