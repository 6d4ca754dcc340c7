"""The contact sheet: examples and labels as the network gets them."""

import numpy as np
from matplotlib.figure import Figure

from recipes.data.preprocessing import moments
from recipes.data.sheet import of_each_class
from recipes.galleries import sheet
from recipes.lettering import AS_IS, families, one_line
from recipes.preflight.finding import Finding

NAME = "contact sheet"
IMAGES, ROWS = 24, 16


def figure(bench):
    """Return a figure of training examples with their labels.

    Images are drawn after augmentation and preprocessing, their values spread
    over black to white; tables as a row of colors, standardized; texts by
    their first words.

    Args:
        bench: The `Bench`.

    Returns:
        A `matplotlib.figure.Figure`.
    """
    data = bench.data
    count = IMAGES if data.features == "image" else ROWS
    rows = np.arange(len(data.train))
    if data.target != "number":
        rows = of_each_class(data.train.labels)
    rows = rows[:count]
    if data.features != "image":
        words = _captions(data, data.train.labels[rows])
        return _lines(data, data.train.read(rows), words)
    images, targets = _drawn(bench, rows)
    images = as_pictures(_preprocessed(bench, images))
    title = f"{data.name}: train as the network gets it"
    return sheet(images, _captions(data, targets), title, columns=8)


def finding(bench):
    """Return the `Finding` that says what to look at."""
    return Finding(
        NAME,
        "pass",
        None,
        "",
        "Look whether you would give these examples these labels.",
    )


def as_pictures(images):
    """Return images of any values, spread over [0, 1], of 1 or 3 channels.

    >>> as_pictures(np.array([[[[-2.0]], [[2.0]]]])).ravel().tolist()
    [0.0, 1.0]
    """
    images = np.asarray(images, "float32")
    if images.shape[-1] not in (1, 3):
        images = images.mean(axis=-1, keepdims=True)
    low, high = images.min(), images.max()
    return (images - low) / max(high - low, 1e-12)


def _drawn(bench, rows):
    """Return images as the loader hands them over, and what goes with them."""
    split, labels = bench.data.train, bench.data.train.labels[rows]
    draw = bench.settled.loader.augment
    if draw is None:
        return split.read(rows), labels
    if getattr(draw, "looks_ahead", False):
        rows = np.append(rows, rows[0])
    targets = bench.objective.targets(split.labels[rows])
    images, mixed = draw(draw.read(split, rows), targets, 0, rows)
    mixes = getattr(draw, "looks_ahead", False)
    return images, mixed if mixes else labels


def _preprocessed(bench, images):
    """Send images through the layers before the network that keep a map."""
    import keras

    x = keras.ops.convert_to_tensor(np.asarray(images, "float32"))
    for layer in bench.model.layers[1:]:
        if not layer.name.startswith("raw"):
            break
        found = layer(x)
        if len(found.shape) != 4:
            break
        x = found
    return keras.ops.convert_to_numpy(x)


def _captions(data, labels):
    """Return a text for each label, or mixture of them."""
    if data.target == "number":
        return [", ".join(f"{v:.4g}" for v in row) for row in labels]
    names = [one_line(n, f"class {i}") for i, n in enumerate(data.class_names)]
    if labels.ndim == 1:
        return [names[label] for label in labels]
    if labels.shape[1] == 1:
        labels = np.hstack([1 - labels, labels])
    if data.target == "labels":
        listed = [[names[i] for i in np.flatnonzero(r > 0.5)] for r in labels]
        return ["\n".join(each) or "none" for each in listed]
    return [
        "\n".join(
            f"{row[i]:.2g} {names[i]}" for i in np.flatnonzero(row > 0.05)
        )
        for row in labels
    ]


def _lines(data, examples, captions):
    """Draw rows of a table, or texts, each with its label before it."""
    drawing = Figure((9, 0.28 * len(examples) + 0.9), layout="constrained")
    axes = drawing.add_subplot()
    axes.set_title(f"{data.name}: train", fontsize=9, **AS_IS)
    places = np.arange(len(examples))
    if data.features == "table":
        x = np.asarray(examples, "float64")
        mean, variance = moments(data.train.chunks(), keep=1)
        x = (x - mean) / np.sqrt(np.where(variance > 0, variance, 1.0))
        axes.imshow(x, aspect="auto", cmap="RdBu_r", vmin=-3, vmax=3)
        axes.set_xlabel("columns, standardized: −3 blue to 3 red", fontsize=8)
    else:
        for place, text in zip(places, examples, strict=True):
            words = one_line(text, "(letters that no font has)", 90)
            axes.text(0, place, words, va="center", fontsize=8, **AS_IS)
        axes.set_ylim(len(examples) - 0.5, -0.5)
        axes.set_xlim(0, 1)
        axes.set_xticks([])
    words = [one_line(c, "?", 30) for c in captions]
    axes.set_yticks(places, words, fontsize=7, family=families())
    return drawing
