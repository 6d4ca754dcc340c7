"""What each augmentation brings on 200 digits: docs/augmentation.md.

The default image recipe on 200 training digits, 200 for validation and the
other 1,397 for the test, over five seeds: each seed draws the digits, the
weights and the augmentation, and its twin without augmentation has the same.

    python benchmarks/gains.py [--seeds 5] [--epochs 60] [--out FILE.md]
"""

import argparse
import os
import statistics
import tempfile
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
from rich.progress import track

import recipes
from recipes import Part, registry

PRESETS = ("light", "standard", "strong", "trivial", "randaugment", "resnet")
OTHERWISE = {  # what the defaults are too much for, on 8 × 8 pixels
    "random_flip": {"mode": "horizontal"},
    "random_resized_crop": {"scale": (0.6, 1.0)},
    "random_scale_crop": {"shorter_side": (16, 24)},
    "random_cutout": {"size": 0.3},
}
COLORS = ("random_saturation", "random_hue", "random_grayscale")  # not on gray


def splits(seed, size=200):
    """Return 200 digits to train on, 200 to choose by, the rest to test."""
    data = recipes.data.load("digits")
    x = np.concatenate([split.read() for split in data.splits])
    y = np.concatenate([split.labels for split in data.splits])
    order = np.random.default_rng(seed).permutation(len(y))
    by_class = [order[y[order] == c] for c in range(10)]
    share = size // 10
    parts = {
        "train": [rows[:share] for rows in by_class],
        "validation": [rows[share : 2 * share] for rows in by_class],
        "test": [rows[2 * share :] for rows in by_class],
    }
    return {
        role: (x[np.concatenate(rows)], y[np.concatenate(rows)])
        for role, rows in parts.items()
    }


def variants():
    """Yield (name, augmentation), nothing first."""
    yield "none", None
    for name in registry.MENU["augmentation"]:
        if not name.startswith("word_") and name not in COLORS:
            yield name, Part(name, **OTHERWISE.get(name, {}))


def measure(augmentation, data, seed, epochs):
    """Return (test accuracy in percent, test loss)."""
    recipe = recipes.image_classifier(augmentation=augmentation, epochs=epochs)
    with tempfile.TemporaryDirectory() as folder:
        run = recipe.fit(
            data, seed=seed, directory=f"{folder}/run", verbose=False
        )
    return 100 * run.metrics["test_accuracy"], run.metrics["test_loss"]


def table(found, epochs):
    """Return the table as Markdown, the best gain first."""
    base = found["none"]
    rows = []
    for name, scores in found.items():
        gains = [a - b for (a, _), (b, _) in zip(scores, base, strict=True)]
        rows.append((statistics.mean(gains), name, scores, gains))
    lines = [
        "| augmentation | test accuracy, % | gain | test loss |",
        "|---|---|---|---|",
    ]
    for _, name, scores, gains in sorted(rows, reverse=True):
        accuracy, loss = zip(*scores, strict=True)
        gain = "" if name == "none" else spread(gains, "+.2f")
        lines.append(
            f"| {name} | {spread(accuracy, '.2f')} | {gain} | "
            f"{spread(loss, '.3f')} |"
        )
    return "\n".join(lines)


def spread(values, form):
    """Return mean ± deviation."""
    deviation = statistics.stdev(values) if len(values) > 1 else 0.0
    return f"{statistics.mean(values):{form}} ± {deviation:{form.lstrip('+')}}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--only", nargs="*", help="names beside none")
    parser.add_argument("--out", help="write the table here too")
    options = parser.parse_args()
    chosen = [
        (name, part)
        for name, part in variants()
        if not options.only or name in ("none", *options.only)
    ]
    data = [splits(seed) for seed in range(options.seeds)]
    began, found = time.perf_counter(), {}
    for name, part in track(chosen, "augmentations"):
        found[name] = [
            measure(part, data[seed], seed, options.epochs)
            for seed in range(options.seeds)
        ]
        print(name, *(f"{a:.2f}" for a, _ in found[name]), flush=True)
    text = table(found, options.epochs)
    print(text)
    print(f"{time.perf_counter() - began:.0f} s")
    if options.out:
        with open(options.out, "w", encoding="utf-8") as file:
            file.write(text + "\n")


if __name__ == "__main__":
    main()
