"""The menu against what the library owes, and the tables made from it."""

import dataclasses
from pathlib import Path

import pytest

import recipes
from recipes import cli, registry, tables
from recipes.fields import FIELDS
from recipes.tasks import TASKS

ROOT = Path(__file__).parent.parent
# What is owed, by its id, as kind/name, field, or network/name/argument.
OWED = {
    "A1": ["initializer/lecun_normal", "initializer/lecun_uniform"],
    "A2": ["initializer/he_normal", "initializer/he_uniform"],
    "A3": ["initializer/glorot_normal", "initializer/glorot_uniform"],
    "A4": ["initializer/random_normal/stddev"],
    "A5": [
        "initializer/constant",
        "initializer/zeros",
        "initializer/ones",
        "initializer/identity",
        "initializer/dirac_delta",
    ],
    "A6": ["initializer/orthogonal"],
    "A7": ["kernel_initializer"],
    "B1": [
        f"activation/{name}"
        for name in ("sigmoid", "tanh", "relu", "gelu", "silu")
    ],
    "B2": [
        f"activation/{name}" for name in ("leaky_relu", "prelu", "elu", "selu")
    ],
    "B3": ["activation/maxout/num_pieces"],
    "C1": [
        f"normalization/{name}_normalization"
        for name in ("batch", "layer", "instance", "group")
    ],
    "C2": ["normalization_placement"],
    "C3": ["normalization/batch_normalization/momentum"],
    "C4": ["precise_batch_normalization"],
    "D1": ["regularizer/l2", "regularizer/half_l2"],
    "D2": ["regularizer/l1", "regularizer/l1_l2"],
    "D3": ["optimizer/adamw/weight_decay", "optimizer/sgdw/weight_decay"],
    "D4": ["dropout"],
    "D5": ["network/mlp/drop_connect", "network/cnn/drop_connect"],
    "D6": ["network/resnet/stochastic_depth"],
    "D7": ["pooling/fractional_max_pooling/ratio", "network/cnn/pooling"],
    "D8": ["label_smoothing"],
    "D11": ["early_stopping/early_stopping"],
    "H1": ["strategy/frozen", "network/head"],
    "H2": ["strategy/full/multiplier", "strategy/top/blocks"],
    "H3": ["strategy/gradual/stages", "strategy/layerwise/factor"],
    "H4": ["strategy/auto"],
    "H5": [
        "backbone/EfficientNetV2B0/weights",
        "backbone/keras_hub/preset",
        "backbone/keras_file/file",
        "backbone/glyphnet",
    ],
    "D12": ["weight_average/exponential_moving_average"],
    "E1": [
        "optimizer/sgd/momentum",
        "optimizer/sgd/nesterov",
        *(f"optimizer/{n}" for n in ("adagrad", "rmsprop", "adam", "adamw")),
    ],
    "E2": [
        f"schedule/{name}"
        for name in (
            "constant",
            "step",
            "exponential",
            "cosine",
            "warmup_cosine",
            "one_cycle",
            "reduce_on_plateau",
        )
    ],
    "E3": [
        "optimizer/adamw/global_clipnorm",
        "optimizer/adamw/gradient_accumulation_steps",
    ],
    "E4": ["batch_size", "drop_remainder"],
    "E5": ["dtype_policy"],
    "F1": ["validation_split", "test_split"],
    "F2": ["split_seed"],
    "F3": [
        f"preprocessing/{name}"
        for name in (
            "mean_image",
            "channel_mean",
            "standardization",
            "pca",
            "pca_whitening",
        )
    ],
}


def exists(path):
    if "/" not in path:
        return path in FIELDS
    kind, name, *argument = path.split("/")
    legal = registry.lookup(kind, name).arguments()
    return name in registry.names(kind) and set(argument) <= set(legal)


@pytest.mark.parametrize("number", OWED)
def test_every_technique_that_is_owed_can_be_named(number):
    assert all(map(exists, OWED[number]))


def test_a_technique_that_is_not_there_would_be_found():
    assert not exists("network/mlp/no_such_argument")
    assert not exists("no_such_field")
    with pytest.raises(recipes.RecipeError):
        exists("activation/softminus")


def test_ensembles_and_cross_validation_are_public():
    assert callable(recipes.ensemble)
    assert callable(recipes.Recipe.cross_validate)


def test_the_listed_recipes_are_the_tasks():
    assert set(tables.RECIPES) == set(TASKS)
    assert all(callable(getattr(recipes, name)) for name in tables.RECIPES)


def test_every_field_is_documented_and_listed():
    fields = [field.name for field in dataclasses.fields(recipes.Recipe)]
    assert [name for name, _ in tables.rows("field")] == fields
    assert {name for name, _ in tables.rows("field")} == set(FIELDS)
    assert all(len(words) > 8 for _, words in tables.rows("field"))


def test_list_names_everything_that_is_owed(capsys, monkeypatch):
    """Every id: its row, field, argument or action, on one screen of names."""
    monkeypatch.setenv("COLUMNS", "200")
    assert cli.main(["list"]) == 0
    printed = capsys.readouterr().out
    for path in (p for paths in OWED.values() for p in paths):
        kind, *names = path.split("/")
        assert f" {names[0] if names else kind} " in printed, path
    for name in ("network/drop_connect", "network/stochastic_depth"):
        assert name in printed
    for name in (*tables.ACTIONS, *FIELDS):
        assert f" {name} " in printed


def without_arguments(text):
    rows = (line.split(" | ")[:2] for line in text.splitlines()[3:])
    return "\n".join(" | ".join(row).rstrip("| ") for row in rows)


def test_the_table_in_docs_is_fresh(capsys, monkeypatch):
    # What an example in a docstring has registered is not ours.
    nothing = {kind: {} for kind in registry.MENU}
    monkeypatch.setattr(registry, "_registered", nothing)
    assert cli.main(["list", "--markdown"]) == 0
    printed = capsys.readouterr().out
    kept = (ROOT / "docs" / "techniques.md").read_text()
    if kept.splitlines()[2] != printed.splitlines()[2]:  # another Keras
        kept, printed = without_arguments(kept), without_arguments(printed)
    assert kept == printed, (
        "make it again: recipes list --markdown > docs/techniques.md"
    )
    for kind in registry.kinds():
        for name in registry.names(kind):
            assert f"\n| `{name}` |" in printed


@pytest.mark.parametrize("kind", tables.kinds())
def test_list_prints_every_row_of_a_kind(kind, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    assert cli.main(["list", kind]) == 0
    printed = capsys.readouterr().out
    for name, words in tables.rows(kind):
        assert f" {name} " in printed
        assert words.split()[0] in printed
        if kind in registry.kinds():
            legal = set(registry.lookup(kind, name).arguments())
            for argument in legal - set(tables._COMMON):
                assert argument in printed
