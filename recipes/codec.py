"""Plain values to JSON and back, exactly.

A Part is `{"part": name, "config": {…}}`, a range `{"range": "Float", …}`, a
tuple a list. No number is rounded, no import path is read, nothing is run.
"""

import dataclasses
import json
from collections.abc import Mapping

from recipes import json_text, search_space
from recipes.errors import RecipeError
from recipes.part import Part
from recipes.search_space import Range

LARGEST, MOST = 2**20, 100_000  # characters and values of a recipe
RANGES = {
    name: getattr(search_space, name)
    for name in ("Float", "Int", "Choice", "Boolean")
}


def dumps(value):
    """Return `value` as indented JSON.

    >>> print(dumps({"dropout": 0.5}))
    {
      "dropout": 0.5
    }
    """
    return json.dumps(_encode(value), indent=2, allow_nan=False)


def loads(text):
    """Return what `dumps` was given.

    Raises:
        json.JSONDecodeError: If the text is not JSON.
        RecipeError: If it holds NaN, a name twice, or an unknown tag.

    >>> loads('{"part": "l2", "config": {"l2": 0.1}}')
    Part('l2', l2=0.1)
    """
    try:
        raw = json_text.loads(text, LARGEST, MOST)
    except json.JSONDecodeError:
        raise
    except ValueError as error:
        raise RecipeError(f"This JSON cannot be read: {error}") from error
    return decode(raw)


def _encode(value):
    if isinstance(value, Part):
        return {"part": value.name, "config": _encode(value.config)}
    if isinstance(value, Range):
        return {
            "range": type(value).__name__,
            **{
                f.name: _encode(getattr(value, f.name))
                for f in dataclasses.fields(value)
            },
        }
    if isinstance(value, Mapping):
        return {key: _encode(below) for key, below in value.items()}
    if isinstance(value, (list, tuple)):
        return [_encode(below) for below in value]
    return value


def decode(raw):
    """Turn parsed JSON into plain values, Parts and ranges.

    >>> decode({"range": "Boolean"})
    Boolean()
    """
    if isinstance(raw, list):
        return tuple(decode(below) for below in raw)
    if not isinstance(raw, dict):
        return raw
    if "part" in raw:
        if not set(raw) <= {"part", "config"} or not isinstance(
            raw.get("config", {}), dict
        ):
            raise RecipeError(
                'A Part in JSON is {"part": name, "config": {…}}. '
                f"Received: {raw!r}"
            )
        config = {k: decode(v) for k, v in raw.get("config", {}).items()}
        return Part(raw["part"], **config)
    if "range" in raw:
        arguments = {k: decode(v) for k, v in raw.items() if k != "range"}
        try:
            return RANGES[raw["range"]](**arguments)
        except (KeyError, TypeError) as error:
            raise RecipeError(
                f"A range in JSON is one of {', '.join(RANGES)} with its "
                f"arguments. Received: {raw!r}"
            ) from error
    return {key: decode(below) for key, below in raw.items()}
