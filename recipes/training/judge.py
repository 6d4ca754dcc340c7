"""The objective of a finished run, from its environment.json."""

import warnings

from recipes import codec, registry
from recipes.training.objective import Classes, LabelRows, Numbers


def objective_of(environment, part):
    """Return what scores a split as the run's own splits were scored.

    A metric of the user's own that is not registered now is left out, with a
    warning; so may be the recipe's other names, which are not read here.
    """
    about = environment["data"]
    metrics = None
    if "metrics" in environment:
        metrics = _registered(codec.decode(environment["metrics"]))
    if about["target"] == "number":
        objective = Numbers(part.labels, metrics)
    elif about["target"] == "labels":
        objective = LabelRows(len(about["class_names"]), 0.0, metrics)
    else:
        objective = Classes(len(about["class_names"]), 0.0, metrics)
    for measure in objective.measures.values():
        measure.check([part])
    return objective


def _registered(metrics):
    known = registry.names("metric")
    missing = [part.name for part in metrics if part.name not in known]
    if missing:
        warnings.warn(
            f"The run's metric {', '.join(missing)} is not registered, and "
            'left out. Register it first: recipes.register("metric", '
            f"{missing[0]!r}, builder)",
            stacklevel=3,
        )
    return [part for part in metrics if part.name in known]
