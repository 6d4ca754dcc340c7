"""The registry: kind → name → builder, with lists and "did you mean …?".

`recipes.menu` holds the built-in rows; `register` adds a user's own. Nothing
is registered by importing a module.
"""

import inspect

from recipes.entry import Entry
from recipes.errors import RecipeError, UserError, suggest
from recipes.menu import MENU
from recipes.part import Part
from recipes.search_space import Choice

_registered = {kind: {} for kind in MENU}


def kinds():
    """Return the kinds of technique that the registry knows."""
    return list(MENU)


def names(kind):
    """Return the names of one kind: ours first, then the user's.

    Example:

    >>> names("network")[:4]
    ['mlp', 'cnn', 'resnet', 'head']
    """
    _check_kind(kind)
    return [*MENU[kind], *_registered[kind]]


def _check_kind(kind):
    if not isinstance(kind, str) or kind not in MENU:
        raise RecipeError(
            f"Unknown kind of technique. Legal: {', '.join(MENU)}."
            f"{suggest(kind, MENU)} Received: {kind!r}"
        )


def lookup(kind, name, path=None):
    """Return the `Entry` of a name, or raise with the legal ones."""
    _check_kind(kind)
    if name in _registered[kind]:
        return _registered[kind][name]
    if name in MENU[kind]:
        return Entry(kind, name, *MENU[kind][name])
    legal = names(kind)
    mend = suggest(name, legal)
    if kind == "backbone" and str(name).endswith(".keras"):
        mend = f" A file is Part('keras_file', file={name!r})."
    raise RecipeError(
        f"`{path or kind}`: no {kind} has this name. Legal: "
        f"{', '.join(legal)}.{mend} One of your own has to be "
        f"registered first: recipes.register({kind!r}, {name!r}, builder). "
        f"Received: {name!r}"
    )


def register(kind, name, builder, summary=""):
    """Add a technique of your own; from then on it is as good as ours.

    Args:
        kind: One of `recipes.registry.kinds()`.
        name: A name that no built-in row has. Registering it again replaces
            your own earlier row.
        builder: A class or function. What it receives besides the Part's own
            arguments depends on the kind. A network gets `(inputs, layers)`
            and returns features (batch, n); `layers` is a
            `recipes.network.layers.Layers`. An optimizer gets
            `learning_rate`, which needs a default; a schedule
            `(learning_rate, total_steps)`; a preprocessing `batches`, a
            function that yields arrays. Activations and normalizations get a
            `name`. A metric is a class derived from `keras.metrics.Metric`
            that takes a `name`; its `update_state` gets float32 of shape
            (batch, outputs): one-hot truth and probabilities, two columns for
            two classes; with multi_label rows of 0 and 1 and probabilities;
            or numbers in their own units. Saved models with objects of your
            own load where the same names are registered.
        summary: One line for `recipes list`.

    Raises:
        RecipeError: For an unknown kind, a built-in name, or a builder that
            cannot be called.

    Example:

    >>> import recipes
    >>> def tiny(inputs, layers, *, units=8):
    ...     return layers.dense(layers.flatten(inputs), units)
    >>> recipes.register("network", "tiny", tiny, "one dense layer")
    >>> recipes.tabular_classifier(network="tiny").network
    Part('tiny')
    """
    _check_kind(kind)
    if not isinstance(name, str) or not name:
        raise RecipeError(
            f"register: `name` must be a non-empty string. Received: {name!r}"
        )
    if name in MENU[kind]:
        raise RecipeError(
            f"register: {name!r} is a built-in {kind}; choose another name."
        )
    if name == "auto":
        raise RecipeError(
            "register: 'auto' means that the library chooses; take another "
            "name."
        )
    try:
        inspect.signature(builder)
    except (TypeError, ValueError) as error:
        raise RecipeError(
            "register: `builder` must be callable, a class or a function "
            f"whose arguments can be read. Received: {builder!r}"
        ) from error
    _registered[kind][name] = Entry(kind, name, builder, summary)


def check(kind, part, path):
    """Check a Part's name and arguments against the real signature.

    Raises:
        RecipeError: With the path, the legal names and the nearest one.
    """
    entry = lookup(kind, part.name, path)
    if not part.config and not callable(entry.target):
        return  # no need to import Keras: what it lacks, `build` says
    legal = entry.arguments()
    for argument, value in part.config.items():
        if argument not in legal and not entry.takes_anything():
            raise RecipeError(
                f"`{path}/{argument}`: {part.name!r} has no such argument. "
                f"Legal: {', '.join(legal)}.{suggest(argument, legal)} "
                f"Received: {argument!r}"
            )
        inside = entry.kind_inside(argument, value)
        if inside is not None:
            optional = legal.get(argument, value) is None
            _check_inside(inside, value, f"{path}/{argument}", optional)
        elif holds_part(value):
            raise RecipeError(
                f"`{path}/{argument}`: {part.name!r} takes no Part here, but "
                f"a number, a string or a list of these. Received: {value!r}"
            )
    _check_complete(entry, part, path)


def _check_complete(entry, part, path, given=()):
    missing = [
        name
        for name, default in entry.arguments().items()
        if default is inspect.Parameter.empty
        and name not in (*part.config, *given)
    ]
    if missing:
        raise RecipeError(
            f"`{path}`: {part.name!r} needs {', '.join(missing)}. "
            f"Received: {part!r}"
        )


def _check_inside(kind, value, path, optional):
    """Check a Part that stands in another Part's argument."""
    if isinstance(value, Choice):
        for option in value.values:
            _check_inside(kind, option, path, optional)
    elif isinstance(value, str | Part):
        check(kind, as_part(value), path)
    elif not (optional and value is None):
        raise RecipeError(
            f"`{path}` must be a Part or a name of the kind {kind}, or a "
            f"Choice of these. Received: {value!r}"
        )


def as_part(value):
    """Return a bare name as a Part without arguments; also inside a Choice.

    >>> as_part("relu")
    Part('relu')
    """
    if isinstance(value, Choice):
        return Choice([as_part(option) for option in value.values])
    return Part(value) if isinstance(value, str) else value


def with_parts_inside(kind, part):
    """Return a checked Part with the bare names in it as Parts.

    >>> with_parts_inside("network", Part("cnn", pooling="max_pooling"))
    Part('cnn', pooling=Part('max_pooling'))
    """
    entry = lookup(kind, part.name)
    inside = {
        argument: as_part(value)
        for argument, value in part.config.items()
        if entry.kind_inside(argument, value) is not None
    }
    return part.replace(**inside) if inside else part


def holds_part(value):
    """Whether a Part stands in a value, a tuple, or a range's options.

    >>> holds_part((1, Part("l2"))), holds_part((1, 2))
    (True, False)
    """
    below = value if isinstance(value, tuple) else getattr(value, "values", ())
    return isinstance(value, Part) or any(map(holds_part, below))


def build(kind, part, **supplied):
    """Turn a Part into what it names, with what the library supplies.

    Raises:
        RecipeError: When the builder refuses a value; the builder's own
            words are kept.
    """
    part = as_part(part)
    entry = lookup(kind, part.name)
    given = {**entry.defaults, **part.config, **supplied}
    _check_complete(entry, part, kind, given)
    try:
        return entry.builder()(**given)
    except UserError:
        raise
    except Exception as error:  # whatever Keras or the user's builder raises
        why = "" if type(error) is ValueError else f"{type(error).__name__}: "
        raise RecipeError(
            f"{kind} {part!r} cannot be built: {why}{error}"
        ) from error


def custom_objects():
    """Return the classes that were registered, for loading saved models."""
    rows = [row for kind in _registered.values() for row in kind.values()]
    return {
        row.target.__name__: row.target
        for row in rows
        if inspect.isclass(row.target)
    }


def default(kind, part, argument):
    """Return an argument of a Part, given or by default, or None."""
    if argument in part.config:
        return part.config[argument]
    return lookup(kind, part.name).arguments().get(argument)
