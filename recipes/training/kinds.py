"""Of what kinds the values in a run's JSON files are, before one is used."""

from recipes.errors import RunError

_MOST = 10**6  # steps per execution


def _is_dict(value):
    return isinstance(value, dict)


def _is_text(value):
    return isinstance(value, str)


def _is_score(value):
    return value is None or isinstance(value, (int, float))


def _is_epoch(value):
    return value is None or type(value) is int


def _are_dicts(value):
    return isinstance(value, list) and all(map(_is_dict, value))


def _are_counts(value):
    return value is None or _is_dict(value)


def _are_texts(value):
    return isinstance(value, list) and all(map(_is_text, value))


def _are_names(value):
    return value is None or _are_texts(value)


def _are_epochs(value):
    whole = isinstance(value, list) and all(type(v) is int for v in value)
    return whole and bool(value)


def _are_steps(value):
    return value is None or (type(value) is int and 1 <= value <= _MOST)


# File → place of a value → (its kind, how that is called, whether it must be
# there). A star is any name, or every item.
KINDS = {
    "metrics.json": {
        "": (_is_dict, "names and numbers", True),
        "*": (_is_score, "a number or null", False),
        "best_epoch": (_is_epoch, "a whole number", False),
        "model_epoch": (_is_epoch, "a whole number", False),
    },
    "environment.json": {
        "": (_is_dict, "names and values", True),
        "data": (_is_dict, "names and values", True),
        "data/rows": (_are_counts, "names and numbers, or null", False),
        "data/target": (_is_text, "a text", False),
        "data/class_names": (_are_names, "a list of texts, or null", True),
        "data/target_names": (_are_names, "a list of texts, or null", False),
        "fit": (_is_dict, "names and values", False),
        "fit/callbacks": (_are_texts, "a list of texts", False),
        "members": (_are_dicts, "a list of names and values", False),
        "members/*/directory": (_is_text, "a text", True),
        "members/*/data": (_is_dict, "names and values", False),
        "steps_per_execution": (
            _are_steps,
            f"a whole number from 1 to {_MOST}, or null",
            False,
        ),
    },
    "stages.json": {
        "": (_is_dict, "names and values", True),
        "stages": (_are_dicts, "a list of names and values", True),
        "stages/*/stage": (_is_text, "a text", True),
        "stages/*/epochs": (_are_epochs, "a list of whole numbers", True),
    },
}


def check(path, found, needed=()):
    """Refuse a file whose values are not of the kinds that a run writes.

    Args:
        path: Of the file; one that is not in `KINDS` is taken.
        found: What it holds, parsed.
        needed: Names that must be there too.

    Returns:
        What it holds.

    Raises:
        RunError: Naming the file and the value.

    Example:

    >>> from pathlib import Path
    >>> check(Path("my/metrics.json"), {"loss": 0.5})
    {'loss': 0.5}
    >>> check(Path("my/metrics.json"), {"loss": "low"})
    Traceback (most recent call last):
    ...
    recipes.errors.RunError: my/metrics.json is not what a run writes: `loss` \
must be a number or null. Received: 'low'. Bring the file back from a copy.
    """
    for place, (fits, words, must) in KINDS.get(path.name, {}).items():
        must = must or place in needed
        for name, value in _values(found, place.split("/") if place else []):
            if value is _MISSING:
                if must:
                    raise _refusal(path, f"`{name}` is missing")
            elif not fits(value):
                raise _odd(path, name, words, value)
    return found


def check_value(path, name, value):
    """Refuse one value of a file, the rest of which can be written again.

    Raises:
        RunError: Naming the file and the value.
    """
    fits, words, _ = KINDS[path.name][name]
    if not fits(value):
        raise _odd(path, name, words, value)
    return value


_MISSING = object()


def _values(found, steps):
    """Yield (name, value) of what lies at a place, or that it is missing."""
    if not steps:
        yield "", found
        return
    first, *more = steps
    if first == "*":
        every = found.items() if _is_dict(found) else enumerate(found)
    elif first in found:
        every = [(first, found[first])]
    else:
        every = [] if more else [(first, _MISSING)]
    for name, value in every:
        for rest, inner in _values(value, more):
            yield f"{name}/{rest}" if rest else str(name), inner


def _odd(path, name, words, value):
    what = f"`{name}`" if name else "what it holds"
    said = f"{what} must be {words}. Received: {str(value)[:80]!r}"
    return _refusal(path, said)


def _refusal(path, said):
    return RunError(
        f"{path} is not what a run writes: {said}. Bring the file back from a "
        "copy."
    )
