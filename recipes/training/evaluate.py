"""Score or use a finished run on data it may never have seen."""

from dataclasses import replace

import numpy as np

from recipes.data import catalog, checks, labels, load
from recipes.data.data import ROLES, ArraySource, Split
from recipes.data.folds import cut
from recipes.data.label_rows import encode_label_rows
from recipes.errors import DataError
from recipes.training.judge import objective_of
from recipes.training.scores import predict
from recipes.training.views import check_views, predict_views


def evaluate(run, spec, split=None, views=None):
    """Score the run's model.

    Args:
        run: A `Run`.
        spec: A data spec, see `recipes.data.load`.
        split: `"train"`, `"validation"`, `"test"` (drawn as in training), or
            `"all"` rows. None means `"test"` for the data that the run was
            trained on, and `"all"` for any other.
        views: For images: the outputs are averaged over several views of
            each, `"mirrored"`, `"five_crop"`, `"ten_crop"`, `"scales"` or
            `"mirrored_scales"`, see `augment.views`.

    Returns:
        `{"split": …, "rows": …, "loss": …, "accuracy": …}`: the loss and the
        metrics of the run's recipe. With views also `"views"`, and each
        score's change against the image itself as `"accuracy_gain"` and so
        on.

    Raises:
        DataError: For data that does not fit the model.
    """
    if split not in (None, "all", *ROLES):
        raise DataError(
            f"the split {split!r}", f"all, {', '.join(ROLES)}", "name one"
        )
    if views is not None:
        check_views(run, views)
    part = None
    if split != "all":
        refuse_leak(run, spec, split)
        part = _same_split(run, spec, split)
    if part is None:
        part = all_rows(run, spec)
    objective = objective_of(run.environment, part)
    outputs = predict(run.model, part)
    found = objective.scores(part.labels, outputs)
    about = {"split": part.role, "rows": len(part)}
    if views is None:
        return {**about, **found}
    scale = run.environment["data"]["value_scale"]
    outputs = predict_views(run.model, part, views, scale)
    seen = objective.scores(part.labels, outputs)
    gains = {f"{name}_gain": seen[name] - found[name] for name in found}
    return {**about, "views": views, **seen, **gains}


def _same_split(run, spec, split):
    """Return the named split, or the test split of the run's own data."""
    try:
        data = load_again(run.environment, spec)
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


def refuse_leak(run, spec, split):
    """Refuse a split of an ensemble's data that some member was trained on.

    Raises:
        DataError: With what can be scored in its place.
    """
    members = run.environment.get("members", ())
    about = run.environment["data"]
    folds = any(member["fold"] for member in members)
    if about["fingerprint"] is not None and not (
        folds and split in ("train", "validation")
    ):
        return
    for member in members:
        drawn = {"seed": member["seed"], "data": {**about, **member["data"]}}
        try:
            data = load_again(drawn, spec)
        except DataError:
            continue  # other data, which may be too few to split
        if data.fingerprint == member["data"]["fingerprint"]:
            raise DataError(
                f"the {split or 'test'} split of {data.name}, of which rows "
                "were used to train a member of this ensemble",
                "rows that no member has seen",
                "score other data, or fit the members with one split_seed and "
                "score their test split",
            )


def load_again(environment, spec):
    """Load data as a run did; its recipe may name what is not registered."""
    about = environment["data"]
    seed = about.get("split_seed", environment["seed"])
    data = load(
        spec,
        features=about["features"],
        target=about["target"],
        **_as_read(about),
        validation_split=about["validation_split"],
        test_split=about["test_split"],
        seed=seed,
    )
    if about.get("fold") is None:
        return data
    folds, number = about["fold"]["folds"], about["fold"]["number"]
    return cut(data, folds, about["validation_split"], seed)[number - 1]


def _as_read(about):
    """Return the size and channels that image files were read with."""
    if about["features"] != "image":
        return {}
    height, width, channels = about["input_shape"]
    return {"image_size": (height, width), "channels": channels}


def all_rows(run, spec):
    """Return every row of the data, encoded with the run's class names."""
    about = run.environment["data"]
    raw = catalog.read(spec, **_as_read(about), features=about["features"])
    sources = list(raw.splits.values())
    if len(sources) != 1:
        raise DataError(
            f"the splits {', '.join(raw.splits)}",
            "one set of rows",
            "choose one with split=, or --split",
        )
    source, given = sources[0]
    checks.check_features(source, None, raw.feature_names)
    source = by_name(about, source, raw.feature_names)
    _check_input(about, source)
    if about["target"] == "number":
        encoded = labels.encode_numbers({"all": given})["all"]
    elif about["target"] == "labels":
        encoded = _label_rows(about, given, raw.class_names)
    else:
        if raw.class_names is not None:  # their numbers are of their names
            numbers, names = labels.encode_classes(
                {"all": given}, raw.class_names
            )
            given = np.array(names)[numbers["all"]]
        every = {"all": given}
        encoded = labels.encode_classes(every, about["class_names"])[0]["all"]
    return Split("all", source, np.arange(len(source)), encoded)


def _label_rows(about, given, names):
    """Return label rows with their columns in the order of the training."""
    known = about["class_names"]
    names = known if names is None else list(map(str, names))
    encoded, names = encode_label_rows({"all": given}, names)
    if set(names) != set(known):
        raise DataError(
            f"the labels {', '.join(names)}",
            f"{', '.join(known)}, as the run was trained on",
            "name the same columns",
        )
    return encoded["all"][:, [names.index(name) for name in known]]


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
    if about["features"] == "text":
        return source  # its one column may be called anything
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
