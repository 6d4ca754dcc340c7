"""Every rule finds what it is for, and no near miss; every mend mends."""

import importlib.util
import shlex
from pathlib import Path

import keras
import pytest

import recipes
from recipes import Part
from recipes.lint.regularization import smoothing_mixup
from recipes.lint.rules import RULES
from recipes.setting import change
from recipes.training.plan import load_for, make_plan


def load(name):
    """Return a module beside this one; the tests are no package."""
    path = Path(__file__).with_name(f"{name}.py")
    spec = importlib.util.spec_from_file_location(f"lint_{name}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


settings = load("settings")
CASES, DATA, MORE = settings.CASES, settings.DATA, load("more_settings").MORE
TABLE = recipes.tabular_classifier

BY_AUGMENTATION = "smoothing-mixup"  # tested below: the field is not there yet


def codes(recipe, data=None):
    return [f.code for f in recipe.lint(DATA.get(data, data))]


def test_every_rule_has_a_trigger_and_a_near_miss():
    assert {*CASES, BY_AUGMENTATION} == set(RULES)


@pytest.mark.parametrize("code", CASES)
def test_a_rule_finds_it_and_no_near_miss(code):
    wrong, near, data = CASES[code]
    assert codes(TABLE(**wrong), data).count(code) == 1
    assert code not in codes(TABLE(**near), data)


@pytest.mark.parametrize("code, recipe, data, found", MORE)
def test_more_of_the_same(code, recipe, data, found):
    assert codes(recipe, data).count(code) == found


TRIGGERS = [(code, TABLE(**row[0]), row[2]) for code, row in CASES.items()]
TRIGGERS += [row[:3] for row in MORE if row[3]]


@pytest.mark.parametrize("code, recipe, data", TRIGGERS)
def test_a_mend_mends(code, recipe, data):
    found = recipe.lint(DATA.get(data, data))
    (finding,) = [f for f in found if f.code == code]
    mended = recipe.replace(**finding.changes)
    assert code not in codes(mended, data)
    # What is shown is what was done, in Python and on the command line.
    flags = shlex.split(finding.flags)[1::2]
    assert change(recipe, flags) == mended
    assert eval(finding.mend, {"recipe": recipe, "Part": Part}) == mended
    assert finding.why.endswith(".") and finding.source
    assert "\n" not in str(finding)


@pytest.mark.parametrize("code, recipe, data", TRIGGERS)
def test_all_mends_together_lead_to_a_clean_recipe(code, recipe, data):
    for _ in range(4):
        for finding in recipe.lint(DATA.get(data, data)):
            recipe = recipe.replace(**finding.changes)
    assert codes(recipe, data) == []


class Augmented:
    """A recipe with the field that comes with augmentation."""

    def __init__(self, recipe, *names):
        self.recipe = recipe
        self.augmentation = tuple(Part(name) for name in names)

    def __getattr__(self, name):
        return getattr(self.recipe, name)


def test_label_smoothing_beside_mixup():
    smooth = recipes.image_classifier(label_smoothing=0.1).resolve()
    plain = recipes.image_classifier().resolve()
    finding = smoothing_mixup(Augmented(smooth, "mixup"), None)
    assert finding.code == BY_AUGMENTATION
    mended = smooth.replace(**finding.changes)
    for recipe in (
        Augmented(mended, "mixup"),
        Augmented(plain, "cutmix"),
        Augmented(smooth, "cutout"),
        smooth,
    ):
        assert smoothing_mixup(recipe, None) is None


@pytest.mark.parametrize(
    "name, data",
    [
        ("image_classifier", "digits"),
        ("tabular_classifier", "iris"),
        ("tabular_classifier", "wine"),
        ("tabular_classifier", "breast_cancer"),
        ("tabular_regressor", "diabetes"),
        ("text_classifier", "docstrings"),
    ],
)
def test_the_defaults_are_clean(name, data):
    recipe = getattr(recipes, name)()
    assert recipe.lint() == []
    data = load_for(recipe, data)
    assert recipe.lint(data) == []
    for dial in ("light", "medium", "strong"):
        assert recipe.replace(regularization=dial).lint(data) == []


def test_a_short_run_is_linted_with_the_momentum_that_fit_chooses():
    """Wine in batches of 64 is one step per epoch: three in all."""
    code = "normalization-momentum"
    recipe = TABLE(epochs=3, batch_size=64)
    data = load_for(recipe, "wine")
    plan = make_plan(recipe, data)
    assert plan.loader.steps_per_epoch == 1
    momenta = {
        round(layer.momentum, 6)
        for layer in plan.model.layers
        if isinstance(layer, keras.layers.BatchNormalization)
    }
    assert momenta == {round(2 / 3, 6)}
    assert code not in codes(recipe, data)
    for momentum, found in ((0.9, 1), (2 / 3, 0)):
        norm = Part("batch_normalization", momentum=momentum)
        assert codes(recipe.replace(normalization=norm), data).count(code) == (
            found
        )


def test_the_activation_that_the_network_holds_is_mended_too():
    recipe = recipes.tabular_classifier(
        network=Part("mlp", units=(8,) * 5, activation="sigmoid"),
        normalization=None,
    )
    (finding,) = recipe.lint()
    assert finding.changes["network"] == Part("mlp", units=(8,) * 5)


def test_open_ranges_are_refused():
    recipe = recipes.image_classifier(dropout=recipes.Float(0, 0.5))
    for data in (None, "digits"):
        with pytest.raises(recipes.RecipeError, match="dropout"):
            recipe.lint(data)


def test_networks_of_the_users_own_are_passed_over():
    def own(inputs, layers, *, units=3):
        return layers.dense(inputs, units)

    recipes.register("network", "own", own)
    recipe = recipes.tabular_classifier(
        network="own", activation="sigmoid", normalization=None
    )
    assert recipe.lint("iris") == []


@pytest.mark.parametrize(
    "fields",
    [
        {"network": Part("mlp", units=("a",))},
        {"network": Part("mlp", units=3), "kernel_initializer": "identity"},
        {"optimizer": Part("adam", gradient_accumulation_steps="two")},
        {"optimizer": Part("adamw", exclude_from_weight_decay=(1,))},
        {"early_stopping": Part("early_stopping", patience="long")},
        {"schedule": Part("warmup_cosine", warmup="long")},
        {"kernel_initializer": Part("random_normal", stddev="small")},
    ],
)
def test_values_that_fit_refuses_are_left_to_it(fields):
    assert isinstance(recipes.tabular_classifier(**fields).lint("iris"), list)


@pytest.mark.parametrize(
    "network", ["bag_of_embeddings", "text_cnn", "transformer"]
)
def test_the_networks_for_texts_are_clean(network):
    recipe = recipes.text_classifier(
        network=network, normalization="batch_normalization", dropout=0.3
    )
    texts = [
        f"a text of {'good' if i % 2 else 'bad'} words {i}" for i in range(40)
    ]
    plan = make_plan(
        recipe, load_for(recipe, (texts, [i % 2 for i in range(40)]))
    )
    assert recipes.lint_model(plan.model) == []
