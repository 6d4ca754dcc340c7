"""Whether what ten layers pass on lives through them, by the initializer.

1,000 random inputs, N(0, 1), go through ten untrained layers of 500 units.
"""

import numpy as np

from recipes import Part
from recipes.studies.networks import activations, dense
from recipes.studies.said import COLORS, new_figure, spread

CLAIM = (
    "With tanh and weights of N(0, 0.01²) all layers but the first go to 0; "
    "ReLU with Xavier's initializer sinks with depth, with He's it does not."
)
SOURCE = (
    "He, Zhang, Ren and Sun, Delving deep into rectifiers, ICCV 2015; Glorot "
    "and Bengio, AISTATS 2010"
)
SEEDS = (0, 1, 2)
SMALL, XAVIER, HE = (
    Part("random_normal", stddev=0.01),
    Part("glorot_normal"),
    Part("he_normal"),
)
ARMS = {
    "tanh, N(0, 0.01²)": ("tanh", SMALL),
    "tanh, Xavier": ("tanh", XAVIER),
    "ReLU, N(0, 0.01²)": ("relu", SMALL),
    "ReLU, Xavier": ("relu", XAVIER),
    "ReLU, He": ("relu", HE),
}
UNITS, ROWS = (500,) * 10, 1000


def measure(seeds, say):
    """Return the deviation of each layer's activations, by arm and seed."""
    found = {}
    for arm, (activation, initializer) in ARMS.items():
        found[arm] = [_layers(seed, activation, initializer) for seed in seeds]
        say(arm)
    return found


def _layers(seed, activation, initializer):
    x = np.random.default_rng(seed).normal(size=(ROWS, UNITS[0]))
    how = {"activation": activation, "kernel_initializer": initializer}
    model = dense(seed, UNITS, UNITS[0], **how)
    return [float(a.std()) for a in activations(model, x.astype("float32"))]


def verdicts(numbers):
    """Return sentence → whether it holds."""
    tanh = np.array(numbers["tanh, N(0, 0.01²)"])
    xavier, he = (np.array(numbers[f"ReLU, {n}"]) for n in ("Xavier", "He"))
    return {
        "tanh, N(0, 0.01²): the activations' deviation is "
        f"{spread(tanh[:, 0])} in layer 1, {spread(tanh[:, 1])} in layer 2, "
        f"{spread(tanh[:, 2])} in layer 3 and {spread(tanh[:, -1])} in layer "
        "10": bool((tanh[:, 1:] < 0.3 * tanh[:, :-1]).all()),
        f"ReLU, Xavier: it sinks from {spread(xavier[:, 0])} in layer 1 to "
        f"{spread(xavier[:, -1])} in layer 10": _sinks(xavier),
        f"ReLU, He: it does not sink: {spread(he[:, 0])} in layer 1, "
        f"{spread(he[:, -1])} in layer 10": not _sinks(he),
    }


def _sinks(deviations):
    """Return whether the last layer has less than a tenth of the first."""
    return bool((deviations[:, -1] < 0.1 * deviations[:, 0]).all())


def draw(numbers):
    """Draw the deviation of the activations by layer, a line for each arm."""
    figure = new_figure(7.0, 4.0)
    axes = figure.add_subplot()
    layers = np.arange(1, len(UNITS) + 1)
    for (arm, seeds), color in zip(numbers.items(), COLORS, strict=False):
        mean = np.mean(seeds, axis=0)
        axes.fill_between(
            layers, np.min(seeds, 0), np.max(seeds, 0), color=color, alpha=0.2
        )
        style = "--" if arm.startswith("tanh") else "-"
        axes.plot(layers, mean, f"o{style}", color=color, ms=3, label=arm)
    axes.set_yscale("log")
    axes.set_xticks(layers)
    axes.set(xlabel="layer", ylabel="deviation of the activations")
    axes.grid(alpha=0.25)
    axes.legend(frameon=False, fontsize=8)
    return figure
