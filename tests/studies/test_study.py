"""The studies' room: files, refusals, words, and the caller's state."""

import json
import random
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import pytest

import recipes
from recipes import cli
from recipes.studies import NAMES
from recipes.studies import study as room
from recipes.studies.said import new_figure

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def coin(monkeypatch):
    """A study of no time: heads by seed; `coin.claimed` is its claim."""
    module = SimpleNamespace(
        CLAIM="a coin falls on heads", SOURCE="none", SEEDS=(4, 5, 6), claimed=0
    )

    def measure(seeds, say):
        say("thrown")
        np.random.seed(1)
        random.seed(1)
        module.policy = keras.config.dtype_policy().name
        return {"heads": [seed % 2 for seed in seeds], "of": {1: 0.5}}

    def verdicts(numbers):
        heads = sum(numbers["heads"])
        assert numbers["of"] == {"1": 0.5}  # as it is read from the file
        return {f"{heads} heads": np.bool_(heads >= module.claimed)}

    module.measure, module.verdicts = measure, verdicts
    module.draw = lambda numbers: new_figure(1, 1)
    monkeypatch.setitem(sys.modules, "recipes.studies.coin", module)
    monkeypatch.setitem(NAMES, "coin", "on which side it falls")
    return module


def test_the_picture_and_the_numbers_are_written(coin, tmp_path, capsys):
    found = recipes.study("coin", directory=tmp_path / "new")
    assert found.holds and found.verdicts == {"1 heads": True}
    assert found.paths == tuple(
        tmp_path / "new" / name for name in ("coin.png", "coin.json")
    )
    assert found.paths[0].read_bytes().startswith(b"\x89PNG")
    held = json.loads(found.paths[1].read_text())
    assert held["numbers"] == found.numbers and held["claim"] == coin.CLAIM
    assert held["seeds"] == [4, 5, 6] and held["holds"] is True
    assert held["versions"]["keras"] == keras.__version__
    assert {"source", "verdicts", "seconds"} <= set(held)
    assert len(list((tmp_path / "new").iterdir())) == 2
    printed = capsys.readouterr().out
    words = ("thrown", coin.CLAIM, "holds: 1 heads", "coin.png", "coin.json")
    assert all(word in printed for word in words)


def test_a_claim_that_does_not_hold_is_said_to_be_that(coin, tmp_path, capsys):
    coin.claimed = 3
    found = recipes.study("coin", directory=tmp_path)
    assert not found.holds
    assert "does not hold: 1 heads" in capsys.readouterr().out
    assert json.loads(found.paths[1].read_text())["holds"] is False


def test_without_verbose_nothing_is_printed(coin, tmp_path, capsys):
    recipes.study("coin", directory=tmp_path, verbose=False)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "seeds, meant", [(2, [0, 1]), ([7], [7]), ((3, 1), [3, 1])]
)
def test_seeds_are_a_number_or_a_list(coin, tmp_path, seeds, meant):
    found = recipes.study("coin", directory=tmp_path, seeds=seeds)
    assert found.numbers["heads"] == [seed % 2 for seed in meant]


@pytest.mark.parametrize(
    "seeds", [0, -1, 1.5, True, "3", [], [0, 0], [-1], [0.5], [True]]
)
def test_illegal_seeds_are_refused(coin, tmp_path, seeds):
    with pytest.raises(recipes.RecipeError, match="`seeds` must be .*Received"):
        recipes.study("coin", directory=tmp_path, seeds=seeds)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["coins", 3, None, "study", "../coin"])
def test_an_unknown_name_is_refused_with_the_legal_ones(coin, tmp_path, name):
    with pytest.raises(recipes.RecipeError, match="Legal: initializers, "):
        recipes.study(name, directory=tmp_path)
    with pytest.raises(recipes.RecipeError, match="Did you mean 'coin'"):
        recipes.study("coins", directory=tmp_path)


def test_its_own_files_are_replaced_whole(coin, tmp_path):
    recipes.study("coin", directory=tmp_path, seeds=200)
    before = (tmp_path / "coin.json").read_text()
    found = recipes.study("coin", directory=tmp_path, seeds=1)
    after = (tmp_path / "coin.json").read_text()
    assert json.loads(after)["numbers"] == found.numbers
    assert len(after) < len(before)


@pytest.mark.parametrize(
    "held",
    [
        {"coin.json": '{"study": "depth"}'},
        {"coin.json": "[]"},
        {"coin.json": "not JSON"},
        {"coin.png": "a photo"},
    ],
)
def test_files_of_others_are_left_alone(coin, tmp_path, held):
    for name, text in held.items():
        (tmp_path / name).write_text(text)
    coin.measure = None  # the refusal comes first
    with pytest.raises(recipes.RunError, match="not of the study 'coin'"):
        recipes.study("coin", directory=tmp_path)
    for name, text in held.items():
        assert (tmp_path / name).read_text() == text
    assert len(list(tmp_path.iterdir())) == len(held)


def test_a_folder_that_cannot_be_is_refused_first(coin, tmp_path):
    coin.measure = None
    (tmp_path / "file").touch()
    for directory in (tmp_path / "file", tmp_path / "file" / "below", 3):
        with pytest.raises(recipes.RunError):
            recipes.study("coin", directory=directory)


def test_numbers_that_are_not_finite_are_never_written(coin, tmp_path):
    coin.measure = lambda seeds, say: {"loss": float("nan")}
    with pytest.raises(ValueError, match="not JSON compliant"):
        recipes.study("coin", directory=tmp_path, verbose=False)
    assert not list(tmp_path.iterdir())


def test_the_callers_state_is_as_it_was(coin, tmp_path):
    random.seed(9)
    np.random.seed(9)
    before = random.getstate(), np.random.get_state()[1].tolist()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        recipes.study("coin", directory=tmp_path, verbose=False)
        assert keras.config.dtype_policy().name == "mixed_float16"
    finally:
        keras.config.set_dtype_policy("float32")
    assert coin.policy == "float32"
    assert (random.getstate(), np.random.get_state()[1].tolist()) == before


def test_the_command_does_the_same(coin, tmp_path, capsys):
    out = str(tmp_path / "out")
    assert cli.main(["study", "coin", "--out", out, "--seeds", "2"]) == 0
    assert json.loads((tmp_path / "out" / "coin.json").read_text())["holds"]
    assert "holds: 1 heads" in capsys.readouterr().out
    assert cli.main(["study", "coins"]) == 2
    assert "Did you mean 'coin'?" in capsys.readouterr().err
    assert cli.main(["study"]) == 2
    assert "name a study: initializers, " in capsys.readouterr().err
    assert cli.main(["study", "coin", "--out", out, "--seeds", "0"]) == 2
    assert "`seeds` must be" in capsys.readouterr().err


def test_the_list_has_every_study(capsys):
    assert cli.main(["study", "--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(NAMES)


def test_the_list_and_a_wrong_name_load_neither_keras_nor_numpy():
    script = (
        "import sys; from recipes.cli import main\n"
        "main(['study', '--list']); assert main(['study', 'dept']) == 2\n"
        "heavy = {'keras', 'tensorflow', 'numpy'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    command = [sys.executable, "-c", script]
    subprocess.run(command, check=True, cwd=ROOT, capture_output=True)


@pytest.mark.parametrize("name", NAMES)
def test_every_study_says_what_it_is_of(name):
    module = room.importlib.import_module(f"recipes.studies.{name}")
    assert module.CLAIM.endswith(".") and module.SOURCE
    assert len(set(module.SEEDS)) >= 3
    for part in ("measure", "verdicts", "draw"):
        assert getattr(module, part).__doc__
