"""Steps as plain values and back, by a closed table of names."""

from augment.step import Step


def to_plain(value):
    """Return a step's arguments as JSON has them.

    Raises:
        ValueError: For a step that is not one of the library's own.

    Example:

    >>> from augment import RandomFlip
    >>> to_plain([RandomFlip("horizontal")])[0]["class_name"]
    'RandomFlip'
    """
    if isinstance(value, Step):
        name = type(value).__name__
        if _steps().get(name) is not type(value):
            raise ValueError(
                "Only augment's own steps can be saved by name. "
                f"Received: {value!r}"
            )
        config = {k: to_plain(v) for k, v in value.get_config().items()}
        return {"class_name": name, "config": config}
    if isinstance(value, list | tuple):
        return [to_plain(inner) for inner in value]
    return value.item() if hasattr(value, "item") else value


def from_plain(value):
    """Return what `to_plain` was given; pairs of numbers come as tuples.

    Raises:
        ValueError: For the name of no step.

    Example:

    >>> from_plain({"class_name": "MixUp", "config": {"alpha": 0.2}})
    MixUp(alpha=0.2, rate=1.0)
    """
    if isinstance(value, dict):
        step = _steps().get(value.get("class_name"))
        if step is None or set(value) != {"class_name", "config"}:
            raise ValueError(
                'A step must be {"class_name": …, "config": …} with one of '
                f"the names {', '.join(sorted(_steps()))}. Received: {value!r}"
            )
        return step(**{k: from_plain(v) for k, v in value["config"].items()})
    if isinstance(value, list):
        found = [from_plain(inner) for inner in value]
        nested = any(v is None or isinstance(v, Step) for v in found)
        return found if nested else tuple(found)
    return value


def _steps():
    import augment

    found = {name: getattr(augment, name) for name in augment.__all__}
    return {
        name: step
        for name, step in found.items()
        if isinstance(step, type) and issubclass(step, Step)
    }
