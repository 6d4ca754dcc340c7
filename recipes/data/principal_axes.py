"""PCA's axes: mean, eigenvectors and variances of the training split."""

from typing import NamedTuple

import numpy as np

from recipes.errors import RecipeError

LARGEST = 4096  # features: their covariance has 134 MB then


class PrincipalAxes(NamedTuple):
    """What PCA finds.

    Args:
        mean: The mean example, in its own shape.
        vectors: Unit eigenvectors of the covariance (features, kept), the
            largest entry of each positive.
        axes: What centered rows are multiplied with: the same, divided by
            the deviations of features that are standardized first.
        variances: Along each axis, falling.
    """

    mean: np.ndarray
    vectors: np.ndarray
    axes: np.ndarray
    variances: np.ndarray


def principal_axes(batches, n_components, standardize):
    """Fit PCA on batches of rows, in float64.

    scikit-learn's PCA holds all rows as float64 at once, and its incremental
    one is not exact; a covariance is both exact and small.

    Args:
        batches: Function that yields arrays (rows, …).
        n_components: How many axes, the share of the variance, or None.
        standardize: Whether features get deviation 1 first; None for tables
            alone.

    Raises:
        RecipeError: For too many features, or n_components out of range.
    """
    _check_components(n_components)
    mean, covariance, rows = _covariance(batches)
    deviation = np.ones(mean.size)
    if mean.ndim == 1 if standardize is None else standardize:
        variance = np.diag(covariance)
        deviation = np.where(variance > 0, np.sqrt(variance), 1.0)
        covariance = covariance / np.outer(deviation, deviation)
    variances, vectors = np.linalg.eigh(covariance)
    variances, vectors = np.maximum(variances[::-1], 0), vectors[:, ::-1]
    largest = vectors[np.abs(vectors).argmax(axis=0), range(mean.size)]
    vectors = vectors * np.sign(largest)
    kept = slice(_count(n_components, variances, rows))
    vectors = vectors[:, kept]
    axes = vectors / deviation[:, None]
    return PrincipalAxes(mean, vectors, axes, variances[kept])


def _covariance(batches):
    """Return the mean example, the features' covariance, and the rows."""
    rows, shift = 0, None
    for batch in batches():
        batch = np.asarray(batch, "float64")
        flat = batch.reshape(len(batch), -1)
        if shift is None:
            shape, features = batch.shape[1:], flat.shape[1]
            _check_features(shape, features)
            # Sums around a row: no cancellation, and constants give 0.
            shift = flat[0]
            first = np.zeros(features)
            second = np.zeros((features, features))
        around = flat - shift
        rows += len(flat)
        first += around.sum(axis=0)
        second += around.T @ around
    first /= rows
    covariance = second / rows - np.outer(first, first)
    return (shift + first).reshape(shape), covariance, rows


def _check_features(shape, features):
    if features > LARGEST:
        size = "x".join(map(str, shape))
        raise RecipeError(
            f"`preprocessing`: PCA and whitening take up to {LARGEST:,} "
            f"features, and {size} are {features:,}. Make images smaller with "
            "image_size, or use 'standardization'."
        )


def _check_components(given):
    whole = isinstance(given, int) and not isinstance(given, bool)
    share = isinstance(given, float) and 0 < given <= 1
    if given is not None and not (share or whole and given >= 1):
        raise RecipeError(
            "`preprocessing/n_components` must be a whole number from 1, a "
            "share of the variance in (0, 1] as a float, or None. "
            f"Received: {given!r}"
        )


def _count(n_components, variances, rows):
    """Return how many axes to keep."""
    most = min(rows, len(variances))
    if n_components is None:
        return most
    if isinstance(n_components, float):
        explained = np.cumsum(variances)
        enough = (n_components - 1e-12) * explained[-1]
        return int(np.searchsorted(explained, enough)) + 1
    if n_components > most:
        raise RecipeError(
            f"`preprocessing/n_components` must be at most {most}, the "
            f"smaller of {rows} rows and {len(variances)} features. "
            f"Received: {n_components}"
        )
    return n_components
