"""README's sweep over several seeds: is its winner better than the default?

Each seed: the default `image_classifier` on digits, then README's sweep over
the same splits; both scored on validation, and once on the test split.

    python benchmarks/sweep_example.py [--seeds 0 1 2] [--max-trials 40]
        [--workers 2] [--tuner hyperband]
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from rich.console import Console
from rich.table import Table

import recipes
from recipes import Choice, Float, Part

SCORES = ("validation_loss", "validation_accuracy", "test_accuracy")


def ranges():
    """Return README's recipe."""
    return recipes.image_classifier(
        dropout=Float(0.0, 0.6),
        activation=Choice(["relu", "elu", "leaky_relu"]),
        normalization=Choice(
            [
                None,
                "batch_normalization",
                Part("group_normalization", groups=Choice([4, 8])),
            ]
        ),
        optimizer=Part(
            "adamw",
            learning_rate=Float(1e-4, 1e-1, sampling="log"),
            weight_decay=Float(1e-6, 1e-2, sampling="log"),
        ),
    )


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    options.add_argument("--max-trials", type=int, default=40)
    options.add_argument("--workers", type=int, default=2)
    options.add_argument("--tuner", default="hyperband")
    options.add_argument("--out", default=tempfile.mkdtemp())
    given = options.parse_args()
    table = Table("seed", "recipe", *SCORES, "seconds")
    for seed in given.seeds:
        place = Path(given.out) / str(seed)
        began = time.perf_counter()
        default = recipes.image_classifier().fit(
            "digits", seed=seed, directory=place / "default", verbose=False
        )
        between = time.perf_counter()
        sweep = ranges().sweep(
            "digits",
            tuner=given.tuner,
            max_trials=given.max_trials,
            workers=given.workers,
            directory=place / "sweep",
            seed=seed,
        )
        winner = sweep.best_run
        ended = time.perf_counter()
        for name, run, seconds in (
            ("default", default, between - began),
            ("winner", winner, ended - between),
        ):
            scores = [f"{run.metrics[score]:.4f}" for score in SCORES]
            table.add_row(str(seed), name, *scores, f"{seconds:.0f}")
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
