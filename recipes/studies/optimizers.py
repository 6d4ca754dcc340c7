"""Which way optimizers go down one ravine, and how far they turn.

Two weights are fitted to 256 rows by least squares. The rows are such that the
loss is the same ravine for every seed, 50 times as steep across as along, and
turned by 20 degrees; a seed draws the start, the rows, their noise and the
order of the batches. Keras' optimizers move a variable of two numbers; the
gradient is computed by hand.
"""

import keras
import numpy as np

from recipes.studies.said import COLORS, new_figure, spread

CLAIM = (
    "In a ravine gradient descent zigzags between the walls, small batches "
    "wander, and momentum zigzags less."
)
SOURCE = (
    "Polyak, Some methods of speeding up the convergence of iteration methods, "
    "1964; Sutskever, Martens, Dahl and Hinton, ICML 2013; AdaGrad: Duchi, "
    "Hazan and Singer, JMLR 2011; Adam: Kingma and Ba, ICLR 2015"
)
SEEDS = (0, 1, 2, 3, 4)
ROWS, STEEP, TURN = 256, 50.0, np.deg2rad(20)
STEPS, GOAL = 150, 0.01  # at most; the goal is a share of the first loss
# Gradient descent diverges from 2 / STEEP on, and zigzags from 1 / STEEP on.
CALM = 0.01
RATES = (0.005, CALM, 0.015, 0.02, 0.03, 0.035, 0.038)
LARGE = (0.1, 0.2, 0.4, 0.8, 1.6)
# Name → Keras' optimizer, its arguments, the rows of a batch, and the rates.
ARMS = {
    "gradient descent": ("SGD", {}, ROWS, RATES),
    "SGD, batches of 64": ("SGD", {}, 64, RATES),
    "SGD, batches of 8": ("SGD", {}, 8, RATES),
    "momentum": ("SGD", {"momentum": 0.9}, ROWS, RATES),
    "AdaGrad": ("Adagrad", {}, ROWS, LARGE),
    "Adam": ("Adam", {}, ROWS, LARGE),
}
DARK = [COLORS[i] for i in (6, 2, 0, 1, 5, 7)]
AXES = np.array(
    [[np.cos(TURN), np.sin(TURN)], [-np.sin(TURN), np.cos(TURN)]]
)  # along the ravine, and across


def measure(seeds, say):
    """Return steps, zigzag and a path of each arm at its best rate.

    `steps` to the goal: after so many the loss stays below a hundredth of the
    first one. The best `rate` is the one with the fewest, in the mean over
    the seeds. `zigzag` is how far a path turns on its way there: the sum of
    the angles between each step and the next, in half turns. One that goes
    straight has 0, one that goes back and forth has 1 a step. What is not
    there after `STEPS` is followed no further. `zigzag_at` is the same at
    every rate; `path` is the first seed's.
    """
    problems = [_problem(seed) for seed in seeds]
    found = {}
    for arm, (*how, rates) in ARMS.items():
        paths = {rate: _walk(problems, seeds, rate, *how) for rate in rates}
        steps = {rate: [_steps(p) for p in paths[rate]] for rate in rates}
        best = min(rates, key=lambda rate: (np.mean(steps[rate]), rate))
        turns = {rate: [_zigzag(p) for p in paths[rate]] for rate in rates}
        found[arm] = {
            "rate": best,
            "steps": steps[best],
            "zigzag": turns[best],
            "zigzag_at": {f"{rate:g}": turns[rate] for rate in rates},
            "path": paths[best][0].round(4).tolist(),
        }
        say(arm)
    return found


def _problem(seed):
    """Return (start, x, y): least squares that are the ravine, bottom at 0."""
    random = np.random.default_rng(seed)
    along, across = random.uniform(2.4, 3.2), random.uniform(0.7, 1.1)
    x, noise = random.normal(size=(ROWS, 2)), random.normal(size=ROWS)
    x = np.linalg.qr(x)[0] * np.sqrt(ROWS)  # columns that know nothing of …
    x = x * np.sqrt([1.0, STEEP]) @ AXES  # … each other, made the ravine's
    start = np.array([-along, across]) @ AXES
    return start, x, noise - x @ np.linalg.lstsq(x, noise)[0]


def _walk(problems, seeds, rate, optimizer, arguments, batch_size):
    """Return a path for each seed, (STEPS + 1, 2); all walk side by side.

    The optimizers treat every number of a variable by itself.
    """
    orders = [np.random.default_rng(1000 + seed) for seed in seeds]
    start = np.array([start for start, _, _ in problems])
    weights = keras.Variable(start, dtype="float32")
    optimizer = getattr(keras.optimizers, optimizer)(rate, **arguments)
    path, rows = [start], [()] * len(seeds)
    for _ in range(STEPS):
        gradients = []
        for i, (_, x, y) in enumerate(problems):
            if len(rows[i]) < batch_size:  # the next epoch
                rows[i] = orders[i].permutation(ROWS)
            batch, rows[i] = np.split(rows[i], [batch_size])
            off = x[batch] @ path[-1][i] - y[batch]
            gradients.append(x[batch].T @ off / batch_size)
        gradient = keras.ops.convert_to_tensor(np.array(gradients), "float32")
        optimizer.apply([gradient], [weights])
        path.append(keras.ops.convert_to_numpy(weights))
    return np.stack(path, axis=1)


def loss(points):
    """Return the height of the ravine at points (…, 2)."""
    return ((points @ AXES.T) ** 2 * (0.5, STEEP / 2)).sum(-1)


def _steps(path):
    """Return after how many steps a path is at the goal and stays there."""
    height = loss(path)
    outside = np.flatnonzero(height > GOAL * height[0])
    return min(int(outside[-1]) + 1, STEPS)


def _zigzag(path):
    """Return how far a path turns on its way to the goal, in half turns."""
    steps = np.diff(path[: _steps(path) + 1], axis=0)
    a, b = steps[:-1], steps[1:]
    cross = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    return float(abs(np.arctan2(cross, (a * b).sum(axis=1))).sum() / np.pi)


def verdicts(numbers):
    """Return sentence → whether it holds, for every seed."""
    plain, momentum = numbers["gradient descent"], numbers["momentum"]
    best, same, calm = (
        (momentum["zigzag"], plain["zigzag"]),
        *(
            (momentum["zigzag_at"][rate], plain["zigzag_at"][rate])
            for rate in (f"{plain['rate']:g}", f"{CALM:g}")
        ),
    )
    batches = [
        numbers[arm]["zigzag_at"][f"{CALM:g}"]
        for arm in ("SGD, batches of 8", "SGD, batches of 64")
    ] + [calm[1]]
    words = "half turns with momentum, {} by gradient descent".format
    return {
        f"each at its best rate, {spread(best[0])} "
        + words(spread(best[1])): _less(*best),
        f"both at gradient descent's best, {plain['rate']:g}, "
        f"{spread(same[0])} {words(spread(same[1]))}": _less(*same),
        f"both at {CALM:g}, where gradient descent does not zigzag, "
        f"{spread(calm[0])} {words(spread(calm[1]))}": _less(*calm),
        f"small batches wander: at {CALM:g} batches of 8 turn by "
        f"{spread(batches[0])}, of 64 by {spread(batches[1])}, all rows by "
        f"{spread(batches[2])}": _less(batches[2], batches[1])
        and _less(batches[1], batches[0]),
    }


def _less(these, those):
    return bool((np.subtract(those, these) > 0).all())


def draw(numbers):
    """Draw the first seed's path of each arm over the ravine's contours."""
    figure = new_figure(9.0, 4.7)
    grid = figure.subplots(2, 3, sharex=True, sharey=True)
    x, y = np.meshgrid(np.linspace(-3.7, 1.4, 256), np.linspace(-2.2, 1.2, 171))
    height = loss(np.stack([x, y], axis=-1))
    levels = np.geomspace(0.03, 200, 12)
    for axes, (arm, found), color in zip(
        grid.flat, numbers.items(), DARK, strict=False
    ):
        path = np.array(found["path"])[: found["steps"][0] + 1]
        axes.contourf(
            x, y, np.log(height + 1e-9), np.log(levels), cmap="Blues", alpha=0.4
        )
        axes.contour(x, y, height, levels, colors="white", linewidths=0.6)
        goal = {"colors": [COLORS[6]], "linewidths": 0.8}
        axes.contour(x, y, height, [GOAL * loss(path[0])], **goal)
        axes.plot(*path.T, "o-", color=color, linewidth=1.2, markersize=2.8)
        axes.plot(*path[0], "o", color=color, markersize=7)
        axes.set_title(
            f"{arm}, rate {found['rate']:g}\n{found['steps'][0]} steps, "
            f"{found['zigzag'][0]:.1f} half turns",
            fontsize=9,
        )
        axes.set(xlim=(-3.7, 1.4), ylim=(-2.2, 1.2), aspect="equal")
        axes.set(xticks=(), yticks=())
    return figure
