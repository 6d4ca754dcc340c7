"""Digits with and without augmentation, beside fastai: README's table.

The same splits, seeds 0 to 4: `image_classifier` as it is, for as long as the
augmented one, and with `augmentation="standard"`; and fastai's `vision_learner`
(a ResNet-18 from scratch, one cycle, `aug_transforms` without flips) where
it is installed.

    pip install '.[bench]'
    python benchmarks/digits.py [--seeds 5] [--epochs 60]
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
from rich.console import Console
from rich.table import Table

import recipes


def ours(seed, **fields):
    """Return (test accuracy, test loss) of a recipe."""
    recipe = recipes.image_classifier(**fields)
    with tempfile.TemporaryDirectory() as folder:
        run = recipe.fit(
            "digits", seed=seed, directory=f"{folder}/run", verbose=False
        )
    return run.metrics["test_accuracy"], run.metrics["test_loss"]


def fastai(seed, epochs):
    """Return (test accuracy, test loss) of fastai on the same splits."""
    data = recipes.data.load("digits", seed=seed)
    arrays = {}
    for split in data.splits:
        pixels = split.read()[..., 0] * data.value_scale * 255
        arrays[f"{split.role}_x"] = np.rint(pixels).astype("uint8")
        arrays[f"{split.role}_y"] = split.labels
    script = Path(__file__).with_name("digits_fastai.py")
    with tempfile.TemporaryDirectory() as folder:
        np.savez(f"{folder}/digits.npz", **arrays)
        command = [sys.executable, script, f"{folder}/digits.npz"]
        done = subprocess.run(
            [*command, str(seed), str(epochs)], capture_output=True, text=True
        )
    if done.returncode:
        raise SystemExit(done.stderr)
    return tuple(map(float, done.stdout.split()[-2:]))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--fastai-epochs", type=int, default=20)
    options = parser.parse_args()
    long = options.epochs
    rivals = {
        "as it is, 20 epochs": lambda seed: ours(seed),
        f"as it is, {long} epochs": lambda seed: ours(seed, epochs=long),
        f'augmentation="standard", {long} epochs': lambda seed: ours(
            seed, epochs=long, augmentation="standard"
        ),
    }
    if find_spec("fastai"):
        rivals[f"fastai, {options.fastai_epochs} epochs"] = lambda seed: fastai(
            seed, options.fastai_epochs
        )
    table = Table("", "test accuracy", "seeds", "test loss", "seconds")
    for name, run in rivals.items():
        found, seconds = [], []
        for seed in range(options.seeds):
            began = time.perf_counter()
            found.append(run(seed))
            seconds.append(time.perf_counter() - began)
            print(name, seed, *(f"{x:.4f}" for x in found[-1]), flush=True)
        accuracy, loss = zip(*found, strict=True)
        table.add_row(
            name,
            f"{statistics.mean(accuracy):.4f}",
            " ".join(f"{a:.4f}" for a in accuracy),
            f"{statistics.mean(loss):.4f}",
            f"{min(seconds):.0f} to {max(seconds):.0f}",
        )
    Console().print(table)


if __name__ == "__main__":
    main()
