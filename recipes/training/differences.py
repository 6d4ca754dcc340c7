"""What differs between what lies in a folder and what is asked for."""

from recipes import codec


def recipe_differences(old, new):
    """Say of each field of a recipe in JSON what it was and what it is.

    >>> recipe_differences({"dropout": "auto"}, {"dropout": 0.4})
    ["`dropout` was 'auto' and is 0.4"]
    """
    return [
        f"`{name}` was {short(old.get(name))} and is {short(new.get(name))}"
        for name in sorted({*old, *new})
        if old.get(name) != new.get(name)
    ]


def value_differences(old, new, names):
    """Say of each name what its value was and what it is.

    >>> value_differences({"folds": 2}, {"folds": 4}, ["folds"])
    ['folds was 2 and is 4']
    """
    return [
        f"{name} was {old[name]!r} and is {new[name]!r}"
        for name in names
        if old[name] != new[name]
    ]


def data_differences(old, new):
    """Say that the data are others: by name, or by fingerprint alone."""
    if old.get("fingerprint") == new["fingerprint"]:
        return []
    if old.get("name") != new["name"]:
        return [f"the data were {old.get('name')!r} and are {new['name']!r}"]
    return [f"the data are other than they were ({old.get('name')})"]


def short(value):
    """Write a recipe's value as the recipe has it: Parts by their name.

    >>> short({"part": "l2", "config": {"l2": 0.1}})
    'l2(l2=0.1)'
    >>> short({"range": "Float", "min_value": 0.0, "max_value": 0.5})
    'Float(min_value=0.0, max_value=0.5)'
    """
    if isinstance(value, dict) and "part" in value:
        return _call(value["part"], value.get("config", {}))
    if isinstance(value, dict) and "range" in value:
        kind = value["range"]
        given = {name: each for name, each in value.items() if name != "range"}
        usual = vars(codec.RANGES.get(kind, object))
        return _call(
            kind, {k: v for k, v in given.items() if v != usual.get(k, ...)}
        )
    if isinstance(value, list):
        return f"[{', '.join(short(each) for each in value)}]"
    return repr(value)


def _call(name, arguments):
    inside = ", ".join(f"{k}={short(v)}" for k, v in arguments.items())
    return f"{name}({inside})"
