"""Which changes are proposed, from runs written by hand."""

import numpy as np
import pytest

import recipes
from recipes.resolve import resolve
from recipes.six_steps.became import changed
from recipes.six_steps.loop import with_strategy
from recipes.six_steps.proposals import applied, proposals
from recipes.training.diagnosis.evidence import Evidence


def evidence(recipe, train, val):
    """Return what is known of a run whose losses fall to these."""
    epochs = 20
    fall = np.exp(-np.arange(epochs))
    history = {
        "loss": train + 2.3 * fall,
        "val_loss": val + 2.3 * fall,
        "learning_rate": np.linspace(1e-3, 0, epochs),
    }
    about = {
        "target": "class",
        "class_names": list("0123456789"),
        "rows": {"train": 1000, "validation": 300, "test": 300},
    }
    environment = {"data": about, "steps_per_epoch": 18}
    recipe = resolve(recipe, 18, (16, 16))
    return Evidence(recipe, history, environment, {})


def titles(found):
    return [title for title, _, _ in found]


@pytest.mark.parametrize(
    "recipe",
    [
        recipes.image_classifier(),
        recipes.image_classifier(regularization="none"),
        recipes.tabular_classifier(regularization="strong", dropout=0.7),
        recipes.text_classifier(),
        recipes.image_fine_tuner("glyphnet"),
    ],
)
@pytest.mark.parametrize("val", [0.011, 0.5])
def test_every_proposal_is_another_legal_recipe(recipe, val):
    found = proposals(evidence(recipe, 0.01, val))
    assert len(found) >= 4
    for title, why, changes in found:
        new = applied(recipe.resolve(), changes)
        assert new is not None, title
        assert changed(recipe.resolve(), new) and why


def test_the_gap_decides_what_comes_first():
    recipe = recipes.image_classifier(regularization="none")
    behind = titles(proposals(evidence(recipe, 0.001, 0.05)))
    level = titles(proposals(evidence(recipe, 0.05, 0.05)))
    assert behind.index("more regularization") < behind.index("longer")
    assert level.index("longer") < level.index("more regularization")
    assert behind.index("augmentation") < behind.index("larger")


def test_what_the_diagnosis_asks_for_comes_before_all():
    recipe = recipes.image_classifier(regularization="none")
    found = proposals(evidence(recipe, 0.001, 2.0))
    assert found[0][0] == "overfitting"
    assert found[0][2]["regularization"] == "light"


def test_the_dial_and_the_augmentation_are_two_changes():
    recipe = recipes.image_classifier(augmentation=None)
    found = {t: c for t, _, c in proposals(evidence(recipe, 0.01, 0.1))}
    assert found["augmentation"] == {"augmentation": "standard"}
    assert found["more regularization"]["regularization"] == "medium"
    assert "augmentation" not in found["more regularization"]


def test_what_changed_is_told_by_path():
    old = recipes.tabular_classifier(dropout=0.1)
    new = old.replace(
        network=recipes.Part("mlp", units=(8,)),
        optimizer=recipes.Part("sgd", learning_rate=0.1),
    )
    rows = {path: (a, b) for path, a, b in changed(old, new)}
    assert rows["network/units"] == ("[64, 64]", "[8]")
    assert rows["optimizer"][1] == "sgd(learning_rate=0.1)"
    assert changed(old, old) == []


@pytest.mark.parametrize(
    "rows, given, chosen",
    [
        (60, "auto", "full"),
        (20, "auto", "frozen"),
        (20, recipes.Part("auto", few=1), "full"),
        (20, "gradual", "gradual"),
    ],
)
def test_the_strategy_of_a_backbone_is_said(rows, given, chosen):
    pixels = np.zeros((rows, 32, 32, 1), "uint8")
    pixels[:, 0, 0, 0] = np.arange(rows)
    split = pixels, np.arange(rows) % 5
    data = recipes.data.load(
        {"train": split, "validation": split, "test": split}
    )
    recipe = recipes.image_fine_tuner("glyphnet", strategy=given).resolve()
    found = with_strategy(recipe, data)
    assert found.strategy.name == chosen
    found = titles_of_strategies(found)
    assert chosen not in found and (found or chosen == "full")
    unsaid = titles_of_strategies(recipe)
    assert given == "gradual" or "full" in unsaid, "it would be tried again"


def titles_of_strategies(recipe):
    every = (c.get("strategy") for *_, c in proposals(evidence(recipe, 1, 1)))
    return [each.name for each in every if each]
