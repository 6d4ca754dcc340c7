"""environment.json: what a run was made with."""

import json
import platform
import sys
from importlib import metadata

import keras

from recipes import codec
from recipes.data.catalog import from_anywhere
from recipes.training.plan import split_seed

PACKAGES = ("keras", "tensorflow", "jax", "numpy", "scikit-learn", "pillow")


def describe(recipe, data, device, **more):
    """Return the environment of a run as plain values."""
    return {
        "recipes": version("keras-recipes"),
        "python": sys.version.split()[0],
        "platform": platform.platform(),
        "backend": keras.backend.backend(),
        "packages": {name: version(name) for name in PACKAGES},
        "device": device._asdict(),
        "dtype_policy": recipe.dtype_policy,
        "seed": recipe.seed,
        "metrics": json.loads(codec.dumps(recipe.metrics)),
        "data": {
            "name": data.name,
            "spec": data.spec and from_anywhere(data.spec),
            "fingerprint": data.fingerprint,
            "features": data.features,
            "target": data.target,
            "input_shape": list(data.input_shape),
            "value_scale": data.value_scale,
            "validation_split": recipe.validation_split,
            "test_split": recipe.test_split,
            "split_seed": split_seed(recipe),
            "fold": data.fold,
            "rows": {split.role: len(split) for split in data.splits},
            "class_names": _listed(data.class_names),
            "feature_names": _listed(data.feature_names),
            "target_names": _listed(data.target_names),
        },
        **more,
    }


def _listed(names):
    return None if names is None else list(names)


def version(package):
    """Return a package's version, or None where it is not installed."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
