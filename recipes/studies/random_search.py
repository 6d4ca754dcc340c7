"""Whether 16 trials at random find good values, and 16 on a grid.

Two dense layers of 64 learn the digits for 8 epochs; learning rate (1e-5 to 1)
and the strength of L2 (1e-6 to 1) are searched, by validation loss. A seed
draws the values, the splits and the weights. It also draws where the grid
lies: four values at equal distances on the log scale, from a random first one,
so that no grid is there that was laid on what is known to be good.
"""

import tempfile

import numpy as np

import recipes
from recipes import Choice, Float, Part
from recipes.studies.paired import below
from recipes.studies.said import COLORS, new_figure, share, spread

CLAIM = (
    "Random search over log-scaled learning rates and strengths of L2 finds "
    "good values, and better ones than a grid of as many trials."
)
SOURCE = (
    "Bergstra and Bengio, Random search for hyper-parameter optimization, "
    "JMLR 2012"
)
SEEDS = (0, 1, 2, 3, 4)
TRIALS, GOOD = 16, 0.02  # good: so far below the best accuracy of all
RATE, L2 = (1e-5, 1.0), (1e-6, 1.0)
ARMS = {
    "random, log scale": "random",
    "grid, log scale": "grid",
    "random, linear scale": "random",
}


def measure(seeds, say):
    """Return the trials of each sweep, by arm and seed.

    Of each its `rate`, `l2`, and `loss` and `accuracy` on validation, which
    are None where it diverged.
    """
    found = {arm: [] for arm in ARMS}
    for seed in seeds:
        for arm, tuner in ARMS.items():
            found[arm].append(_trials(seed, tuner, *_ranges(seed, arm)))
            say(f"seed {seed}, {arm}")
    return found


def _ranges(seed, arm):
    """Return what to search for the learning rate, and for L2."""
    if arm.startswith("random"):
        scale = "log" if "log" in arm else "linear"
        return [Float(*ends, sampling=scale) for ends in (RATE, L2)]
    side = round(TRIALS**0.5)
    firsts = np.random.default_rng(seed).random(2)
    places = [(first + np.arange(side)) / side for first in firsts]
    found = []
    for (low, high), place in zip((RATE, L2), places, strict=True):
        values = low * (high / low) ** place
        found.append(Choice([float(f"{value:.3g}") for value in values]))
    return found


def _trials(seed, tuner, rate, l2):
    from sklearn.datasets import load_digits

    recipe = recipes.tabular_classifier(
        network=Part("mlp", units=(64, 64)),
        normalization=None,
        regularization="none",
        kernel_regularizer=Part("half_l2", l2=l2),
        optimizer=Part("sgd", learning_rate=rate, momentum=0.9),
        schedule=Part("constant"),
        early_stopping=None,
        epochs=8,
        seed=seed,
    )
    with tempfile.TemporaryDirectory() as folder:
        sweep = recipe.sweep(
            load_digits(return_X_y=True),
            tuner=tuner,
            max_trials=TRIALS,
            directory=f"{folder}/sweep",
            keep=1,
            verbose=False,
        )
        return [
            {
                "rate": trial["values"]["optimizer/learning_rate"],
                "l2": trial["values"]["kernel_regularizer/l2"],
                "loss": trial["score"],
                "accuracy": trial["metrics"].get("validation_accuracy"),
            }
            for trial in sweep.trials
        ]


def best(trials):
    """Return the trial with the least validation loss."""
    scored = [trial for trial in trials if trial["loss"] is not None]
    return min(scored, key=lambda trial: trial["loss"])


def verdicts(numbers):
    """Return sentence → whether it holds."""
    winners = {
        arm: [best(trials) for trials in seeds]
        for arm, seeds in numbers.items()
    }
    loss, accuracy = (
        {arm: [w[what] for w in seeds] for arm, seeds in winners.items()}
        for what in ("loss", "accuracy")
    )
    log, grid, linear = ARMS
    every = zip(*(accuracy[arm] for arm in ARMS), strict=True)
    top = [max(seed) for seed in every]
    middle = [
        np.median([t["accuracy"] or 0.0 for t in trials])
        for trials in numbers[log]
    ]
    return {
        f"the best of {TRIALS} random trials on the log scale has validation "
        f"accuracy {share(accuracy[log])}, where their median has "
        f"{share(middle)} and the best of all trials {share(top)}: never more "
        f"than {100 * GOOD:g} points below": bool(
            np.subtract(top, accuracy[log]).max() <= GOOD
        ),
        f"random on the log scale finds less validation loss than on the "
        f"linear scale: {spread(loss[log])}, {spread(loss[linear])}": below(
            loss[log], loss[linear]
        ),
        f"random finds less than a grid of as many: {spread(loss[log])}, "
        f"{spread(loss[grid])}": below(loss[log], loss[grid]),
    }


def draw(numbers):
    """Draw where the first seed's trials lay, and each seed's best loss."""
    figure = new_figure(11.0, 3.4)
    panels = figure.subplots(1, 4)
    for axes, (arm, seeds) in zip(panels, numbers.items(), strict=False):
        trials = seeds[0]
        colors = [100 * (trial["accuracy"] or 0.0) for trial in trials]
        places = [[trial[what] for trial in trials] for what in ("rate", "l2")]
        dots = axes.scatter(
            *places, c=colors, vmin=0, vmax=100, s=30, edgecolors=COLORS[6]
        )
        won = best(trials)
        axes.plot(won["rate"], won["l2"], "o", ms=12, mfc="none", color="k")
        axes.set(xscale="log", yscale="log", title=arm, xlabel="learning rate")
        axes.set(xlim=(5e-6, 2), ylim=(5e-7, 2))
        axes.title.set_fontsize(10)
        axes.grid(alpha=0.25)
    panels[0].set_ylabel("L2")
    words = "validation accuracy, %"
    figure.colorbar(dots, ax=panels[2], label=words, shrink=0.9)
    for place, (arm, color) in enumerate(zip(ARMS, COLORS, strict=False)):
        losses = [best(trials)["loss"] for trials in numbers[arm]]
        dots = {"color": color, "ms": 5, "alpha": 0.7}
        panels[3].plot([place] * len(losses), losses, "o", **dots)
        panels[3].plot(place, np.mean(losses), "_", color=color, ms=26, mew=2)
    names = [arm.replace(", ", "\n").replace(" scale", "") for arm in ARMS]
    panels[3].set_xticks(range(len(ARMS)), names, fontsize=8)
    panels[3].set(xlim=(-0.5, 2.5), yscale="log", title="each seed's best")
    panels[3].set_ylabel("validation loss")
    panels[3].title.set_fontsize(10)
    panels[3].grid(alpha=0.25, axis="y")
    return figure
