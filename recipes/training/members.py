"""What makes an ensemble of finished runs: checks, and the one model."""

import keras

from recipes.errors import RunError
from recipes.network.build import dtype_policy
from recipes.quiet import tensorflow_unasked

ALIKE = (
    "features",
    "target",
    "class_names",
    "input_shape",
    "feature_names",
    "value_scale",
)


def check_alike(runs):
    """Refuse runs that do not take and give the same.

    Raises:
        RunError: Naming the two runs, and what differs.
    """
    first, *others = runs
    for run in others:
        for name in ALIKE:
            ours, theirs = (r.environment["data"][name] for r in (first, run))
            texts = run.environment["data"]["features"] == "text"
            if ours == theirs or (texts and name == "feature_names"):
                continue
            raise RunError(
                f"{first.directory} and {run.directory} differ in `{name}`: "
                f"{ours} and {theirs}. The members of an ensemble must take "
                "and give the same."
            )
    places = [run.directory.resolve() for run in runs]
    for place in places:
        if places.count(place) > 1:
            raise RunError(
                f"{place} is given twice; name each member of an ensemble once."
            )


def describe(runs):
    """Return the environment of an ensemble.

    Its `data` has the fingerprint of the data that all members were trained
    on, if these have one test split, which no member has seen; else None.
    """
    first = runs[0].environment
    members = [member for run in runs for member in _origins(run)]
    splits = {member["data"]["fingerprint"] for member in members}
    common = splits.pop() if len(splits) == 1 else None
    data = {**first["data"], "fingerprint": common, "fold": None}
    if any(member["fold"] for member in members):
        data["rows"] = None
    return {**first, "data": data, "members": members}


def _origins(run):
    """Return how the run's splits were drawn; of an ensemble, its members'."""
    if "members" in run.environment:
        return run.environment["members"]
    about = run.environment["data"]
    fold = about.get("fold")
    return [
        {
            "directory": str(run.directory),
            "seed": run.environment["seed"],
            "fold": fold,
            "data": {
                "fingerprint": fold["of"] if fold else about["fingerprint"],
                "split_seed": about.get("split_seed", run.environment["seed"]),
                "validation_split": about["validation_split"],
                "test_split": about["test_split"],
            },
        }
    ]


def mean_model(models):
    """Return one model: the input, the members, the mean of their outputs.

    It shares the members' layers, and is compiled as the first member is.

    Args:
        models: Served models of one input and output shape. Their layers are
            renamed: those of runs of one recipe have the same names, and so
            would have their variables.
    """
    first = models[0]
    with dtype_policy("float32"):
        inputs = keras.Input(
            batch_shape=first.inputs[0].shape,
            dtype=first.inputs[0].dtype,
            name="raw",
        )
        outputs = []
        for number, model in enumerate(models, 1):
            name = f"member_{number}"
            _rename(model, name)
            named = keras.Model(model.inputs[0], model.outputs[0], name=name)
            outputs.append(named(inputs))
        mean = keras.layers.Average(dtype="float32", name="mean")(outputs)
        ensemble = keras.Model(inputs, mean, name=f"{first.name}_ensemble")
    with tensorflow_unasked():
        ensemble.compile_from_config(first.get_compile_config())
    return ensemble


def _rename(model, name):
    """Put a name before that of every layer, in models within it too."""
    for layer in model.layers:
        layer.name = f"{name}_{layer.name}"
        if isinstance(layer, keras.Model):
            _rename(layer, name)
