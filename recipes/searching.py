"""`--search PATH=SPEC` on the command line: a range, no language beyond it.

`0..0.6`, `1e-4..1e-1:log`, `16..64:step=16`, `relu|elu`, `[16, 32]`,
`true|false`. What a Part inside an option should search takes Python.
"""

import re
from json import JSONDecodeError

from recipes import codec
from recipes.errors import RecipeError
from recipes.part import Part
from recipes.search_space import SAMPLINGS, Boolean, Choice, Float, Int
from recipes.setting import parse, put

NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
INTERVAL = re.compile(rf"({NUMBER})\.\.({NUMBER})((?::[^:]*)*)")
EXPECTED = (
    "an interval such as 0..0.6, 1e-4..1e-1:log or 16..64:step=16, or options "
    "such as relu|elu, [16, 32] or true|false"
)


def search(recipe, searches, settings=()):
    """Return the recipe with a range at every path.

    Args:
        recipe: A `Recipe`.
        searches: Texts such as `"dropout=0..0.6"`.
        settings: Texts such as `"dropout=0.3"`, which the recipe has already.

    Raises:
        RecipeError: For a text that is no PATH=SPEC, a range that the field
            cannot have, and a path that is named twice.

    Example:

    >>> import recipes
    >>> search(recipes.image_classifier(), ["batch_size=16..64"]).batch_size
    Int(min_value=16, max_value=64, step=None, sampling='linear')
    """
    said = {text.partition("=")[0]: f"--set {text}" for text in settings}
    for text in searches:
        path, mark, spec = text.partition("=")
        if not mark or not path or not spec:
            raise RecipeError(
                f"--search takes PATH=SPEC, for instance dropout=0..0.6: "
                f"SPEC is {EXPECTED}. Received: {text!r}"
            )
        if path in said:
            raise RecipeError(
                f"`{path}` is named twice, by {said[path]} and by --search "
                f"{text}; leave one out."
            )
        said[path] = f"--search {text}"
        try:
            recipe = _searched(recipe, path, spec.strip())
        except RecipeError as error:
            raise RecipeError(f"--search {text}: {error}") from error
    return recipe


def _searched(recipe, path, spec):
    interval = INTERVAL.fullmatch(spec)
    if interval is None:
        return put(recipe, path, _options(path, spec))
    low, high, more = interval.groups()
    given = _given(path, more)
    if all(re.fullmatch(r"[+-]?\d+", text) for text in (low, high)):
        found = Int(int(low), int(high), **given)
        if isinstance(given.get("step", 1), int) and _whole(recipe, path):
            return put(recipe, path, found)
    return put(recipe, path, Float(float(low), float(high), **given))


def _whole(recipe, path):
    """Say whether a field or an argument takes whole numbers alone."""
    field, *steps = path.split("/")
    value = getattr(recipe, field, None)
    for step in steps:
        value = value.config.get(step) if isinstance(value, Part) else None
    if steps:  # an argument: nothing but its value tells
        return not isinstance(value, float)
    try:
        put(recipe, path, Float(0.25, 0.75))
    except RecipeError:
        return True
    return False


def _given(path, text):
    """Return what stands after an interval as arguments of a range."""
    found = {}
    for word in text.split(":")[1:]:
        name, mark, value = word.partition("=")
        if word in SAMPLINGS:
            found["sampling"] = word
        elif name == "step" and mark and re.fullmatch(NUMBER, value):
            found["step"] = parse(value)
        else:
            raise RecipeError(
                f"`{path}`: after an interval stands :log, :reverse_log or "
                f":step=NUMBER. Received: {':' + word!r}"
            )
    return found


def _options(path, spec):
    """Return a `Choice`, or a `Boolean` of true and false."""
    if spec.startswith("["):
        options = _listed(spec)
    else:
        options = [parse(each.strip()) for each in spec.split("|")]
    if len(options) < 2:
        raise RecipeError(f"`{path}` expects {EXPECTED}. Received: {spec!r}")
    if len(options) == 2 and {True, False} == set(map(_as_bool, options)):
        return Boolean()
    return Choice(options)


def _listed(spec):
    """Return the options of `[…]`: JSON, or words between commas."""
    try:
        found = codec.loads(spec)
    except JSONDecodeError:
        inside = spec.removeprefix("[").removesuffix("]")
        return [parse(each.strip()) for each in inside.split(",")]
    return list(found) if isinstance(found, (list, tuple)) else [found]


def _as_bool(option):
    return option if isinstance(option, bool) else None
