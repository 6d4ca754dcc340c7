"""Where in an image a network finds what it says: Grad-CAM."""

import os
from functools import cached_property
from numbers import Integral
from pathlib import Path
from typing import NamedTuple

import numpy as np

from recipes import galleries
from recipes.errors import DataError, RunError, suggest
from recipes.lettering import one_line
from recipes.training.looking.feature_maps import cut_at
from recipes.training.looking.grad_cam import grad_cam
from recipes.training.looking.listed import listed
from recipes.training.predict_files import read_image

TITLES = {
    "class": "what speaks for the class",
    "labels": "what speaks for the label",
    "number": "what raises the number",
}


class Explained(NamedTuple):
    """An image, and what was explained in it.

    Args:
        image: Its path, or its number from 0.
        explained: The class or label (or number of the target) that the map
            is of.
        output: What the model gives for it: its probability, or the number.
        score: The same before the softmax or sigmoid.
    """

    image: object
    explained: object
    output: float
    score: float


def explain(run, images, classes=None, layer=None):
    """Return heat maps of the evidence; see `Run.explain`."""
    about = run.environment["data"]
    if about["features"] != "image":
        raise RunError(
            "explain draws on images; this run was trained on "
            f"{about['features']}s."
        )
    x, names = _read(images, about)
    cut = cut_at(run.model, layer)
    outputs = run.model.predict(x, verbose=0)
    chosen = _choose(classes, outputs, about)
    signs = _signs(chosen, outputs.shape[1], about)
    maps, scores = grad_cam(cut, x, signs)
    shares = _shares(outputs, about)[np.arange(len(x)), chosen]
    rows = [
        Explained(image, _name(number, about), float(share), float(score))
        for image, number, share, score in zip(
            names, chosen, shares, scores, strict=True
        )
    ]
    scaled = np.clip(x.astype("float32") * about["value_scale"], 0, 1)
    return Explanation(rows, maps, cut.layer, scaled, about["target"])


def _read(images, about):
    """Return (images as the model takes them, a name of each)."""
    if isinstance(images, (str, os.PathLike)):
        images = [images]
    shape = tuple(about["input_shape"])
    listing = isinstance(images, (list, tuple)) and len(images) > 0
    if listing and all(isinstance(i, (str, os.PathLike)) for i in images):
        x = [read_image(file, about) for file in images]
        return np.concatenate(x), [str(Path(file)) for file in images]
    try:
        x = np.asarray(images)
    except ValueError:  # of several shapes
        x = np.asarray(images, object)
    if x.shape == shape:
        x = x[None]
    if x.shape[1:] != shape or not len(x) or x.dtype.kind not in "biuf":
        raise DataError(
            f"images of shape {x.shape} and type {x.dtype}",
            f"paths, or an array of shape (images, {str(shape)[1:]} of "
            "numbers, as the model takes it",
            "hand over files, which are read as in training",
        )
    top = 1 / about["value_scale"]
    if not (x.min() >= 0 and x.max() <= top * 1.001):
        raise DataError(
            f"pixel values of {x.min():g} to {x.max():g}",
            f"0 to {top:.0f}, as the run was trained on",
            "bring the pixels to this range",
        )
    return x, list(range(len(x)))


def _choose(classes, outputs, about):
    """Return the number of the class (label, target) of each image."""
    if classes is None:
        if about["target"] == "number":
            return np.zeros(len(outputs), int)
        return _shares(outputs, about).argmax(axis=1)
    if not isinstance(classes, (list, tuple, np.ndarray)):
        classes = [classes] * len(outputs)
    if len(classes) != len(outputs):
        raise DataError(
            f"{len(classes)} classes for {len(outputs)} images",
            "one for all, or one for each",
            "leave classes out: then it is what the model predicts",
        )
    return np.array([_number(one, outputs, about) for one in classes])


def _number(one, outputs, about):
    names = about["class_names"]
    if names is not None and isinstance(one, str) and one in names:
        return names.index(one)
    count = outputs.shape[1] if names is None else len(names)
    whole = isinstance(one, Integral) and not isinstance(one, bool)
    if whole and 0 <= one < count:
        return int(one)
    legal = f"a number from 0 to {count - 1}"
    if names is not None:
        legal = f"one of {', '.join(names)}, or {legal}"
    hint = suggest(one, names or ()).strip()
    raise DataError(f"the class {one!r}", legal, hint or "name one of these")


def _shares(outputs, about):
    """Return a column for each class, label or target."""
    if about["target"] == "class" and outputs.shape[1] == 1:
        return np.concatenate([1 - outputs, outputs], axis=1)
    return outputs


def _signs(chosen, count, about):
    """Return what the scores are multiplied with: ±1 at the chosen one."""
    if about["target"] == "class" and count == 1:  # one score, of class 1
        return np.where(chosen[:, None] == 1, 1, -1).astype("float32")
    return np.eye(count, dtype="float32")[chosen]


def _name(number, about):
    names = about["class_names"]
    return int(number) if names is None else names[number]


class Explanation:
    """What `Run.explain` returns.

    Args:
        rows: List of `Explained`, one per image.
        maps: Array (images, height, width) in [0, 1], as large as the images
            that the model takes.
        layer: Name of the layer whose feature maps were weighed.
        images: Those that were explained, in [0, 1].
        target: What the run predicts: `"class"`, `"labels"` or `"number"`.
    """

    def __init__(self, rows, maps, layer, images, target="class"):
        self.rows, self.maps, self.layer = rows, maps, layer
        self.images, self.target = images, target

    @cached_property
    def figure(self):
        """A matplotlib figure: each image, and beside it its map."""
        pairs = zip(self.rows, self.maps, strict=True)
        captions = [self._caption(*pair) for pair in pairs]
        title = f"{TITLES[self.target]} (Grad-CAM, {self.layer})"
        return galleries.overlays(self.images, self.maps, captions, title)

    def _caption(self, row, heat):
        name = one_line(row.explained, "its class")
        place = f"image {row.image}"
        if isinstance(row.image, str):
            place = Path(row.image).name
        words = f"{name} ({row.output:.2f})"
        if self.target == "number":
            words = f"target {row.explained}: {row.output:.4g}"
        if not heat.any():
            words += ", an empty map"
        return f"{words}\n{one_line(place, 'an image', 24)}"

    def __repr__(self):
        heads = ("image", "explained", "output", "score", "brightest at")
        pairs = zip(self.rows, self.maps, strict=True)
        rows = [(*row, _peak(heat)) for row, heat in pairs]
        return listed(f"Grad-CAM at {self.layer}", heads, rows)


def _peak(heat):
    if not heat.any():
        return "nowhere"
    row, column = np.unravel_index(heat.argmax(), heat.shape)
    return f"row {row}, column {column}"
