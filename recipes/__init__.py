"""Training recipes for Keras 3: name one, hand it data, get a trained model.

>>> import recipes
>>> recipe = recipes.image_classifier(dropout=0.2)
>>> recipe.dropout
0.2

Importing this package loads neither Keras nor TensorFlow; the first recipe
with arguments to check, or the first fit, does.
"""

import importlib

_HOME = {
    "Recipe": "recipe",
    "Part": "part",
    "Float": "search_space",
    "Int": "search_space",
    "Choice": "search_space",
    "Boolean": "search_space",
    "register": "registry",
    "image_classifier": "image",
    "image_fine_tuner": "fine_tuning",
    "image_regressor": "image",
    "tabular_classifier": "tabular",
    "tabular_regressor": "tabular",
    "text_classifier": "text",
    "backbone_part": "transfer.kept_models",
    "lint_model": "lint.model",
    "load_run": "runs",
    "load_cross_validation": "runs",
    "load_sweep": "runs",
    "load_tuned": "runs",
    "ensemble": "ensembles",
    "rerun": "rerunning",
    "study": "studies.study",
    "Run": "training.run",
    "RangeTest": "range_test.result",
    "CrossValidation": "training.cross_validation",
    "Sweep": "tuning.found",
    "Tuned": "six_steps.result",
    "UserError": "errors",
    "RecipeError": "errors",
    "DataError": "errors",
    "RunError": "errors",
    "DivergedError": "errors",
}

__version__ = "0.1.0"
__all__ = [*_HOME, "data"]


def __getattr__(name):
    if name == "data":
        return importlib.import_module("recipes.data")
    if name not in _HOME:
        raise AttributeError(f"module 'recipes' has no attribute {name!r}")
    return getattr(importlib.import_module(f"recipes.{_HOME[name]}"), name)


def __dir__():
    return sorted([*globals(), *__all__])
