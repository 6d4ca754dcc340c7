"""How many steps a network needs to a training loss, by its activation.

Four layers of 64 learn 1,000 digits by plain SGD, 100 a step, from the
initializer that suits the activation (`kernel_initializer="auto"`), at each of
nine learning rates. As in the paper, each activation is judged at the rate
that is best for it. Maxout takes the larger of two pieces, and so has twice
the weights.
"""

import numpy as np

from recipes.studies.networks import compiled, dense, digits, train
from recipes.studies.said import COLORS, new_figure, spread

CLAIM = (
    "ReLU reaches the same training loss several times sooner than sigmoid "
    "and tanh, about 6 times sooner than tanh, each at its own learning rate."
)
SOURCE = (
    "Krizhevsky, Sutskever and Hinton, ImageNet classification with deep "
    "convolutional neural networks, NeurIPS 2012 (6 times: four layers of "
    "convolutions on CIFAR-10)"
)
SEEDS = (0, 1, 2)
ARMS = (
    "sigmoid",
    "tanh",
    "relu",
    "leaky_relu",
    "elu",
    "selu",
    "prelu",
    "maxout",
)
RATES = (0.03, 0.06, 0.12, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
UNITS, LIMIT, EVERY, TARGET, LOST = (64,) * 4, 800, 5, 0.1, 10.0
SEVERAL, ABOUT_SIX = 3, (4.5, 7.5)


def measure(seeds, say):
    """Return each activation's steps to the loss, by rate and seed.

    `steps`: rate → by seed, None where the loss is not reached; `rate`: the
    best; `losses`: at the best rate, by seed, every 5 steps.
    """
    found, data = {}, {seed: digits(seed) for seed in seeds}
    for arm in ARMS:
        model = compiled(dense(0, UNITS, 64, activation=arm))
        losses = {rate: [] for rate in RATES}
        for seed in seeds:
            begun = dense(seed, UNITS, 64, activation=arm).get_weights()
            for rate, one in _by_rate(model, begun, data[seed], seed).items():
                losses[rate].append(one)
        steps = {str(r): [_steps(one) for one in losses[r]] for r in RATES}
        best = min(RATES, key=lambda rate: np.mean(_counted(steps[str(rate)])))
        found[arm] = {"steps": steps, "rate": best, "losses": losses[best]}
        say(arm)
    return found


def _by_rate(model, begun, data, seed):
    """Return rate → losses, from the largest rate to the smallest.

    Below one that has reached the loss, the first that has not ends it: still
    smaller ones need more steps, and are not tried.
    """
    found, reached, late = {}, False, False
    for rate in reversed(RATES):
        model.set_weights(begun)
        found[rate] = [] if late else _losses(model, data, rate, seed)
        there = _steps(found[rate]) is not None
        late = late or (reached and not there)
        reached = reached or there
    return found


def _losses(model, data, rate, seed):
    """Return the training loss every 5 steps, until it is reached or lost."""
    x, y = data
    seen = train(
        model,
        x,
        y,
        _loss(y),
        learning_rate=rate,
        steps=LIMIT,
        every=EVERY,
        seed=seed,
        enough=lambda loss: not TARGET < loss < LOST,
    )
    return [round(loss, 4) for loss in seen if np.isfinite(loss)]


def _loss(y):
    def loss(logits):
        if not np.isfinite(logits).all():
            return np.nan
        z = logits.astype("float64")
        z -= z.max(axis=1, keepdims=True)
        right = z[np.arange(len(y)), y]
        return float((np.log(np.exp(z).sum(axis=1)) - right).mean())

    return loss


def _steps(losses):
    reached = losses and losses[-1] <= TARGET
    return len(losses) * EVERY if reached else None


def _counted(steps):
    """Return the steps; a loss that is not reached counts as the limit."""
    return [LIMIT if n is None else n for n in steps]


def verdicts(numbers):
    """Return sentence → whether it holds."""
    relu = _best(numbers, "relu")
    found = {}
    for arm in ("sigmoid", "tanh"):
        words, times = _compared(numbers, arm, relu)
        found[f"{words}, which is several times, {SEVERAL} or more"] = (
            times >= SEVERAL
        )
    low, high = ABOUT_SIX
    found[f"{words}, which is about 6 times"] = low <= times <= high
    rates, times = _at_one_rate(numbers, "tanh", "relu")
    if rates:
        words = (
            f"at one rate for both, from {rates[0]} to relu's best, "
            f"{rates[-1]}, tanh needs {min(times):.2g} to {max(times):.2g} "
            "times the steps of relu"
        )
        found[words] = min(times) > 1
    for arm in ARMS[3:]:
        words, times = _compared(numbers, arm, _best(numbers, "tanh"), "tanh")
        found[f"{words}: sooner"] = times < 1
    return found


def _best(numbers, arm):
    return _counted(numbers[arm]["steps"][str(numbers[arm]["rate"])])


def _at_one_rate(numbers, arm, other):
    """Return the rates, to the other's best, and the times of its steps."""
    steps, others = (numbers[name]["steps"] for name in (arm, other))
    rates = [
        rate
        for rate in steps
        if None not in [*steps[rate], *others[rate]]
        and float(rate) <= numbers[other]["rate"]
    ]
    return rates, [np.mean(steps[r]) / np.mean(others[r]) for r in rates]


def _compared(numbers, arm, others, other="relu"):
    """Return the words, and how many times an arm's steps are the other's."""
    steps = numbers[arm]["steps"][str(numbers[arm]["rate"])]
    times = np.mean(_counted(steps)) / np.mean(others)
    words = (
        f"{arm} needs {spread(_counted(steps))} steps to a training loss of "
        f"{TARGET} at a rate of {numbers[arm]['rate']}"
    )
    if None in steps:
        words += f" (not reached in {steps.count(None)} of {len(steps)} seeds)"
    words += f", {times:.2g} times the {spread(others)} of {other}"
    return words, times


def draw(numbers):
    """Draw the loss by step at the best rates, and the steps by rate."""
    figure = new_figure(9.5, 4.6)
    left, right = figure.subplots(1, 2)
    for (arm, found), color in zip(numbers.items(), COLORS, strict=True):
        for seed, losses in enumerate(found["losses"]):
            steps = np.arange(1, len(losses) + 1) * EVERY
            words = {"label": f"{arm}, {found['rate']:g}"} if not seed else {}
            left.plot(steps, losses, color=color, linewidth=1, **words)
        rates = [r for r in RATES if None not in found["steps"][str(r)]]
        means = [np.mean(found["steps"][str(rate)]) for rate in rates]
        dots = "s" if arm == "relu" else "o"
        right.plot(rates, means, f"{dots}-", color=color, ms=4, alpha=0.8)
    left.axhline(TARGET, color="#555555", linewidth=0.8, linestyle=":")
    left.set(xscale="log", yscale="log", xlabel="step", ylabel="training loss")
    right.set(xscale="log", yscale="log", xlabel="learning rate")
    right.set_ylabel(f"steps to a training loss of {TARGET}")
    lines, names = left.get_legend_handles_labels()
    below = {"loc": "outside lower center", "ncols": 4, "fontsize": 8}
    words = "on the left each at its best rate:"
    figure.legend(lines, names, frameon=False, title=words, **below)
    for axes in (left, right):
        axes.grid(alpha=0.25)
    return figure
