"""Score or use a finished run on data it may never have seen."""

from dataclasses import replace

import numpy as np

from recipes.data import catalog, checks, labels, load
from recipes.data.data import ROLES, ArraySource, Split
from recipes.errors import DataError
from recipes.training.objective import Classes, Numbers
from recipes.training.scores import predict


def evaluate(run, spec, split=None):
    """Score the run's model.

    Args:
        run: A `Run`.
        spec: A data spec, see `recipes.data.load`.
        split: `"train"`, `"validation"`, `"test"` (drawn as in training), or
            `"all"` rows. None means `"test"` for the data that the run was
            trained on, and `"all"` for any other.

    Returns:
        `{"split": …, "rows": …, "loss": …, "accuracy": …}`; for numbers `mae`,
        `rmse` and `r2` in place of `accuracy`.

    Raises:
        DataError: For data that does not fit the model.
    """
    if split not in (None, "all", *ROLES):
        raise DataError(
            f"the split {split!r}", f"all, {', '.join(ROLES)}", "name one"
        )
    part = None
    if split != "all":
        part = _same_split(run, spec, split)
    if part is None:
        part = _all_rows(run, spec)
    about = run.environment["data"]
    if about["target"] == "class":
        objective = Classes(len(about["class_names"]))
    else:
        objective = Numbers(part.labels)
    outputs = predict(run.model, part)
    found = objective.scores(part.labels, outputs)
    return {"split": part.role, "rows": len(part), **found}


def _same_split(run, spec, split):
    """Return the named split, or the test split of the run's own data."""
    try:
        data = _load_again(run, spec)
    except DataError:
        if split is None:
            return None  # too small to split: then all rows are meant
        raise
    about = run.environment["data"]
    if split is None and data.fingerprint != about["fingerprint"]:
        return None
    _check_names(run, data.class_names)
    part = getattr(data, split or "test")
    source = by_name(about, part.source, data.feature_names)
    _check_input(about, source)
    return replace(part, source=source)


def _load_again(run, spec):
    """Load data as the run did; its recipe may name what is not registered."""
    about = run.environment["data"]
    return load(
        spec,
        features=about["features"],
        target=about["target"],
        **_as_read(about),
        validation_split=about["validation_split"],
        test_split=about["test_split"],
        seed=run.environment["seed"],
    )


def _as_read(about):
    """Return the size and channels that image files were read with."""
    if about["features"] != "image":
        return {}
    height, width, channels = about["input_shape"]
    return {"image_size": (height, width), "channels": channels}


def _all_rows(run, spec):
    """Return every row of the data, encoded with the run's class names."""
    raw = catalog.read(spec, **_as_read(run.environment["data"]))
    sources = list(raw.splits.values())
    if len(sources) != 1:
        raise DataError(
            f"the splits {', '.join(raw.splits)}",
            "one set of rows",
            "choose one with split=, or --split",
        )
    source, given = sources[0]
    checks.check_features(source, None, raw.feature_names)
    about = run.environment["data"]
    source = by_name(about, source, raw.feature_names)
    _check_input(about, source)
    if about["target"] == "number":
        encoded = labels.encode_numbers({"all": given})["all"]
    else:
        if raw.class_names is not None:  # their numbers are of their names
            numbers, names = labels.encode_classes(
                {"all": given}, raw.class_names
            )
            given = np.array(names)[numbers["all"]]
        every = {"all": given}
        encoded = labels.encode_classes(every, about["class_names"])[0]["all"]
    return Split("all", source, np.arange(len(source)), encoded)


def _check_names(run, names):
    known = run.environment["data"]["class_names"]
    if known is not None and list(names) != known:
        raise DataError(
            f"the classes {', '.join(map(str, names))}",
            f"{', '.join(known)}, as the run was trained on",
            "score it on data with the same classes, or with split='all'",
        )


def by_name(about, source, names):
    """Return the source with its columns in the order of the training.

    Raises:
        DataError: If a column that the run was trained on is missing.
    """
    wanted = about["feature_names"]
    if not wanted or not names or list(names) == wanted:
        return source
    missing = [name for name in wanted if name not in names]
    if missing:
        raise DataError(
            f"no column {missing[0]!r}; the columns are {', '.join(names)}",
            f"the columns {', '.join(wanted)}, as the run was trained on",
            "rename or add columns",
        )
    order = [list(names).index(name) for name in wanted]
    return ArraySource(source.array[:, order])


def _check_input(about, source):
    """Refuse examples that are not what the model was trained on."""
    shape = tuple(about["input_shape"])
    if tuple(source.shape) != shape:
        raise DataError(
            f"examples of shape {tuple(source.shape)}",
            f"{shape}, as the run was trained on",
            "bring the data to this shape",
        )
    if about["features"] != "image":
        return
    scale = checks.value_scale({"all": source})
    if not np.isclose(scale, about["value_scale"]):
        raise DataError(
            f"pixel values of 0 to {1 / scale:.0f}",
            f"0 to {1 / about['value_scale']:.0f}, as the run was trained on",
            "bring the pixels to this range",
        )
