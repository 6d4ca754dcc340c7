"""What five sigmoid layers pass on, by the initializer of their weights.

1,000 random inputs, N(0, 1), go through five untrained layers of 100 sigmoid
units. Every layer is as wide as its input, so Xavier's variance, 2/(in + out),
is LeCun's, 1/in, and the two differ in nothing.
"""

import numpy as np

from recipes import Part
from recipes.studies.networks import activations, dense
from recipes.studies.said import COLORS, new_figure, share, spread

CLAIM = (
    "In five sigmoid layers weights of N(0, 1) pile the activations on 0 and "
    "1, weights of N(0, 0.01²) pile them on 0.5, and the initializers of "
    "LeCun, Xavier and He spread them."
)
SOURCE = (
    "Glorot and Bengio, Understanding the difficulty of training deep "
    "feedforward neural networks, AISTATS 2010"
)
SEEDS = (0, 1, 2)
ARMS = {
    "N(0, 1)": Part("random_normal", stddev=1.0),
    "N(0, 0.01²)": Part("random_normal", stddev=0.01),
    "LeCun": Part("lecun_normal"),
    "Xavier": Part("glorot_normal"),
    "He": Part("he_normal"),
}
SPREADING = ("LeCun", "Xavier", "He")
UNITS, ROWS, NEAR, BINS = (100,) * 5, 1000, 0.05, 21


def measure(seeds, say):
    """Return each initializer's activations in numbers, by seed and layer.

    `ends`: share within 0.05 of 0 or 1; `middle`: share within 0.05 of 0.5;
    `deviation`: of all activations of a layer; `over_examples`: a unit's
    deviation over the examples, mean over the units; `histogram`: shares.
    """
    found = {}
    for arm, initializer in ARMS.items():
        found[arm] = [_layers(seed, initializer) for seed in seeds]
        say(arm)
    return found


def _layers(seed, initializer):
    x = np.random.default_rng(seed).normal(size=(ROWS, UNITS[0]))
    model = dense(
        seed,
        UNITS,
        UNITS[0],
        activation="sigmoid",
        kernel_initializer=initializer,
    )
    outputs = activations(model, x.astype("float32"))
    return {
        "ends": [_near(a, 0) + _near(a, 1) for a in outputs],
        "middle": [_near(a, 0.5) for a in outputs],
        "deviation": [float(a.std()) for a in outputs],
        "over_examples": [float(a.std(axis=0).mean()) for a in outputs],
        "histogram": [_histogram(a) for a in outputs],
    }


def _near(a, value):
    return float((abs(a - value) <= NEAR).mean())


def _histogram(a):
    counts, _ = np.histogram(a, BINS, (0, 1))
    return [round(int(n) / a.size, 5) for n in counts]


def verdicts(numbers):
    """Return sentence → whether it holds."""
    large = _of(numbers, "N(0, 1)", "ends", min)
    small = _of(numbers, "N(0, 0.01²)", "middle", min)
    found = {
        "N(0, 1): in the layer with the fewest "
        f"{share(large)} of the activations lie within 0.05 of 0 or 1": min(
            large
        )
        > 0.5,
        "N(0, 0.01²): in the layer with the fewest "
        f"{share(small)} lie within 0.05 of 0.5": min(small) > 0.9,
    }
    for arm in SPREADING:
        ends = _of(numbers, arm, "ends", max)
        deviation = _of(numbers, arm, "deviation", min)
        words = (
            f"{arm}: in the layer with the most {share(ends)} lie at the ends, "
            f"and the least deviation of a layer is {spread(deviation)}"
        )
        found[words] = max(ends) < 0.1 and min(deviation) > 0.08
    for arm in SPREADING:
        first = _of(numbers, arm, "over_examples", lambda a: a[0])
        last = _of(numbers, arm, "over_examples", lambda a: a[-1])
        words = (
            f"{arm}: but what is spread is the units, not the examples: a "
            f"unit's deviation over these falls from {spread(first)} in layer "
            f"1 to {spread(last)} in layer 5"
        )
        found[words] = max(last) < 0.1 * min(first)
    return found


def _of(numbers, arm, what, of_layers):
    return [of_layers(seed[what]) for seed in numbers[arm]]


def draw(numbers):
    """Draw the histogram of each layer, a row for each initializer."""
    figure = new_figure(9.5, 1.3 * len(numbers) + 0.6)
    grid = figure.subplots(len(numbers), len(UNITS), sharex=True, sharey=True)
    edges = np.linspace(0, 1, BINS + 1)
    for row, (arm, seeds) in enumerate(numbers.items()):
        for column, axes in enumerate(grid[row]):
            shares = np.mean([s["histogram"][column] for s in seeds], axis=0)
            axes.stairs(100 * shares, edges, fill=True, color=COLORS[0])
            axes.tick_params(labelsize=7)
            if not row:
                axes.set_title(f"layer {column + 1}", fontsize=9)
        grid[row][0].set_ylabel(f"{arm}\n% of activations", fontsize=8)
    figure.supxlabel("activation of a sigmoid unit", fontsize=9)
    return figure
