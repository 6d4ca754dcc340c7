"""Simple models of scikit-learn: what can be told from the inputs at once."""

import numpy as np

from recipes.data.small import vectors

TERMS = 5000  # different words


def features(data, split, places, fitted=None):
    """Return what a simple model sees of a split, and what made it.

    Images are shrunk to at most 16 pixels, columns standardized by train,
    texts counted by word (TF-IDF, unit length).

    Args:
        data: Checked data.
        split: One of its splits.
        places: Which rows of it.
        fitted: What the call for train has returned, for another split.

    Returns:
        (array (rows, features) or a sparse matrix, what was fitted).
    """
    if data.features == "text":
        from sklearn.feature_extraction.text import TfidfVectorizer

        texts = [str(text) for text in split.read(places)]
        if fitted is None:
            fitted = TfidfVectorizer(max_features=TERMS).fit(texts)
        return fitted.transform(texts), fitted
    x = vectors(split, places).astype("float64")
    if fitted is None:
        deviation = x.std(axis=0)
        if data.features == "image":
            deviation = np.full_like(deviation, max(x.std(), 1e-12))
        fitted = x.mean(axis=0), np.where(deviation > 0, deviation, 1.0)
    return (x - fitted[0]) / fitted[1], fitted


def labels(data, split, places):
    """Return the labels of these rows, as a simple model takes them."""
    found = split.labels[places]
    if data.target != "number":
        return found
    center, spread = data.train.labels.mean(0), data.train.labels.std(0)
    return (found - center) / spread


def models(data):
    """Return the simple models for a target: neighbors, and a linear one.

    For the linear one classes weigh alike, as they do in `score`: else it
    gives the largest class alone where one is rare.
    """
    from sklearn.linear_model import LogisticRegression, Ridge, RidgeClassifier
    from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

    near = {"n_neighbors": 5, "weights": "distance"}
    if data.target == "number":
        return [KNeighborsRegressor(**near), Ridge(alpha=10.0)]
    alike = "balanced" if data.target == "class" else None
    alpha = 1.0 if data.features == "text" else 10.0
    linear = RidgeClassifier(alpha=alpha, class_weight=alike)
    if data.target == "class" and data.features == "table":
        linear = LogisticRegression(C=0.1, max_iter=200, class_weight=alike)
    return [KNeighborsClassifier(**near), linear]


def score(data, truth, predicted):
    """Return a score that is 0 for chance and 1 for no mistake.

    Classes: (mean recall − 1/C) / (1 − 1/C), over the C classes that are
    there. Labels: the mean over labels of the same with C = 2. Numbers: R²,
    the mean over targets.

    Args:
        data: Checked data.
        truth: Labels as of `labels`.
        predicted: The same, of a model.
    """
    if data.target == "number":
        left = np.square(truth - predicted.reshape(truth.shape)).mean(axis=0)
        return float(np.mean(1 - left / np.maximum(truth.var(axis=0), 1e-12)))
    if data.target == "labels":
        pairs = zip(truth.T, predicted.T, strict=True)
        return float(np.mean([_recall(t, p) for t, p in pairs]))
    return _recall(truth, predicted)


def _recall(truth, predicted):
    kinds = np.unique(truth)
    if len(kinds) < 2:
        return 0.0
    recalls = [(predicted[truth == kind] == kind).mean() for kind in kinds]
    chance = 1 / len(kinds)
    return float((np.mean(recalls) - chance) / (1 - chance))
