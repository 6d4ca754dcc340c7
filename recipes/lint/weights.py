"""Rules on how weights begin."""

import math

from recipes import registry
from recipes.lint.facts import named, number
from recipes.lint.finding import Finding
from recipes.lint.widths import depth, first_width, hidden

DEEP = 20  # hidden layers: He et al. find 22 to train slower, 30 not at all
DEEP_TANH = 10
RELU_LIKE = ("relu", "leaky_relu", "prelu")


def constant_initializer(recipe, facts):
    """A kernel of one value leaves all units of a layer identical.

    Dropout breaks the symmetry after all, and slowly.

    Measured: digits, two dense layers of 64 filled with 0.05, 10 epochs, test
    accuracy over seeds 0, 1, 2: 0.225 ± 0.022 without dropout, mended 0.978 ±
    0.000; with dropout 0.1 0.897 ± 0.032, mended 0.977 ± 0.003.
    """
    if not _is_constant(recipe.kernel_initializer):
        return None
    return Finding(
        "constant-initializer",
        "kernel_initializer",
        "All units of a layer begin equal and get equal gradients: the "
        "symmetry is never broken, and a layer is worth one unit.",
        "Goodfellow, Bengio, Courville, 2016, Deep Learning, section 8.4",
        {"kernel_initializer": "auto"},
    )


def _is_constant(part):
    """Whether an initializer fills a kernel with one value.

    >>> from recipes.part import Part
    >>> _is_constant(Part("random_normal", stddev=0.0))
    True
    """
    if named(part, "zeros", "ones"):
        return True

    def given(name):
        return registry.default("initializer", part, name)

    if named(part, "constant"):
        return not isinstance(given("value"), tuple)
    if named(part, "random_normal", "truncated_normal"):
        return given("stddev") == 0
    if named(part, "random_uniform"):
        return given("minval") == given("maxval")
    return named(part, "orthogonal", "identity") and given("gain") == 0


def identity_widening(recipe, facts):
    """An identity into a wider layer leaves the units beyond it at zero.

    Needs the data (the width of the input), unless a later layer widens.

    Measured: wine, without normalization, 20 epochs, test accuracy over seeds
    0, 1, 2: 0.870 ± 0.070, mended 0.991 ± 0.016.
    """
    if not named(recipe.kernel_initializer, "identity", "dirac_delta"):
        return None
    widths = [units for _, units in hidden(recipe) or ()]
    first = first_width(recipe, facts)
    widths = [first, *widths] if first else widths
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

    Glorot and LeCun halve the variance at each unit of the ReLU family: found
    from 20 layers on. He doubles it before tanh, which makes noise grow with
    depth: found from 10 on, with dropout. He before sigmoid is none: the slope
    of 1/4 makes the gradient vanish with either, later with He
    (`sigmoid-deep` tells it).

    Measured: digits, dense layers of 64, 10 epochs, test accuracy over seeds
    0, 1, 2. ReLU with Glorot, without dropout: 30 layers 0.379 ± 0.122, mended
    0.707 ± 0.064; 20 layers 0.830 ± 0.011, mended 0.928 ± 0.012; 14 layers
    0.950 ± 0.005, mended 0.953 ± 0.005. With dropout 0.1, 20 layers: 0.403 ±
    0.048, with He 0.209 ± 0.002, and so the mend takes it away. Tanh with He,
    dropout 0.1: 20 layers 0.631 ± 0.040, mended 0.844 ± 0.022; 10 layers
    0.958 ± 0.000, mended 0.967 ± 0.003; 20 without dropout 0.961 ± 0.003,
    mended 0.959 ± 0.006. Sigmoid with He: 3 layers 0.891 ± 0.012, with Glorot
    0.879 ± 0.018.
    """
    layers, kernel = depth(recipe), recipe.kernel_initializer.name
    if recipe.normalization is not None:
        return None
    halves = kernel.startswith(("glorot_", "lecun_"))
    changes, more = {"kernel_initializer": "auto"}, ""
    if named(recipe.activation, *RELU_LIKE) and halves and layers >= DEEP:
        why = "halves the variance at every ReLU: signal and gradients vanish"
        if recipe.dropout:
            changes["dropout"] = 0.0
            more = " Dropout drowns what is left, with any initializer."
    elif (
        named(recipe.activation, "tanh")
        and kernel.startswith("he_")
        and layers >= DEEP_TANH
        and recipe.dropout
    ):
        why = "doubles the variance before every tanh: dropout's noise grows"
    else:
        return None
    return Finding(
        "initializer-activation",
        "kernel_initializer",
        f"{kernel!r} {why} in {layers} layers without normalization.{more}",
        "He, Zhang, Ren, Sun, 2015, arXiv:1502.01852; Glorot and Bengio, "
        "2010, AISTATS",
        changes,
    )


def initializer_scale(recipe, facts):
    """A scale chosen by hand that fits the layers' widths badly.

    The variance of the signal is multiplied by N_in σ² / g per layer, where g
    is 2 for the ReLU family and 1 else; found when the product over the
    hidden layers, with data the first one too, leaves [1/1000, 100], without
    normalization.

    Measured: digits, five dense ReLU layers of 64 with deviation 0.01, 10
    epochs, test accuracy over seeds 0, 1, 2: 0.472 ± 0.091, mended 0.957 ±
    0.014. Wine, two of 64 with deviation 1, 20 epochs: 0.963 ±
    0.016, mended 0.991 ± 0.016. Digits, six of 64, orthogonal with gain 10, 10
    epochs: 0.595 ± 0.022, mended 0.945 ± 0.028.
    """
    layers = hidden(recipe)
    if recipe.normalization is not None or not layers:
        return None
    first = first_width(recipe, facts)
    widths = [first, *(units for _, units in layers)]
    gains = [
        _gain(recipe.kernel_initializer, taps * wide, taps * units)
        for wide, (taps, units) in zip(widths, layers, strict=False)
        if wide
    ]
    if not gains or not all(gains):
        return None
    wanted = 2 if named(recipe.activation, *RELU_LIKE) else 1
    change = math.prod(gain / wanted for gain in gains)
    if 1e-3 <= change <= 1e2:
        return None
    return Finding(
        "initializer-scale",
        "kernel_initializer",
        f"The scale of {recipe.kernel_initializer.name!r} changes the "
        f"variance of the signal by a factor of {change:.1e} through the "
        "hidden layers.",
        "Glorot and Bengio, 2010, AISTATS; He, Zhang, Ren, Sun, 2015, "
        "arXiv:1502.01852",
        {"kernel_initializer": "auto"},
    )


def _gain(part, n_in, n_out):
    """Return N_in σ² where an initializer states its scale, else None.

    >>> from recipes.part import Part
    >>> _gain(Part("random_normal", stddev=0.5), 64, 64)
    16.0
    """

    def given(name):
        return number(registry.default("initializer", part, name))

    if named(part, "random_normal", "truncated_normal"):
        return n_in * given("stddev") ** 2
    if named(part, "random_uniform"):
        return n_in * (given("maxval") - given("minval")) ** 2 / 12
    if named(part, "orthogonal"):
        return given("gain") ** 2 * n_in / max(n_in, n_out)
    if named(part, "variance_scaling"):
        fans = {"fan_in": n_in, "fan_out": n_out}
        mode = registry.default("initializer", part, "mode")
        fan = fans.get(mode, (n_in + n_out) / 2)
        return given("scale") * n_in / fan
    return None


RULES = {
    "constant-initializer": constant_initializer,
    "identity-widening": identity_widening,
    "initializer-activation": initializer_activation,
    "initializer-scale": initializer_scale,
}
