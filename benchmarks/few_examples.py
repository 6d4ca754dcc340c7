"""Few examples: what each strategy makes of 1 to 50 digits per class.

`image_fine_tuner("glyphnet")` on handwritten digits, which glyphnet has never
seen: it knows printed characters. Three columns know nothing: `plain Keras` is
the same network without its weights, 20 epochs with Keras' defaults;
`image_classifier` is that recipe as it comes; `scratch` is glyphnet without
its weights, with the regularization and the epochs that served it best. 500
digits are the test split, drawn anew with each seed, and 100 more are
validation, which nothing is chosen by. The splits and the recipes are those of
`recipes study transfer`, which is the short version.

    python benchmarks/few_examples.py [--seeds 5] [--jobs 2] [--only NAME…]
        [--out FILE]
"""

import argparse
import json
import os
import statistics
import tempfile
import time
import warnings
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

SIZES = (1, 5, 10, 20, 50)  # examples per class
STRATEGIES = (
    "plain Keras",
    "image_classifier",
    "scratch",
    "frozen",
    "full",
    "gradual",
    "auto",
)


def score(task):
    """Fit one strategy; return (strategy, count, seed, accuracy, loss, s)."""
    strategy, count, seed = task
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    warnings.simplefilter("ignore")
    import keras

    import recipes
    from recipes.studies.transfer import recipe_of, splits

    if strategy == "plain Keras":
        return (*task, *plain(splits(count, seed), seed))
    if strategy == "image_classifier":
        recipe = recipes.image_classifier(seed=seed)
    else:
        recipe = recipe_of(strategy, seed=seed)
    with tempfile.TemporaryDirectory() as folder:
        run = recipe.fit(
            splits(count, seed), directory=f"{folder}/run", verbose=False
        )
    keras.backend.clear_session()
    found = run.metrics
    return (*task, found["test_accuracy"], found["test_loss"], found["seconds"])


def plain(found, seed):
    """Fit glyphnet's layers as one would without this library."""
    import keras

    from recipes.backbones.glyphnet import network

    keras.utils.set_random_seed(seed)
    layers = network((32, 32, 1))
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.layers.Resizing(32, 32),
            keras.models.clone_model(layers, clone_function=_as_keras_comes),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(
        "adam", "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    began = time.perf_counter()
    model.fit(
        *found["train"],
        epochs=20,
        validation_data=found["validation"],
        verbose=0,
    )
    seconds = time.perf_counter() - began
    loss, accuracy = model.evaluate(*found["test"], verbose=0)
    keras.backend.clear_session()
    return accuracy, loss, round(seconds, 3)


def _as_keras_comes(layer):
    """Return a layer anew; batch normalization with Keras' momentum."""
    import keras

    if isinstance(layer, keras.layers.BatchNormalization):
        return keras.layers.BatchNormalization()
    return type(layer).from_config(layer.get_config())


def table(rows):
    """Return the mean accuracies and their deviations as Markdown."""
    lines = ["| examples per class | " + " | ".join(STRATEGIES) + " |"]
    lines.append("|---|" + "---|" * len(STRATEGIES))
    for count in SIZES:
        cells = []
        for strategy in STRATEGIES:
            found = [r[3] for r in rows if r[:2] == (strategy, count)]
            if len(found) < 2:
                cells.append("")
                continue
            deviation = statistics.stdev(found)
            cells.append(f"{statistics.mean(found):.3f} ± {deviation:.3f}")
        lines.append(f"| {count} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", nargs="+", default=STRATEGIES)
    parser.add_argument("--out", type=Path, help="where all figures go")
    options = parser.parse_args()
    tasks = [
        (strategy, count, seed)
        for seed in range(options.seeds)
        for count in SIZES
        for strategy in options.only
    ]
    rows = []
    with ProcessPoolExecutor(options.jobs, get_context("spawn")) as pool:
        for row in pool.map(score, tasks):
            rows.append(row)
            print(*row, flush=True)
            if options.out:
                options.out.write_text(json.dumps(rows), encoding="utf-8")
    print(table(rows))


if __name__ == "__main__":
    main()
