"""A recipe's ranges as Keras Tuner's space, and its values as a recipe.

The path of a range is the hyperparameter's name. What stands in an option of
a `Choice` is conditional on that option. Keras Tuner's own `Choice` holds
values of one simple type; where ours holds Parts, None or a mixture, each
option goes by its label.
"""

import keras_tuner

from recipes.errors import RecipeError
from recipes.part import Part
from recipes.search_space import Boolean, Choice, Float, Int, Range
from recipes.tuning.ranges import below_option, labels, refuse_closed


def hyperparameters(recipe):
    """Return the whole tree of a recipe's ranges, as Keras Tuner has it.

    Everything is declared, also what no first trial would meet. No model is
    built.

    Raises:
        RecipeError: For a recipe without a range.

    Example:

    >>> import recipes
    >>> recipe = recipes.image_classifier(dropout=recipes.Float(0, 0.5))
    >>> [hp.name for hp in hyperparameters(recipe).space]
    ['dropout']
    """
    refuse_closed(recipe)
    found = keras_tuner.HyperParameters()
    for name, value in recipe.to_dict().items():
        _declare(found, value, name)
    return found


def close(recipe, values):
    """Return the recipe with a value in the place of every range.

    Args:
        recipe: A recipe with ranges.
        values: Path → value, as Keras Tuner's `hyperparameters.values`; what
            belongs to an option that was not chosen is not looked at.

    Raises:
        RecipeError: For a missing value, or values that do not go together.

    Example:

    >>> import recipes
    >>> recipe = recipes.image_classifier(dropout=recipes.Float(0, 0.5))
    >>> close(recipe, {"dropout": 0.25}).dropout
    0.25
    """
    fields = recipe.to_dict()
    closed = {k: _closed(v, values, k) for k, v in fields.items()}
    return recipe.replace(**closed)


def _declare(found, value, path):
    if isinstance(value, Choice):
        options = labels(value)
        found.Choice(path, options, default=options[0])
        for label, option in zip(options, value.values, strict=True):
            with found.conditional_scope(path, [label]):
                _declare(found, option, below_option(path, option))
    elif isinstance(value, Boolean):
        found.Boolean(path)
    elif isinstance(value, Int):
        found.Int(path, **_interval(value))
    elif isinstance(value, Float):
        found.Float(path, **_interval(value))
    elif isinstance(value, Part):
        for name, inside in value.config.items():
            _declare(found, inside, f"{path}/{name}")
    elif isinstance(value, tuple):
        for number, inside in enumerate(value):
            _declare(found, inside, f"{path}/{number}")


def _interval(value):
    step = value.step
    if step is None and isinstance(value, Int) and value.sampling == "linear":
        step = 1
    return {
        "min_value": value.min_value,
        "max_value": value.max_value,
        "step": step,
        "sampling": value.sampling,
    }


def _closed(value, values, path):
    if isinstance(value, Range):
        if values.get(path) is None:
            raise RecipeError(
                f"`{path}` has no value. Received: {', '.join(values)}"
            )
        chosen = values[path]
        if not isinstance(value, Choice):
            return chosen
        option = value.values[labels(value).index(chosen)]
        return _closed(option, values, below_option(path, option))
    if isinstance(value, Part):
        return Part(
            value.name,
            **{
                name: _closed(inside, values, f"{path}/{name}")
                for name, inside in value.config.items()
            },
        )
    if isinstance(value, tuple):
        return tuple(
            _closed(inside, values, f"{path}/{number}")
            for number, inside in enumerate(value)
        )
    return value
