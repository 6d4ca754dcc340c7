"""The ranges of a recipe: where each stands, when it counts, on what scale.

Without Keras Tuner, and without a model: a table of them, and what pictures
and words need to know.
"""

import math
from typing import NamedTuple

from recipes.errors import RecipeError
from recipes.part import Part
from recipes.search_space import Boolean, Choice, Range

SIMPLE = (str, int, float, bool)


class Place(NamedTuple):
    """A range, and where it stands.

    Args:
        path: As Keras Tuner calls it.
        range: `Float`, `Int`, `Choice` or `Boolean`.
        under: (path, label) of each option that has to be chosen for it.
    """

    path: str
    range: Range
    under: tuple = ()

    @property
    def kind(self):
        """`"Float"`, `"Int"`, `"Choice"` or `"Boolean"`."""
        return type(self.range).__name__

    @property
    def options(self):
        """Labels of what can be chosen, or None for an interval."""
        if isinstance(self.range, Boolean):
            return [False, True]
        return labels(self.range) if isinstance(self.range, Choice) else None

    def value(self, values):
        """Return this range's value among a trial's, or None where it has
        none because another option was chosen.
        """
        chosen = all(values.get(path) == label for path, label in self.under)
        return values.get(self.path) if chosen else None

    def position(self, value):
        """Return where a value lies, from 0 to 1, on the range's own scale.

        >>> from recipes import Float
        >>> Place("x", Float(1e-4, 1e-2, sampling="log")).position(1e-3)
        0.5
        """
        if self.options is not None:
            return self.options.index(value) / max(1, len(self.options) - 1)
        low, high = self.range.min_value, self.range.max_value
        if self.range.sampling == "linear":
            return (value - low) / (high - low)
        if self.range.sampling == "reverse_log":
            return 1 - math.log((low + high - value) / low) / math.log(
                high / low
            )
        return math.log(value / low) / math.log(high / low)

    def __str__(self):
        if self.options is not None:
            return ", ".join(str(option) for option in self.options)
        return f"{self.range.min_value:.4g}..{self.range.max_value:.4g}"

    @property
    def scale(self):
        """Words for the distance between two values; "" for options.

        >>> from recipes import Int
        >>> Place("x", Int(16, 64, step=16)).scale
        'linear, step 16'
        """
        if self.options is not None:
            return ""
        step = self.range.step
        return self.range.sampling + (f", step {step:g}" if step else "")


def refuse_closed(recipe):
    """Refuse a recipe without a range.

    Raises:
        RecipeError: That says how to give it one.
    """
    if not recipe.ranges():
        raise RecipeError(
            "The recipe has no range to search. Give a field one, for "
            "instance recipe.replace(dropout=recipes.Float(0.0, 0.6)); on the "
            "command line --search dropout=0..0.6."
        )


def places(recipe):
    """Return a `Place` for each range of a recipe, in its order.

    >>> import recipes
    >>> recipe = recipes.image_classifier(dropout=recipes.Float(0, 0.5))
    >>> [str(place) for place in places(recipe)]
    ['0..0.5']
    """
    fields = recipe.to_dict().items()
    return [p for name, value in fields for p in _walk(value, name, ())]


def _walk(value, path, under):
    if isinstance(value, Range):
        yield Place(path, value, under)
    if isinstance(value, Choice):
        for label, option in zip(labels(value), value.values, strict=True):
            below = (*under, (path, label))
            yield from _walk(option, below_option(path, option), below)
    elif isinstance(value, Part):
        for name, inside in value.config.items():
            yield from _walk(inside, f"{path}/{name}", under)
    elif isinstance(value, tuple):
        for number, inside in enumerate(value):
            yield from _walk(inside, f"{path}/{number}", under)


def labels(choice):
    """Return what Keras Tuner calls each option: itself, or a word for it.

    >>> labels(Choice([None, Part("group_normalization", groups=4)]))
    ['None', 'group_normalization']
    """
    options = list(choice.values)
    kind = type(options[0])
    if kind in SIMPLE and all(type(option) is kind for option in options):
        return options
    words = [_word(option) for option in options]
    return [
        word if words.count(word) == 1 else f"{word} #{number}"
        for number, word in enumerate(words, 1)
    ]


def _word(option):
    if isinstance(option, Part):
        return option.name
    return option if isinstance(option, str) else repr(option)


def below_option(path, option):
    """Return the path inside an option: its name is a step, where it has one.

    As `search_space.open_ranges` has it.
    """
    name = getattr(option, "name", None)
    return f"{path}/{name}" if name else path


def short(paths):
    """Return path → its last step, or as many as tell it from the others.

    >>> short(["dropout", "optimizer/adam/rate", "optimizer/sgd/rate"])
    ... # doctest: +NORMALIZE_WHITESPACE
    {'dropout': 'dropout', 'optimizer/adam/rate': 'adam/rate',
     'optimizer/sgd/rate': 'sgd/rate'}
    """
    found, length = {}, 1
    left = list(paths)
    while left:
        ends = ["/".join(path.split("/")[-length:]) for path in left]
        for path, end in zip(left, ends, strict=True):
            if ends.count(end) == 1 or end == path:
                found[path] = end
        left = [path for path in left if path not in found]
        length += 1
    return {path: found[path] for path in paths}
