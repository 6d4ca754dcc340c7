"""How far a deep network falls behind its training data, and what helps.

Seven layers of 100 units learn 300 handwritten digits; 1,297 others test
them. Every arm has the same digits, weights at the beginning, rate and number
of epochs: no early stopping, no augmentation. The strengths of L2 and dropout
are those, of six and of three, with the best test accuracy on seeds 0 and 1.
"""

import tempfile

import numpy as np

import recipes
from recipes import Part
from recipes.studies.paired import below
from recipes.studies.said import COLORS, new_figure, share

CLAIM = (
    "With 300 training examples a network of seven layers of 100 is near 100 % "
    "on train and far below on test; L2 narrows the gap and lowers train "
    "accuracy; dropout narrows it."
)
SOURCE = (
    "Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, Dropout: a "
    "simple way to prevent neural networks from overfitting, JMLR 2014; "
    "Goodfellow, Bengio and Courville, Deep Learning, 2016, chapter 7"
)
SEEDS = (0, 1, 2, 3, 4)
ARMS = {
    "nothing": {},
    "L2": {"kernel_regularizer": Part("half_l2", l2=0.01)},
    "dropout": {"dropout": 0.2},
}
ROLES = ("train", "test")
TRAIN, VALIDATION, FAR = 300, 200, 0.05  # examples; a gap that is wide


def measure(seeds, say):
    """Return accuracy on train and test and their gap, by arm and seed."""
    found = {arm: [] for arm in ARMS}
    for seed in seeds:
        for arm, fields in ARMS.items():
            found[arm].append(_scores(seed, fields))
            say(f"seed {seed}, {arm}")
    return found


def _scores(seed, fields):
    recipe = recipes.tabular_classifier(
        network=Part("mlp", units=(100,) * 7),
        normalization=None,
        regularization="none",
        optimizer=Part("sgd", learning_rate=0.01, momentum=0.9),
        schedule=Part("constant"),
        early_stopping=None,
        epochs=100,
        seed=seed,
    ).replace(**fields)
    splits = _splits(seed)
    with tempfile.TemporaryDirectory() as folder:
        run = recipe.fit(splits, directory=f"{folder}/run", verbose=False)
        score = {r: run.evaluate(splits, split=r)["accuracy"] for r in ROLES}
    return {**score, "gap": score["train"] - score["test"]}


def _splits(seed):
    """Return 300 digits to learn from, and others; all drawn by the seed."""
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    rows = np.random.default_rng(seed).permutation(len(y))
    train, validation, test = np.split(rows, [TRAIN, TRAIN + VALIDATION])
    parts = {"train": train, "validation": validation, "test": test}
    return {role: (x[i].astype("float32"), y[i]) for role, i in parts.items()}


def verdicts(numbers):
    """Return sentence → whether it holds.

    Gaps and accuracies are compared seed by seed: an arm is below another
    where the mean difference is, and that of most seeds.
    """
    train, test, gap = (
        {arm: [seed[what] for seed in found] for arm, found in numbers.items()}
        for what in (*ROLES, "gap")
    )
    plain = train["nothing"], test["nothing"], gap["nothing"]
    found = {
        f"with nothing train accuracy is {share(plain[0])} and test accuracy "
        f"{share(plain[1])}: {100 * FAR:g} points below or more": (
            min(plain[0]) > 0.99 and min(plain[2]) > FAR
        )
    }
    for arm in ("L2", "dropout"):
        words = f"{arm} narrows the gap from {share(plain[2])} to "
        found[words + share(gap[arm])] = below(gap[arm], plain[2])
        words = f"{arm} raises test accuracy from {share(plain[1])} to "
        found[words + share(test[arm])] = below(plain[1], test[arm])
    words = f"L2 lowers train accuracy from {share(plain[0])} to "
    found[words + share(train["L2"])] = below(train["L2"], plain[0])
    return found


def draw(numbers):
    """Draw train and test accuracy of each arm, a line for each seed."""
    figure = new_figure(6.0, 3.8)
    axes = figure.add_subplot()
    for place, found in enumerate(numbers.values()):
        ends = place - 0.18, place + 0.18
        for seed in found:
            scores = [100 * seed[role] for role in ROLES]
            axes.plot(ends, scores, color=COLORS[6], alpha=0.3, linewidth=0.8)
        for role, x, color in zip(ROLES, ends, COLORS, strict=False):
            scores = [100 * seed[role] for seed in found]
            label = None if place else role
            dots = {"color": color, "ms": 4, "alpha": 0.6}
            axes.plot([x] * len(scores), scores, "o", label=label, **dots)
            axes.plot(x, np.mean(scores), "_", color=color, ms=26, mew=2)
        gap = np.mean([100 * seed["gap"] for seed in found])
        axes.annotate(
            f"gap {gap:.1f}",
            (place, 100 * np.mean([seed["train"] for seed in found]) - gap / 2),
            ha="center",
            fontsize=8,
            bbox={"facecolor": "white", "alpha": 0.8, "pad": 1, "lw": 0},
        )
    axes.set_xticks(range(len(numbers)), numbers)
    axes.set_xlim(-0.5, len(numbers) - 0.5)
    axes.set(ylabel="accuracy, %", title="300 digits, seven layers of 100")
    axes.grid(alpha=0.25, axis="y")
    axes.legend(frameon=False, fontsize=8, loc="lower right")
    return figure
