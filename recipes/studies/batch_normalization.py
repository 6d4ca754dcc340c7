"""How fast a network trains with and without batch normalization.

Five ReLU layers of 100 learn 1,000 digits by plain SGD, 120 steps of 100, from
weights of each of 16 deviations; the training accuracy is taken every 10.
"""

import numpy as np

from recipes import Part
from recipes.studies.networks import compiled, dense, digits, train
from recipes.studies.said import COLORS, new_figure, spread

CLAIM = (
    "Batch normalization trains faster than none for every one of 16 initial "
    "deviations of the weights, in up to 14 times fewer steps to the same "
    "accuracy."
)
SOURCE = (
    "Ioffe and Szegedy, Batch normalization, ICML 2015 (14 times: Inception "
    "on ImageNet); Saito, Deep Learning from Scratch, 2016 (16 deviations)"
)
SEEDS = (0, 1, 2)
DEVIATIONS = tuple(float(f"{d:.2g}") for d in np.logspace(0, -4, 16))
KERAS, SMALL = 1e-3, 1e-7  # epsilon: what is added to a variance
ARMS = {
    "none, rate 0.01": (None, 0.01),
    "none, rate 0.05": (None, 0.05),
    "batch normalization, rate 0.01": (SMALL, 0.01),
    "batch normalization, rate 0.05": (SMALL, 0.05),
    "with Keras' epsilon, rate 0.05": (KERAS, 0.05),
}
UNITS, STEPS, EVERY, TARGET, CLAIMED = (100,) * 5, 120, 10, 0.95, 14


def measure(seeds, say):
    """Return accuracies: arm → by seed, by deviation, by tens of steps."""
    found = {arm: [] for arm in ARMS}
    models = {e: compiled(_build(0, e)) for e in (None, SMALL, KERAS)}
    for seed in seeds:
        x, y = digits(seed)
        standard = {epsilon: _build(seed, epsilon) for epsilon in models}
        for arm, (epsilon, rate) in ARMS.items():
            how = {"learning_rate": rate, "seed": seed}
            how |= {"steps": STEPS, "every": EVERY}
            rows = []
            for deviation in DEVIATIONS:
                model = models[epsilon]
                model.set_weights(_scaled(standard[epsilon], deviation))
                rows.append(train(model, x, y, _accuracy(y), **how))
            found[arm].append(rows)
            say(f"seed {seed}  {arm}")
    return found


def _build(seed, epsilon):
    norm = {"momentum": 0.9, "epsilon": epsilon}
    return dense(
        seed,
        UNITS,
        64,
        kernel_initializer=Part("random_normal", stddev=1.0),
        normalization=epsilon and Part("batch_normalization", **norm),
    )


def _scaled(model, deviation):
    """Return the weights, those of the hidden layers with this deviation."""
    names = [f"dense{n}/kernel" for n in range(1, len(UNITS) + 1)]
    return [
        value * deviation if variable.path in names else value
        for variable, value in zip(
            model.weights, model.get_weights(), strict=True
        )
    ]


def _accuracy(y):
    return lambda logits: float((logits.argmax(axis=1) == y).mean())


def verdicts(numbers):
    """Return sentence → whether it holds."""
    arms = {name: np.array(seeds) for name, seeds in numbers.items()}
    found = {}
    for rate in ("0.01", "0.05"):
        found |= _faster(arms, f"batch normalization, rate {rate}", rate)
    found |= _faster(arms, "with Keras' epsilon, rate 0.05", "0.05")
    none, norm = (
        _reached(arms, name) for name in ("none", "batch normalization")
    )
    words = (
        "at the better rate and deviation of each "
        f"{100 * TARGET:.0f} % are reached in {spread(norm)} steps with batch "
        f"normalization, in {spread(none)} without:"
    )
    times = [a / b for a, b in zip(none, norm, strict=True)]
    fewer = f"{words} {spread(times)} times fewer"
    found[f"{fewer}, which is fewer"] = min(times) > 1
    found[f"{fewer}, which is {CLAIMED} times or more"] = min(times) >= CLAIMED
    return found


def _faster(arms, arm, rate):
    """Judge whether an arm is faster at each deviation, in every seed.

    Faster is: a higher mean of the training accuracy over the course, by more
    than 0.01.
    """
    gain = (arms[arm] - arms[f"none, rate {rate}"]).mean(axis=-1)
    faster = (gain > 0.01).all(axis=0)
    late = [
        f"{d:g}" for d, yes in zip(DEVIATIONS, faster, strict=True) if not yes
    ]
    words = f"{arm}: faster than none at {faster.sum()} of {len(faster)}"
    if late:
        words += f" deviations (not at {', '.join(late)})"
    return {words: bool(faster.all())}


def _reached(arms, kind):
    """Return the fewest steps to the target accuracy, by seed.

    What does not get there counts as one look more than there were.
    """
    found = []
    for name, accuracies in arms.items():
        if name.startswith(kind):
            late = np.full((*accuracies.shape[:-1], 1), True)
            there = np.concatenate([accuracies >= TARGET, late], axis=-1)
            found.append((there.argmax(axis=-1) + 1).min(axis=1) * EVERY)
    return [int(n) for n in np.min(found, axis=0)]


def draw(numbers):
    """Draw the training accuracy by step, a panel for each deviation."""
    figure = new_figure(8.4, 6.2)
    grid = figure.subplots(4, 4, sharex=True, sharey=True)
    steps = np.arange(EVERY, STEPS + 1, EVERY)
    for place, (axes, deviation) in enumerate(
        zip(grid.flat, DEVIATIONS, strict=True)
    ):
        for (arm, seeds), color in zip(numbers.items(), _STYLES, strict=True):
            rows = np.array(seeds)[:, place]
            axes.plot(steps, rows.mean(axis=0), **color, label=arm, lw=1.3)
        axes.set_title(f"deviation {deviation:g}", fontsize=7)
        axes.tick_params(labelsize=6)
        axes.grid(alpha=0.25)
    for axes in grid[-1]:
        axes.set_xlabel("step", fontsize=9)
    figure.supylabel("training accuracy", fontsize=9)
    lines, names = grid.flat[0].get_legend_handles_labels()
    below = {"loc": "outside lower center", "ncols": 3, "fontsize": 8}
    figure.legend(lines, names, frameon=False, **below)
    return figure


_STYLES = (
    {"color": COLORS[1], "linestyle": ":"},
    {"color": COLORS[1]},
    {"color": COLORS[0], "linestyle": ":"},
    {"color": COLORS[0]},
    {"color": COLORS[2], "linestyle": "--"},
)
