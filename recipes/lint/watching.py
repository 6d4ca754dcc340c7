"""Rules on what watches a run: when to stop, and by which number."""

from recipes import registry
from recipes.lint.facts import named, number
from recipes.lint.finding import NO_COST, Finding
from recipes.menu import MENU
from recipes.menu.training import PLATEAU
from recipes.part import Part

# What the recipe functions choose: a shorter run only makes it idle.
USUAL = {
    "tabular_classifier": Part("early_stopping", patience=20),
    "tabular_regressor": Part("early_stopping", patience=20),
}
SMALLER_IS_BETTER = ("loss", "mae", "rmse", "mape")


def patience_long(recipe, facts):
    """Early stopping that cannot stop; the best epoch is still restored.

    Found when `start_from_epoch` and `patience` together reach the end. Silent
    where early stopping is as the recipe function has it.
    """
    part, epochs = recipe.early_stopping, recipe.epochs
    patience, start = _patience("early_stopping", part), _start(part)
    if epochs == "auto" or patience is None or patience + start < epochs:
        return None
    if part == USUAL.get(recipe.task):
        return None
    from_epoch = f", counted from epoch {start + 1:g}," if start else ""
    return Finding(
        "patience-long",
        "early_stopping/patience",
        f"A patience of {patience} epochs{from_epoch} never ends a run of "
        f"{epochs}.",
        "Prechelt, 1998, Early Stopping: But When?",
        {"early_stopping": _able_to_stop(part, patience, start, epochs)},
    )


def _able_to_stop(part, patience, start, epochs):
    """Return early stopping that can end the run, or None for one epoch."""
    if epochs == 1:
        return None
    if start + 1 >= epochs:
        part, start = _without(part, "start_from_epoch"), 0
    if start + patience >= epochs:
        part = part.replace(patience=max(1, (epochs - start) // 3))
    return part


def plateau_long(recipe, facts):
    """A rate that waits for a plateau longer than the run: it never falls."""
    fall = _patience("schedule", recipe.schedule)
    if not named(recipe.schedule, PLATEAU) or fall is None:
        return None
    if recipe.epochs == "auto" or fall < recipe.epochs:
        return None
    shorter = recipe.epochs // 4
    mended = recipe.schedule.replace(patience=shorter)
    return Finding(
        "plateau-long",
        "schedule/patience",
        f"The rate falls after {fall} epochs without improvement, and the run "
        f"has {recipe.epochs}: it never does.",
        "Keras documentation, ReduceLROnPlateau",
        {"schedule": mended if shorter else Part("constant")},
    )


def patience_plateau(recipe, facts):
    """Stopping before the rate has fallen, or just as it falls.

    Mended by a longer patience where the run is known to have room, else by an
    earlier fall, else by the constant rate that it is.
    """
    if not named(recipe.schedule, PLATEAU):
        return None
    part = recipe.early_stopping
    stop, start = _patience("early_stopping", part), _start(part)
    fall = _patience("schedule", recipe.schedule)
    if stop is None or fall is None or start + stop > fall:
        return None
    longer = 2 * fall + 1
    if recipe.epochs != "auto" and start + longer < recipe.epochs:
        changes = {"early_stopping": part.replace(patience=longer)}
    elif stop >= 2:
        changes = {"schedule": recipe.schedule.replace(patience=stop // 2)}
    else:
        changes = {"schedule": Part("constant")}
    return Finding(
        "patience-plateau",
        "early_stopping/patience",
        f"The run ends after {stop} epochs without improvement, and the rate "
        f"would fall after {fall}: it never helps.",
        "Keras documentation, ReduceLROnPlateau and EarlyStopping",
        changes,
    )


def _patience(kind, part):
    return part and number(registry.default(kind, part, "patience"), None)


def _start(part):
    return part and number(
        registry.default("early_stopping", part, "start_from_epoch")
    )


def _without(part, *names):
    kept = {k: v for k, v in part.config.items() if k not in names}
    return Part(part.name, **kept)


def monitor_train(recipe, facts):
    """Choosing by what the network was fitted to.

    Measured: breast_cancer, 60 epochs, test accuracy over seeds 0, 1, 2:
    0.971 ± 0.013, mended 0.971 ± 0.010: no cost.
    """
    watched = _watched(recipe)
    train = {k: m for k, m in watched.items() if m in _train_names(recipe)}
    if not train:
        return None
    name = next(iter(train.values()))
    return Finding(
        "monitor-train",
        ", ".join(f"{field}/monitor" for field in train),
        f"{name!r} is of the training split, where overfitting looks like "
        "improvement; the validation split is there to choose by. "
        f"{NO_COST}",
        "Prechelt, 1998, Early Stopping: But When?",
        {
            field: getattr(recipe, field).replace(monitor=f"val_{name}")
            for field, name in train.items()
        },
    )


def monitor_unknown(recipe, facts):
    """A monitored name that this run will not log: `fit` refuses it.

    Silent where a metric of the user's own may log any name. The mend drops
    what was meant for the other number: its mode and its scale.
    """
    train = _train_names(recipe)
    legal = [*train, *(f"val_{name}" for name in train), "learning_rate"]
    if any(part.name not in MENU["metric"] for part in recipe.metrics):
        return None
    wrong = {k: m for k, m in _watched(recipe).items() if m not in legal}
    if not wrong:
        return None
    own = ("mode", "min_delta", "baseline")
    return Finding(
        "monitor-unknown",
        ", ".join(f"{field}/monitor" for field in wrong),
        f"{next(iter(wrong.values()))!r} will not exist: this run logs "
        f"{', '.join(legal)}.",
        "Keras documentation, EarlyStopping",
        {
            field: _without(getattr(recipe, field), *own).replace(
                monitor="val_loss"
            )
            for field in wrong
        },
    )


def monitor_mode(recipe, facts):
    """A mode that takes the worst epoch for the best.

    Measured: wine, 20 epochs, `val_loss` with mode "max", test accuracy over
    seeds 0, 1, 2: 0.324 ± 0.042, mended 0.981 ± 0.032.
    """
    wrong = {}
    for field, name in _watched(recipe).items():
        given = registry.default(field, getattr(recipe, field), "mode")
        right = _mode(name)
        if right and given in ("min", "max") and given != right:
            wrong[field] = right
    if not wrong:
        return None
    field, right = next(iter(wrong.items()))
    name = _watched(recipe)[field]
    word = "smaller" if right == "min" else "larger"
    return Finding(
        "monitor-mode",
        ", ".join(f"{field}/mode" for field in wrong),
        f"A {word} {name!r} is better: the other way round the worst epoch "
        "counts as the best.",
        "Keras documentation, EarlyStopping",
        {
            field: getattr(recipe, field).replace(mode=mode)
            for field, mode in wrong.items()
        },
    )


def _mode(name):
    """Return whether less or more of a monitored number is better, if known.

    >>> _mode("val_loss"), _mode("f1"), _mode("val_own")
    ('min', 'max', None)
    """
    bare = str(name).removeprefix("val_")
    if bare in SMALLER_IS_BETTER:
        return "min"
    return "max" if bare in MENU["metric"] else None


def _watched(recipe):
    """Map each field that watches the run to the name it watches."""
    fields = ["early_stopping"] if recipe.early_stopping else []
    if named(recipe.schedule, PLATEAU):
        fields.append("schedule")
    found = {
        field: registry.default(field, getattr(recipe, field), "monitor")
        for field in fields
    }
    return {field: name for field, name in found.items() if name is not None}


def _train_names(recipe):
    return ["loss", *(part.name for part in recipe.metrics)]


RULES = {
    "patience-long": patience_long,
    "plateau-long": plateau_long,
    "patience-plateau": patience_plateau,
    "monitor-train": monitor_train,
    "monitor-unknown": monitor_unknown,
    "monitor-mode": monitor_mode,
}
