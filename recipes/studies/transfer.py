"""What a pretrained network is worth, by the number of examples.

`glyphnet`, pretrained on printed characters, learns handwritten digits: with
its weights frozen, with all of them fine-tuned, and from scratch. 500 digits
are the test split, drawn anew with each seed. Every fit has 80 to 96 steps;
docs/transfer.md has more sizes and strategies, at 200 steps and more.
"""

import tempfile

import numpy as np

import recipes
from recipes.studies.paired import below
from recipes.studies.said import COLORS, new_figure, share, spread

CLAIM = (
    "With few examples a frozen pretrained network is best, with more "
    "fine-tuning is; both beat training from scratch, by less the more "
    "examples there are."
)
SOURCE = (
    "Yosinski, Clune, Bengio and Lipson, How transferable are features in deep "
    "neural networks?, NeurIPS 2014"
)
SEEDS = (0, 1, 2)
EPOCHS = {1: 80, 5: 40, 20: 12}  # by examples per class
ARMS = ("frozen", "full", "scratch")
TEST, VALIDATION = 500, 100


def measure(seeds, say):
    """Return test accuracies, by arm, examples per class, and seed."""
    found = {arm: {str(count): [] for count in EPOCHS} for arm in ARMS}
    for seed in seeds:
        for count in EPOCHS:
            for arm in ARMS:
                found[arm][str(count)].append(_accuracy(arm, count, seed))
            say(f"seed {seed}, {count} per class")
    return found


def _accuracy(arm, count, seed):
    fields = {"seed": seed, "epochs": EPOCHS[count], "batch_size": 25}
    recipe = recipe_of(arm, **fields)
    data = splits(count, seed, validation=10)  # nothing is chosen by it
    with tempfile.TemporaryDirectory() as folder:
        run = recipe.fit(data, directory=f"{folder}/run", verbose=False)
    return run.metrics["test_accuracy"]


def recipe_of(strategy, **fields):
    """Return the recipe of a strategy, or of `"scratch"`: without weights."""
    if strategy == "scratch":
        given = {"weights": None, "regularization": "strong"}
    else:
        given = {"strategy": strategy}
    return recipes.image_fine_tuner("glyphnet", **given, **fields)


def splits(count, seed, validation=VALIDATION):
    """Return digits: `count` per class, and validation and test of the rest."""
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    x = (x.reshape(-1, 8, 8, 1) / 16).astype("float32")
    order = np.random.default_rng(100 + seed).permutation(len(y))
    test, rest = order[:TEST], order[TEST:]
    of_class = [rest[y[rest] == digit] for digit in range(10)]
    train = np.concatenate([rows[:count] for rows in of_class])
    left = np.concatenate([rows[count:] for rows in of_class])
    left = np.random.default_rng(seed).permutation(left)[:validation]
    rows = {"train": train, "validation": left, "test": test}
    return {role: (x[found], y[found]) for role, found in rows.items()}


def verdicts(numbers):
    """Return sentence → whether it holds."""
    few, *_, many = (str(count) for count in EPOCHS)
    frozen, full, scratch = (numbers[arm] for arm in ARMS)

    def both(count):
        return f"{share(frozen[count])} frozen, {share(full[count])} fine-tuned"

    found = {
        f"with {few} per class frozen is best: {both(few)}": below(
            full[few], frozen[few]
        ),
        f"with {many} per class fine-tuning is best: {both(many)}": below(
            frozen[many], full[many]
        ),
    }
    for count in numbers["scratch"]:
        words = f"with {count} per class both beat training from scratch: "
        found[f"{words}{both(count)}, {share(scratch[count])}"] = below(
            scratch[count], frozen[count]
        ) and below(scratch[count], full[count])
    gain = {n: 100 * np.subtract(full[n], scratch[n]) for n in full}
    words = f"fine-tuning is ahead of scratch by {spread(gain[few], 3)} points "
    words += f"with {few} per class, and by {spread(gain[many], 3)} with {many}"
    found[words] = below(gain[many], gain[few])
    return found


def draw(numbers):
    """Draw test accuracy by examples per class, a line for each arm."""
    figure = new_figure(6.0, 3.8)
    axes = figure.add_subplot()
    names = dict(zip(ARMS, ("frozen", "fine-tuned", "scratch"), strict=True))
    for (arm, name), color in zip(names.items(), COLORS, strict=False):
        counts = [int(count) for count in numbers[arm]]
        seeds = 100 * np.array(list(numbers[arm].values()))
        axes.fill_between(
            counts, seeds.min(1), seeds.max(1), color=color, alpha=0.15
        )
        axes.plot(counts, seeds.mean(1), "o-", color=color, ms=4, label=name)
    axes.set_xscale("log")
    axes.set_xticks(counts, [str(count) for count in counts])
    axes.minorticks_off()
    axes.set(xlabel="examples per class", ylabel="test accuracy, %")
    axes.set_title("handwritten digits on glyphnet", fontsize=11)
    axes.grid(alpha=0.25)
    axes.legend(frameon=False, fontsize=8, loc="lower right")
    return figure
