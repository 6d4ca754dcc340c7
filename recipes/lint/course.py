"""Rules on the course of a run: schedules, and what watches it."""

from recipes import registry
from recipes.lint.facts import named, number
from recipes.lint.finding import NO_COST, Finding
from recipes.menu import MENU
from recipes.menu.training import PLATEAU


def patience_long(recipe, facts):
    """Early stopping that cannot stop; the best epoch is still restored."""
    part = recipe.early_stopping
    patience = _patience("early_stopping", part)
    if patience is None or patience < recipe.epochs:
        return None
    fitting = max(recipe.epochs // 3, min(1, recipe.epochs - 1))
    return Finding(
        "patience-long",
        "early_stopping/patience",
        f"A patience of {patience} epochs never ends a run of {recipe.epochs}.",
        "Prechelt, 1998, Early Stopping: But When?",
        {"early_stopping": part.replace(patience=fitting)},
    )


def patience_plateau(recipe, facts):
    """Stopping before the rate has fallen, or just as it falls."""
    if not named(recipe.schedule, PLATEAU):
        return None
    stop = _patience("early_stopping", recipe.early_stopping)
    fall = _patience("schedule", recipe.schedule)
    if stop is None or fall is None or stop > fall:
        return None
    return Finding(
        "patience-plateau",
        "early_stopping/patience",
        f"The run ends after {stop} epochs without improvement, and the rate "
        f"would fall after {fall}: it never helps.",
        "Keras documentation, ReduceLROnPlateau and EarlyStopping",
        {
            "early_stopping": recipe.early_stopping.replace(
                patience=2 * fall + 1
            )
        },
    )


def _patience(kind, part):
    return part and number(registry.default(kind, part, "patience"), None)


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

    Silent where a metric of the user's own may log any name.
    """
    train = _train_names(recipe)
    legal = [*train, *(f"val_{name}" for name in train), "learning_rate"]
    if any(part.name not in MENU["metric"] for part in recipe.metrics):
        return None
    wrong = {k: m for k, m in _watched(recipe).items() if m not in legal}
    if not wrong:
        return None
    return Finding(
        "monitor-unknown",
        ", ".join(f"{field}/monitor" for field in wrong),
        f"{next(iter(wrong.values()))!r} will not exist: this run logs "
        f"{', '.join(legal)}.",
        "Keras documentation, EarlyStopping",
        {
            field: getattr(recipe, field).replace(monitor="val_loss")
            for field in wrong
        },
    )


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


def warmup_long(recipe, facts):
    """More than half the run below the peak; from 1 on `fit` refuses it.

    Measured: wine, warmup=0.9, 20 epochs, test accuracy over seeds 0, 1, 2:
    0.981 ± 0.016, mended 0.981 ± 0.032: no cost on a problem this easy.
    """
    part = recipe.schedule
    if not named(part, "warmup_cosine", "one_cycle"):
        return None
    warmup = number(registry.default("schedule", part, "warmup"))
    if warmup <= 0.5:
        return None
    how = (
        f"is {warmup:g} times the run: it is a fraction of the run, not a "
        "number of epochs."
        if warmup >= 1
        else f"is {warmup:.0%} of the run, which has little left to learn in. "
        f"{NO_COST}"
    )
    usual = {"warmup_cosine": 0.1, "one_cycle": 0.25}[part.name]
    return Finding(
        "warmup-long",
        "schedule/warmup",
        f"The warm-up {how}",
        "Goyal et al., 2017, arXiv:1706.02677; Smith and Topin, 2018, "
        "arXiv:1708.07120",
        {"schedule": part.replace(warmup=usual)},
    )


def nesterov_without_momentum(recipe, facts):
    """Nesterov's look-ahead of a momentum of 0 is plain SGD.

    Measured: wine, rate 0.01, 10 epochs, test accuracy over seeds 0, 1, 2:
    0.593 ± 0.032, mended 0.981 ± 0.032.
    """
    part = recipe.optimizer
    if not named(part, "sgd", "sgdw") or not part.config.get("nesterov"):
        return None
    if part.config.get("momentum"):
        return None
    return Finding(
        "nesterov-without-momentum",
        "optimizer/nesterov",
        "Without momentum there is nothing to look ahead along: this is plain "
        "SGD.",
        "Sutskever, Martens, Dahl, Hinton, 2013, ICML",
        {"optimizer": part.replace(momentum=0.9)},
    )


RULES = {
    "patience-long": patience_long,
    "patience-plateau": patience_plateau,
    "monitor-train": monitor_train,
    "monitor-unknown": monitor_unknown,
    "warmup-long": warmup_long,
    "nesterov-without-momentum": nesterov_without_momentum,
}
