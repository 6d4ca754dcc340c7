"""`recipes lint`, and the note that a fit prints."""

import shlex

import pytest

import recipes
from recipes import cli

PLANTED = {
    "constant-initializer": "kernel_initializer=zeros",
    "strong-dropout-normalization": "dropout=0.6",
    "batch-large": "batch_size=5000",
    "monitor-train": 'early_stopping={"part": "early_stopping", "config": '
    '{"monitor": "loss"}}',
    "warmup-long": "schedule/warmup=5",
}


def run(capsys, *arguments):
    code = cli.main([str(a) for a in arguments])
    return code, capsys.readouterr().out


def codes(printed):
    """The codes of the findings: what begins a line and no sentence."""
    return [
        line.split()[0]
        for line in printed.splitlines()
        if "-" in line and not line.startswith(" ")
    ]


def test_five_planted_mistakes_are_named_and_no_other(capsys):
    flags = [f"--set={setting}" for setting in PLANTED.values()]
    code, printed = run(capsys, "lint", "tabular_classifier", *flags)
    assert code == 3
    assert sorted(codes(printed)) == sorted(PLANTED)
    assert "5 found" in printed and "arXiv:1801.05134" in printed
    assert "recipe.replace(dropout=0.2)" in printed
    assert "--set dropout=0.2" in printed
    assert "--set early_stopping/monitor=val_loss" in printed


def test_what_is_printed_mends_it(capsys):
    flags = [f"--set={setting}" for setting in PLANTED.values()]
    _, printed = run(capsys, "lint", "tabular_classifier", *flags)
    mends = [
        part
        for line in printed.splitlines()
        if line.startswith("  Flags: ")
        for part in shlex.split(line.removeprefix("  Flags: "))
    ]
    found = run(capsys, "lint", "tabular_classifier", *flags, *mends)
    assert found == (0, "nothing found\n")


@pytest.mark.parametrize("left_out", PLANTED)
def test_without_one_of_them_the_other_four(capsys, left_out):
    rest = {k: v for k, v in PLANTED.items() if k != left_out}
    flags = [f"--set={setting}" for setting in rest.values()]
    _, printed = run(capsys, "lint", "tabular_classifier", *flags)
    assert sorted(codes(printed)) == sorted(rest)


def test_a_clean_recipe(capsys):
    code, printed = run(capsys, "lint", "tabular_classifier")
    assert (code, printed) == (0, "nothing found\n")


def test_a_file_with_data(capsys, tmp_path):
    path = tmp_path / "recipe.json"
    path.write_text(recipes.tabular_classifier(preprocessing=None).to_json())
    assert run(capsys, "lint", path) == (0, "nothing found\n")
    for name in (path, tmp_path):
        code, printed = run(capsys, "lint", name, "--data", "wine")
        assert code == 3 and codes(printed) == ["raw-input"]


def test_mistakes_in_the_command(capsys, tmp_path):
    for name in ("image_clasifier", tmp_path / "none.json"):
        code = cli.main(["lint", str(name)])
        assert code == 2
        assert "recipes: " in capsys.readouterr().err


def dropping_first(inputs, layers):
    """A network whose own layers hold a mistake."""
    import keras

    x = keras.layers.Dropout(0.5)(inputs)
    x = keras.layers.BatchNormalization()(x)
    return layers.dense(x, 4)


@pytest.mark.both_backends
def test_a_fit_prints_a_line_per_finding(capsys, tmp_path):
    recipes.register("network", "dropping_first", dropping_first)
    recipe = recipes.tabular_classifier(
        network="dropping_first", epochs=1, early_stopping=None, batch_size=200
    )
    recipe.fit("iris", directory=tmp_path / "a")
    printed = capsys.readouterr().out
    noted = [line for line in printed.splitlines() if line.startswith("note")]
    assert [line.split()[1] for line in noted] == [
        "dropout-before-normalization",
        "batch-above-train",
    ]
    assert noted[1].endswith("--set batch_size=8")
    recipe.fit("iris", directory=tmp_path / "b", verbose=False)
    assert "note" not in capsys.readouterr().out
