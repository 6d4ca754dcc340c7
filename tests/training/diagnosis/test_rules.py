"""The rules on curves: what triggers each, and a near miss; no fits."""

import json

import numpy as np
import pytest

import recipes
from recipes import Part
from recipes.training.diagnosis.evidence import Evidence
from recipes.training.diagnosis.rules import EXPLAINS, OWN, RULES, judge

LOG10 = np.log(10)
COSINE = 0.5 * 3e-3 * (1 + np.cos(np.linspace(0.05, np.pi, 20)))
EPOCHS = np.arange(20)
FITTED = 0.9 * np.exp(-EPOCHS / 3)  # shares left of a healthy run
HEALTHY = {
    "loss": LOG10 * (FITTED + 0.01),
    "val_loss": LOG10 * (FITTED + 0.03),
    "accuracy": 1 - 0.9 * FITTED,
    "val_accuracy": 0.98 - 0.9 * FITTED,
    "learning_rate": COSINE,
}
FLAT = np.full(20, 0.4)  # of a small network


def adamw(rate, **more):
    return Part("adamw", learning_rate=rate, weight_decay=0.001, **more)


def evidence(
    curves=None,
    recipe=None,
    metrics=None,
    target="class",
    rows=270,
    divergences=(),
    **changes,
):
    """A healthy run of 20 epochs on ten classes, but for what is given."""
    if recipe is None:
        recipe = recipes.image_classifier(optimizer=adamw(3e-3), **changes)
    recipe = recipe.resolve().replace(epochs=20)
    curves = HEALTHY | (curves or {})
    names = None if target == "number" else [str(n) for n in range(10)]
    environment = {
        "data": {
            "target": target,
            "class_names": names,
            "rows": {"train": 1167, "validation": rows, "test": 360},
            "features": "image",
        },
        "steps_per_epoch": 18,
    }
    curves = {k: v for k, v in curves.items() if v is not None}
    metrics = {"model_epoch": 20} | (metrics or {})
    return Evidence(recipe, curves, environment, metrics, divergences)


def names(*given, **named):
    return [found.name for found in judge(evidence(*given, **named))]


def left(train, val=None):
    """Losses by the share of chance that is left."""
    val = train if val is None else val
    return {"loss": LOG10 * train, "val_loss": LOG10 * val}


def after(curve, **changed):
    """A curve with other numbers in some epochs: e3=2.0."""
    curve = curve.copy()
    for place, value in changed.items():
        curve[int(place[1:])] = value
    return curve


SMALL = left(FITTED * 0.4 + FLAT, FITTED * 0.4 + FLAT)
POOR = {"accuracy": np.full(20, 0.5), "val_accuracy": np.full(20, 0.5)}
BROKEN = np.r_[0.8, np.ones(19)]
SLOW = left(np.linspace(1.05, 1.0, 20))
CONSTANT = np.full(20, 3e-3)
SMOOTHED = 2.3 * 0.1 + HEALTHY["loss"]
RISING = LOG10 * (FITTED + np.linspace(0.03, 0.3, 20))
HARDLY = LOG10 * (FITTED + np.linspace(0.03, 0.06, 20))
ENDS_HIGHER = after(FITTED + 0.02, e17=0.06, e18=0.06, e19=0.06)
HIGH_BEFORE = after(FITTED + 0.5, e17=0.57, e18=0.57, e19=0.57)
JUMPS = 1 + 0.4 * (-1.0) ** EPOCHS
RIPPLES = 1 + 0.05 * (-1.0) ** EPOCHS
LINE = np.linspace(1.0, 0.4, 20)
CUT = COSINE * np.where(EPOCHS < 3, 1, 1e-4)
LATER = COSINE * np.where(EPOCHS < 10, 1, 1e-4)
SETTLED = left(np.where(EPOCHS < 3, 1.0 - 0.2 * EPOCHS, 0.2))

# Name → (what triggers it, what just does not).
CASES = {
    "overfitting": (
        dict(curves={"val_accuracy": 0.93 - 0.9 * FITTED}),
        dict(curves={"val_accuracy": 0.965 - 0.9 * FITTED}),
    ),
    "overfitting: the standard error decides": (
        dict(curves={"val_accuracy": 0.93 - 0.9 * FITTED}, rows=270),
        dict(curves={"val_accuracy": 0.93 - 0.9 * FITTED}, rows=30),
    ),
    "overfitting: the loss rose": (
        dict(curves={"val_loss": RISING}),
        dict(curves={"val_loss": HARDLY}),
    ),
    "overfitting: the loss rose by a share of itself": (
        dict(curves={"val_loss": RISING}),
        dict(curves={"val_loss": LOG10 * HIGH_BEFORE}),
    ),
    "overfitting: the loss rose by a share of chance": (
        dict(curves={"val_loss": RISING}),
        dict(curves={"val_loss": LOG10 * ENDS_HIGHER}),
    ),
    "overfitting: unless the best epoch was kept": (
        dict(curves={"val_loss": RISING}),
        dict(curves={"val_loss": RISING}, metrics={"model_epoch": 8}),
    ),
    "underfitting": (
        dict(curves={**SMALL, **POOR}),
        dict(curves={**left(SMALL["loss"] / LOG10 / 1.5), **POOR}),
    ),
    "underfitting: what smoothing leaves is taken off": (
        dict(curves={**SMALL, **POOR}),
        dict(
            curves=left(FITTED * 0.7 + 0.38),
            label_smoothing=0.2,
        ),
    ),
    "underfitting: by the better split": (
        dict(curves={**left(FITTED + 0.5, FITTED + 0.4), **POOR}),
        dict(curves={**left(FITTED + 0.5, FITTED + 0.1), **POOR}),
    ),
    "rate-too-high": (
        dict(curves={"loss": after(HEALTHY["loss"], e3=4.0)}),
        dict(curves={"loss": after(HEALTHY["loss"], e3=2.8)}),
    ),
    "rate-too-high: not once the rate has fallen": (
        dict(curves={"loss": after(HEALTHY["loss"], e3=4.0)}),
        dict(curves={"loss": after(HEALTHY["loss"], e15=4.0)}),
    ),
    "rate-too-high: validation far above": (
        dict(curves={"val_loss": after(HEALTHY["val_loss"], e0=20.0)}),
        dict(curves={"val_loss": after(HEALTHY["val_loss"], e0=5.0)}),
    ),
    "rate-too-high: broken down": (
        dict(curves={**left(np.ones(20), BROKEN), **POOR}),
        dict(curves={**left(np.full(20, 1.0)), **POOR}, seed=1),
    ),
    "rate-too-high: rewinds": (
        dict(metrics={"rewinds": 1}),
        dict(metrics={"rewinds": 0}),
    ),
    "rate-too-low": (
        dict(
            curves={**SLOW, **POOR, "learning_rate": COSINE / 1000},
            recipe=recipes.image_classifier(optimizer=adamw(3e-6)),
        ),
        dict(
            curves={**SLOW, **POOR, "learning_rate": COSINE / 10},
            recipe=recipes.image_classifier(optimizer=adamw(3e-4)),
        ),
    ),
    "rate-too-low: a rate that is usual is not to blame": (
        dict(
            curves={**SLOW, **POOR, "learning_rate": COSINE / 1000},
            recipe=recipes.image_classifier(optimizer=adamw(3e-6)),
        ),
        dict(
            curves={**SLOW, **POOR, "learning_rate": COSINE / 1000},
            recipe=recipes.image_classifier(optimizer=adamw(3e-4)),
        ),
    ),
    "rate-too-low: so many steps may be enough": (
        dict(
            curves={**SLOW, **POOR, "learning_rate": COSINE / 100},
            recipe=recipes.image_classifier(optimizer=adamw(2e-4)),
        ),
        dict(
            curves={**SLOW, **POOR, "learning_rate": COSINE / 10},
            recipe=recipes.image_classifier(optimizer=adamw(2e-4)),
        ),
    ),
    "rate-too-low: by the slope, without Adam": (
        dict(
            curves={**left(np.linspace(1.05, 0.9, 20)), **POOR}
            | {"learning_rate": CONSTANT},
            recipe=recipes.image_classifier(
                optimizer=Part("sgd", learning_rate=1e-4)
            ),
        ),
        dict(
            curves={**SMALL, **POOR, "learning_rate": CONSTANT},
            recipe=recipes.image_classifier(
                optimizer=Part("sgd", learning_rate=1e-4)
            ),
        ),
    ),
    "still-improving": (
        dict(curves={**left(LINE), **POOR, "learning_rate": CONSTANT}),
        dict(curves={**SMALL, **POOR, "learning_rate": CONSTANT}),
    ),
    "plateaued-early": (
        dict(curves={**SETTLED, **POOR, "learning_rate": CUT}),
        dict(curves={**SETTLED, **POOR, "learning_rate": LATER}),
    ),
    "plateaued-early: the rate never falls": (
        dict(curves={**SETTLED, **POOR, "learning_rate": CONSTANT}),
        dict(curves={**SETTLED, **POOR}),
    ),
    "noisy-validation": (
        dict(curves={"val_loss": 0.2 * LOG10 * JUMPS, "loss": SMOOTHED}),
        dict(curves={"val_loss": 0.2 * LOG10 * RIPPLES, "loss": SMOOTHED}),
    ),
    "validation-unlike-train": (
        dict(
            curves={"val_loss": LOG10 * (1 + 0.1 * EPOCHS)}
            | {"val_accuracy": np.full(20, 0.02)}
        ),
        dict(
            curves={"val_loss": LOG10 * (0.8 + 0.1 * EPOCHS)}
            | {"val_accuracy": np.full(20, 0.02)}
        ),
    ),
    "validation-unlike-train: easier rows": (
        dict(
            curves={**SETTLED, "accuracy": np.full(20, 0.85)}
            | {"val_accuracy": np.full(20, 0.98)},
            dropout=0.0,
        ),
        dict(
            curves={**SETTLED, "accuracy": np.full(20, 0.85)}
            | {"val_accuracy": np.full(20, 0.98)},
            dropout=0.1,
        ),
    ),
    "diverged": (
        dict(curves={"loss": after(HEALTHY["loss"], e19=np.nan)}),
        dict(curves={"val_loss": after(HEALTHY["val_loss"], e3=5.0)}),
    ),
}


def test_a_healthy_run_is_silent():
    assert names() == []


@pytest.mark.parametrize("case", CASES)
def test_each_rule_has_what_triggers_it_and_a_near_miss(case):
    triggers, near = CASES[case]
    name = case.partition(":")[0]
    assert names(**triggers) == [name]
    assert name not in names(**near)


def test_every_rule_on_curves_has_a_case():
    assert {case.partition(":")[0] for case in CASES} == set(RULES) - set(OWN)


@pytest.mark.parametrize("case", CASES)
def test_what_is_found_says_numbers_a_confidence_and_a_change(case):
    shown = evidence(**CASES[case][0])
    (found,) = judge(shown)
    assert 0.5 <= found.confidence <= 0.99
    assert any(letter.isdigit() for letter in found.evidence)
    assert found.numbers
    changed = shown.recipe.replace(**found.changes)
    if found.name == "validation-unlike-train":
        assert not found.changes and "look at" in found.mend
    else:
        assert changed != shown.recipe
        assert (
            eval(found.mend, {"recipe": shown.recipe, "Part": Part}) == changed
        )
        assert found.flags.startswith("--set ")


def test_numbers_are_read_by_r2():
    curves = {"r2": 1 - FITTED - 0.4, "val_r2": 1 - FITTED - 0.45}
    curves |= {"loss": np.full(20, 50.0), "val_loss": np.full(20, 50.0)}
    number = dict(target="number", recipe=recipes.image_regressor())
    number |= {"metrics": {"validation_loss": 1.0}}
    assert (
        names({**curves, "accuracy": None, "val_accuracy": None}, **number)
        == []
    )
    curves["val_r2"] = 1 - FITTED - 0.9
    found = names({**curves, "accuracy": None, "val_accuracy": None}, **number)
    assert found == ["overfitting"]


def test_an_epoch_that_is_no_number_in_validation_is_of_a_rate_too_high():
    val = after(HEALTHY["val_loss"], e3=np.nan)
    (found,) = judge(evidence({"val_loss": val}))
    assert found.name == "rate-too-high" and "epoch 4" in found.evidence
    assert found.confidence == 0.99


def test_what_is_found_can_be_written_as_json():
    for triggers, _ in CASES.values():
        for found in judge(evidence(**triggers)):
            json.dumps(found.numbers)


def test_a_penalty_is_told_from_a_misfit():
    """The loss has the penalty in it; the accuracy and its score have not."""
    penalty = {"kernel_regularizer": Part("l2", l2=0.1)}
    heavy = left(FITTED + 2.0)
    (found,) = judge(
        evidence({**heavy, **POOR}, metrics={"validation_loss": 2.2}, **penalty)
    )
    assert found.name == "underfitting" and "'l2'" in found.evidence
    assert found.changes["kernel_regularizer"] is None
    fine = {"validation_loss": 0.05 * LOG10}
    assert names(heavy, metrics=fine, **penalty) == []
    assert names(heavy, **penalty)  # as long as nothing says what is penalty


def test_a_cause_hides_what_follows_from_it():
    curves = {"loss": after(HEALTHY["loss"], e3=4.0), "val_loss": RISING}
    assert names(curves) == ["rate-too-high"]
    assert "overfitting" in EXPLAINS["rate-too-high"]
    assert names({"val_loss": RISING}) == ["overfitting"]
    for cause, follow in EXPLAINS.items():  # none explains itself in a circle
        assert not any(cause in EXPLAINS.get(other, ()) for other in follow)
    assert set(EXPLAINS) | set().union(*EXPLAINS.values()) <= set(RULES)


def test_a_report_of_a_divergence_is_told_with_step_layer_and_rate():
    row = {
        "answer": "stop", "epoch": 2, "step": 7, "learning_rate": 0.5,
        "kind": "output", "layer": "dense1", "variable": None, "seen": "loss",
        "bad": [], "indices": [1],
    }  # fmt: skip
    (found,) = judge(evidence(divergences=[row]))
    assert found.name == "diverged" and found.confidence == 0.99
    for word in ("'dense1'", "epoch 2", "step 7", "0.5"):
        assert word in found.evidence
    optimizer = found.changes["optimizer"]
    assert optimizer.config["learning_rate"] == pytest.approx(3e-4)
    assert optimizer.config["global_clipnorm"] == 1.0
    assert names(divergences=[{**row, "answer": "rewind"}]) == []


def test_rows_that_are_no_numbers_are_not_mended_by_the_rate():
    row = {
        "answer": "stop", "epoch": 1, "step": 1, "learning_rate": 0.5,
        "kind": "input", "layer": None, "variable": None, "seen": "loss",
        "bad": [37], "indices": [37],
    }  # fmt: skip
    (found,) = judge(evidence(divergences=[row]))
    assert found.changes == {} and "37" in found.mend


def test_no_epoch_at_all_is_an_error():
    empty = {name: np.array([]) for name in HEALTHY}
    with pytest.raises(recipes.RunError, match="no epoch"):
        judge(evidence(empty, metrics={"model_epoch": 0}))
