"""How glyphnet's weights are made: `recipes pretrain glyphnet`."""

import json
import platform
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from importlib import metadata
from pathlib import Path

import keras
import numpy as np

from augment.counter import uniforms
from recipes.backbones import glyphnet, handwriting
from recipes.backbones.glyphs import CLASSES, FAMILIES, VALIDATION, glyphs
from recipes.backbones.preprocessing import preprocessing
from recipes.backbones.weights import origin
from recipes.errors import RecipeError
from recipes.training.precise import recompute_statistics

BATCH = 128
STEPS = 98  # of an epoch: 256 pictures of each class
LEARNING_RATE = 3e-3
WARMUP = 0.1  # of all steps
WEIGHT_DECAY = 0.02
LABEL_SMOOTHING = 0.1
STATISTICS = 4096  # pictures that batch normalization is recomputed on
SCORED = 4900  # pictures of the fonts not seen


def pretrain(out, *, seed=0, epochs=30, console=None):
    """Train glyphnet on characters written as by hand, from nothing.

    `recipes pretrain glyphnet` does this. An epoch is 12,544 pictures, none
    of which comes twice, of all fonts but one family, on which it is scored.
    The top is global average pooling and a linear layer: what a fine-tuning
    puts there too. AdamW, a cosine schedule after a warm-up, smoothed labels;
    in the end batch normalization's statistics are recomputed.

    Args:
        out: Folder for glyphnet.weights.h5 and glyphnet.json.
        seed: Whole number from 0: of the weights and of every picture.
        epochs: Whole number from 1.
        console: A `rich.console.Console`; None: standard output.

    Returns:
        What glyphnet.json holds: settings, score, seconds, versions, hash.

    Raises:
        RecipeError: For a seed or a number of epochs out of range.
    """
    for name, value, least in (("seed", seed, 0), ("epochs", epochs, 1)):
        if type(value) is not int or not least <= value < 2**31:
            raise RecipeError(
                f"`{name}` must be a whole number from {least}. "
                f"Received: {value!r}"
            )
    start = time.perf_counter()
    keras.utils.set_random_seed(seed)
    model = _model(epochs)
    body = model.get_layer(glyphnet.NAME)
    _train(model, seed, epochs, console)
    images = pictures("train", seed, epochs, STATISTICS)[0]
    (scaling,) = preprocessing("tf")
    recompute_statistics(body, lambda: [np.asarray(scaling(images))])
    score = model.evaluate(
        *pictures("validation", seed, 0, SCORED),
        batch_size=BATCH,
        verbose=0,
        return_dict=True,
    )
    return _save(
        body,
        Path(out),
        {
            "command": f"recipes pretrain glyphnet --seed {seed} "
            f"--epochs {epochs}",
            "settings": _settings(seed, epochs),
            "parameters": body.count_params(),
            "score": {
                f"accuracy on {VALIDATION}": round(score["accuracy"], 4),
                "pictures": SCORED,
            },
            "seconds": round(time.perf_counter() - start),
            "versions": _versions(),
        },
    )


def pictures(split, seed, epoch, count):
    """Return pictures and their rows of labels, as many of each class.

    Args:
        split: As of `glyphs`.
        seed: Whole number from 0.
        epoch: Whole number from 0.
        count: How many.

    Returns:
        uint8 (count, 32, 32, 1), float32 (count, 49)

    Example:

    >>> images, labels = pictures("validation", 0, 0, 49)
    >>> images.shape, labels.sum(axis=0).tolist() == [1.0] * 49
    ((49, 32, 32, 1), True)
    """
    source = _glyphs(split)
    # Another seed than the one of what is drawn for a picture.
    u = uniforms(seed + 2**32, epoch, np.arange(count), 2)
    # Round after round of all classes, each in an order of its own.
    rounds = np.arange(count) // len(CLASSES)
    labels = np.lexsort((u[:, 0], rounds)) % len(CLASSES)
    rows = [np.flatnonzero(source.labels == n) for n in range(len(CLASSES))]
    chosen = [
        rows[n][int(x * len(rows[n]))]
        for n, x in zip(labels, u[:, 1], strict=True)
    ]
    images = handwriting.write(
        source.reliefs[chosen],
        seed=seed,
        epoch=epoch,
        indices=np.arange(count),
        size=glyphnet.SIZE,
    )
    return images, np.eye(len(CLASSES), dtype="float32")[labels]


_glyphs = cache(glyphs)


def _model(epochs):
    """Return glyphnet, its preprocessing and a top, compiled."""
    inputs = keras.Input((glyphnet.SIZE, glyphnet.SIZE, 1))
    x = inputs
    for layer in preprocessing("tf"):
        x = layer(x)
    x = glyphnet.network(inputs.shape[1:])(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    model = keras.Model(inputs, keras.layers.Dense(len(CLASSES))(x))
    warmup = max(1, round(WARMUP * epochs * STEPS))
    optimizer = keras.optimizers.AdamW(
        keras.optimizers.schedules.CosineDecay(
            LEARNING_RATE / 20,
            epochs * STEPS - warmup,
            warmup_target=LEARNING_RATE,
            warmup_steps=warmup,
        ),
        weight_decay=WEIGHT_DECAY,
    )
    optimizer.exclude_from_weight_decay(var_names=["gamma", "beta", "bias"])
    model.compile(
        optimizer,
        keras.losses.CategoricalCrossentropy(
            from_logits=True, label_smoothing=LABEL_SMOOTHING
        ),
        metrics=["accuracy"],
        jit_compile=False,
    )
    return model


def _train(model, seed, epochs, console):
    """Fit the model while the next epoch's pictures are drawn."""
    from rich.progress import Progress

    draw = partial(pictures, "train", seed, count=BATCH * STEPS)
    bar = Progress(console=console)
    with ThreadPoolExecutor(1) as ahead, bar as progress:
        task = progress.add_task("glyphnet", total=epochs)
        coming = ahead.submit(draw, 0)
        for epoch in range(epochs):
            images, labels = coming.result()
            if epoch + 1 < epochs:
                coming = ahead.submit(draw, epoch + 1)
            logs = model.fit(
                images, labels, batch_size=BATCH, shuffle=False, verbose=0
            ).history
            said = ", ".join(f"{k} {v[0]:.3f}" for k, v in logs.items())
            progress.update(task, advance=1, description=f"glyphnet: {said}")


def _settings(seed, epochs):
    return {
        "seed": seed,
        "epochs": epochs,
        "steps_per_epoch": STEPS,
        "batch_size": BATCH,
        "learning_rate": LEARNING_RATE,
        "warmup": WARMUP,
        "weight_decay": WEIGHT_DECAY,
        "label_smoothing": LABEL_SMOOTHING,
        "plan": [list(row) for row in glyphnet.PLAN],
        "classes": list(CLASSES),
        "fonts": [name for name in FAMILIES if name != VALIDATION],
        "slants": handwriting.SLANTS.get_config(),
        "drawn": {name: list(v) for name, v in handwriting.DRAWN.items()},
    }


def _versions():
    backend = keras.backend.backend()
    names = (backend, "keras", "numpy", "matplotlib", "pillow", "opencv")
    installed = {"opencv": "opencv-python-headless"}
    return {
        "backend": backend,
        "python": platform.python_version(),
        **{n: metadata.version(installed.get(n, n)) for n in names},
    }


def _save(body, out, card):
    out.mkdir(parents=True, exist_ok=True)
    file = out / glyphnet.WEIGHTS
    body.save_weights(file)
    card = {**card, "sha256": origin(glyphnet.NAME, file)["sha256"]}
    text = json.dumps(card, indent=1, ensure_ascii=False)
    (out / glyphnet.CARD).write_text(text + "\n", "utf-8")
    return card
