"""What `recipes list` finds, and the tables that no registry holds."""

import subprocess
import sys
from pathlib import Path

import pytest

import recipes
from recipes import cli, registry, tables
from recipes.actions import Actions
from recipes.menu.arguments import ARGUMENTS

ROOT = Path(__file__).parent.parent
# What is looked for by other words than its name, and one of what is found.
SOUGHT = {
    "drop_connect": "network/drop_connect",
    "DropConnect": "network/drop_connect",
    "stochastic depth": "network/stochastic_depth",
    "placement": "normalization_placement",
    "dropout": "dropout",
    "label smoothing": "label_smoothing",
    "class weights": "class_weight",
    "splits": "validation_split",
    "stratified": "test_split",
    "mixed precision": "dtype_policy",
    "batches": "batch_size",
    "k-fold": "recipe.cross_validate",
    "kfold": "recipe.cross_validate",
    "ensembles": "recipes.ensemble",
    "lint": "recipe.lint",
    "clipping": "optimizer/global_clipnorm",
    "accumulation": "optimizer/gradient_accumulation_steps",
    "renorm_momentum": "normalization/renorm_momentum",
    "EMA": "exponential_moving_average",
    "Xavier": "glorot_uniform",
    "Kaiming": "he_normal",
    "optimizers": "adamw",
    "adamw": "adamw",
    "text classifier": "text_classifier",
}


def test_the_listed_actions_are_all_that_can_be_done():
    holders = Actions.__mro__[:-1]  # without object
    public = [n for c in holders for n in vars(c) if not n.startswith("_")]
    owners = {"recipe": recipes.Recipe, "run": recipes.Run, "recipes": recipes}
    for name in tables.ACTIONS:
        owner, _, action = name.partition(".")
        assert callable(getattr(owners[owner], action))
    for name in recipes.__all__:
        if name.islower() and name != "data" and name not in tables.RECIPES:
            public.append(f"recipes.{name}")
    listed = {name.removeprefix("recipe.") for name in tables.ACTIONS}
    assert {n for n in listed if not n.startswith("run.")} == set(public)
    methods = {n for n in dir(recipes.Run) if not n.startswith("_")}
    methods = {n for n in methods if callable(getattr(recipes.Run, n))}
    assert {n for n in listed if n.startswith("run.")} == {
        f"run.{n}" for n in methods
    }


def test_the_listed_arguments_are_real_and_those_of_networks_all_there():
    for kind, argument in (path.split("/") for path in ARGUMENTS):
        owners = [
            name
            for name in registry.MENU[kind]
            if argument in registry.lookup(kind, name).arguments()
        ]
        assert owners, (kind, argument)
        said = tables._details("argument", f"{kind}/{argument}")
        named = "of " + ", ".join(f"`{owner}`" for owner in owners)
        everywhere = 1 < len(owners) == len(registry.MENU[kind])
        assert said == (f"of every {kind}" if everywhere else named)
    of_networks = {
        f"network/{argument}"
        for name in registry.MENU["network"]
        for argument in registry.lookup("network", name).arguments()
    }
    assert of_networks == {p for p in ARGUMENTS if p.startswith("network/")}


@pytest.mark.parametrize("words", SOUGHT)
def test_every_technique_can_be_found_by_its_words(words):
    found = tables.find(words)
    names = [name for lines in found.values() for name, *_ in lines]
    assert SOUGHT[words] in names
    kinds = [kind for kind in tables.kinds() if kind in found]
    # All of a kind, if one was named; else a choice.
    assert kinds == ["optimizer"] or len(names) < 15


def test_what_has_the_words_in_its_name_comes_first():
    names = [line[0] for line in tables.find("dropout")["field"]]
    assert names[0] == "dropout" and "regularization" in names


@pytest.mark.parametrize(
    "words, near",
    [("dropconect", "drop_connect"), ("adamv", "adam"), ("?", "")],
)
def test_what_is_not_there_is_not_found(words, near):
    with pytest.raises(recipes.RecipeError, match="Kinds: recipe") as error:
        tables.find(words)
    assert f"Did you mean '{near}" in str(error.value) or not near


def test_list_finds_a_technique(capsys):
    assert cli.main(["list", "label", "smoothing"]) == 0
    assert "label_smoothing" in capsys.readouterr().out
    assert cli.main(["list", "drop_connect"]) == 0
    printed = capsys.readouterr().out
    assert "network/drop_connect" in printed and "mlp, cnn" in printed
    assert "dropout" not in printed


def test_list_of_all_loads_no_keras():
    code = (
        "import sys; from recipes import cli; cli.main(['list']); "
        "print('keras' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT
    )
    assert done.stdout.splitlines()[-1] == "False", done.stderr
