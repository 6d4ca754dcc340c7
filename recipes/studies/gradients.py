"""What of the gradient comes back through ten layers to the first one.

200 digits go through ten untrained layers of 100 units; the gradient of their
cross-entropy is taken once.
"""

import keras
import numpy as np

from recipes import Part
from recipes.studies.networks import dense, digits
from recipes.studies.said import COLORS, new_figure, spread

CLAIM = (
    "Through deep sigmoid layers the gradient vanishes on its way to the "
    "first, and with large weights it explodes."
)
SOURCE = (
    "Bengio, Simard and Frasconi, Learning long-term dependencies with "
    "gradient descent is difficult, IEEE Transactions on Neural Networks, "
    "1994; Glorot and Bengio, AISTATS 2010"
)
SEEDS = (0, 1, 2)
ARMS = {
    "sigmoid, Xavier": ("sigmoid", Part("glorot_normal")),
    "sigmoid, N(0, 1)": ("sigmoid", Part("random_normal", stddev=1.0)),
    "sigmoid, N(0, 10²)": ("sigmoid", Part("random_normal", stddev=10.0)),
    "tanh, Xavier": ("tanh", Part("glorot_normal")),
    "tanh, N(0, 1)": ("tanh", Part("random_normal", stddev=1.0)),
    "ReLU, He": ("relu", Part("he_normal")),
}
UNITS, ROWS = (100,) * 10, 200
VANISHED, EXPLODED = 1e-3, 1e2  # layer 1 to layer 10


def measure(seeds, say):
    """Return the root mean square of each layer's gradient, by arm and seed."""
    found = {}
    for arm, how in ARMS.items():
        found[arm] = [_gradients(seed, *how) for seed in seeds]
        say(arm)
    return found


def _gradients(seed, activation, initializer):
    """Return a number for each hidden layer's kernel, first to last.

    After one step from rest the velocity of SGD is minus its rate times the
    gradient: so any backend shows it.
    """
    x, y = digits(seed, ROWS)
    how = {"activation": activation, "kernel_initializer": initializer}
    model = dense(seed, UNITS, x.shape[1], **how)
    optimizer = keras.optimizers.SGD(1.0, momentum=0.9)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer, loss, run_eagerly=True)
    model.train_on_batch(x, y)
    kernels = [v for v in optimizer.variables if "kernel" in v.path]
    return [
        float(np.sqrt(np.mean(keras.ops.convert_to_numpy(v) ** 2)))
        for v in kernels[:-1]
    ]


def verdicts(numbers):
    """Return sentence → whether it holds."""
    found = {}
    for arm, wanted in (
        ("sigmoid, Xavier", "vanishes"),
        ("sigmoid, N(0, 10²)", "explodes"),
        ("tanh, N(0, 1)", "explodes"),
        ("sigmoid, N(0, 1)", "stays"),
        ("tanh, Xavier", "stays"),
        ("ReLU, He", "stays"),
    ):
        ratios = [seed[0] / seed[-1] for seed in numbers[arm]]
        words = f"{arm}: the gradient {wanted}: layer 1 has {spread(ratios)}"
        found[f"{words} times that of layer 10"] = _is(ratios) == wanted
    return found


def _is(ratios):
    if max(ratios) < VANISHED:
        return "vanishes"
    if min(ratios) > EXPLODED:
        return "explodes"
    return "stays" if 0.1 < min(ratios) <= max(ratios) < 10 else "is between"


def draw(numbers):
    """Draw the gradient by layer, a line for each arm."""
    figure = new_figure(7.0, 4.0)
    axes = figure.add_subplot()
    layers = np.arange(1, len(UNITS) + 1)
    for (arm, seeds), color in zip(numbers.items(), COLORS, strict=False):
        mean = np.exp(np.mean(np.log(seeds), axis=0))
        axes.fill_between(
            layers, np.min(seeds, 0), np.max(seeds, 0), color=color, alpha=0.2
        )
        axes.plot(layers, mean, "o-", color=color, ms=3, label=arm)
    axes.set_yscale("log")
    axes.set_xticks(layers)
    axes.set(xlabel="layer", ylabel="root mean square of the gradient")
    axes.grid(alpha=0.25)
    axes.legend(frameon=False, fontsize=8)
    return figure
