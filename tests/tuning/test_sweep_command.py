"""`recipes sweep`: ranges on the command line, the space, going on."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import recipes
from recipes import Boolean, Choice, Float, Int, Part, cli
from recipes.recipe import Recipe
from recipes.searching import search
from recipes.sweeping import HOW
from recipes.tuning.resuming import resume

ROOT = Path(__file__).parents[2]


DROPOUT = ("--search", "dropout=0..0.6")


def run(capsys, *arguments):
    """Return (exit code, standard output, standard error)."""
    code = cli.main(["sweep", *map(str, arguments)])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.mark.parametrize(
    "text, path, expected",
    [
        ("dropout=0..0.6", "dropout", Float(0, 0.6)),
        ("dropout=0.1..0.5:step=0.1", "dropout", Float(0.1, 0.5, step=0.1)),
        (
            "optimizer/learning_rate=1e-4..1e-1:log",
            "optimizer/learning_rate",
            Float(1e-4, 1e-1, sampling="log"),
        ),
        (
            # Both ends are whole, what stands there is not.
            "optimizer/learning_rate=1..2",
            "optimizer/learning_rate",
            Float(1, 2),
        ),
        (
            "batch_size=16..64:step=2:log",
            "batch_size",
            Int(16, 64, step=2, sampling="log"),
        ),
        ("epochs=5..9", "epochs", Int(5, 9)),
        ("network/depth=1..3", "network/depth", Int(1, 3)),
        (
            "network/filters=[[8, 16], [16, 32]]",
            "network/filters",
            Choice([(8, 16), (16, 32)]),
        ),
        ("batch_size=[16, 32]", "batch_size", Choice([16, 32])),
        ("batch_size=16|32", "batch_size", Choice([16, 32])),
        (
            "activation=[relu, elu]",
            "activation",
            Choice([Part("relu"), Part("elu")]),
        ),
        (
            "normalization=null|batch_normalization",
            "normalization",
            Choice([None, Part("batch_normalization")]),
        ),
        ("balanced_sampling=true|false", "balanced_sampling", Boolean()),
        ("balanced_sampling=[false, true]", "balanced_sampling", Boolean()),
    ],
)
def test_a_range_is_read(text, path, expected):
    found = search(recipes.image_classifier(), [text]).ranges()
    assert found == {path: expected}
    assert type(found[path]) is type(expected)


@pytest.mark.parametrize(
    "text, words",
    [
        ("dropout", "PATH=SPEC"),
        ("dropout=", "PATH=SPEC"),
        ("dropout=0.3", "an interval such as"),
        ("dropout=0..0.6:lg", ":log"),
        ("dropout=0..0.6:step=x", ":step=NUMBER"),
        ("dropout=0..0.6:log", "above 0"),
        ("dropout=0.6..0", "below `max_value`"),
        ("dropout=0..3", "below 1"),
        ("dropuot=0..0.6", "dropout"),
        ("batch_size=0.5..3.5", "Int"),
        ("activation=relu|rellu", "Did you mean 'relu'"),
        ("activation=[relu", "interval"),
        ("task=a|b", "task"),
        ("optimizer/rate=0..1", "rate"),
    ],
)
def test_what_is_no_range_is_refused_with_its_path(capsys, text, words):
    code, out, error = run(capsys, "digits", "--search", text, "--space")
    assert code == 2 and out == ""
    assert words in error and text in error, error


def test_the_space_is_printed_without_a_backend():
    code = (
        "import sys; from recipes import cli;"
        "code = cli.main(['sweep', 'digits', '--search', 'dropout=0..0.6',"
        "'--search', 'optimizer/learning_rate=1e-4..1e-1:log', '--space']);"
        "loaded = {'tensorflow', 'keras_tuner'} & set(sys.modules);"
        "print(sorted(loaded)); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={k: v for k, v in os.environ.items() if k != "KERAS_BACKEND"},
        capture_output=True,
        text=True,
    )
    lines = done.stdout.splitlines()
    assert lines.pop() == "[]"
    assert done.returncode == 0, done.stderr
    assert lines[1].split() == ["dropout", "Float", "0..0.6", "linear"]
    assert lines[2].split() == (
        "optimizer/learning_rate Float 0.0001..0.1 log".split()
    )


@pytest.mark.parametrize(
    "arguments, words",
    [
        ((), "takes DATA"),
        (("iris", *DROPOUT, *DROPOUT, "--space"), "`dropout` is named twice"),
        (("iris", *DROPOUT, "--set=dropout=0.5"), "and by --search dropout"),
        (
            ("iris", "--search=epochs=1..3", "--epochs=2", "--space"),
            "by --set epochs=2",
        ),
        (("iris", "--search=seed=1..3", "--space"), "same for all trials"),
        (("iris", *DROPOUT, "--tuner=x", "--space"), "must be one of random"),
        (
            ("iris", "--search=epochs=1..3", "--tuner=hyperband", "--space"),
            "`epochs` must be one number",
        ),
        (
            ("iris", *DROPOUT, "--max-trials=1", "--objective=val_f1"),
            "metrics=['accuracy', 'f1']",
        ),
        (("iris", "--max-trials", 2), "no range to search"),
        (("iris", "--space"), "no range to search"),
        (("--space",), "--space takes DATA or --recipe"),
        (("--resume", "nowhere"), "nowhere"),
        (
            (
                "iris",
                "--search=dropout=0..0.5",
                "--tuner=grid",
                "--executions=0",
            ),
            "`executions_per_trial` must",
        ),
        (("iris", "--search=dropout=0..0.5", "--tuner="), "Received: ''"),
        (("--resume", "x", "--seed", "0"), "leave out --seed"),
        (("--resume", "x", "--tuner", "grid"), "leave out --tuner"),
    ],
)
def test_what_makes_no_sense_is_refused(capsys, arguments, words):
    code, _, error = run(capsys, *arguments)
    assert code == 2 and words in error


def test_workers_are_a_number_or_gpus(capsys):
    with pytest.raises(SystemExit):
        run(capsys, "iris", "--workers", "x")
    error = capsys.readouterr().err
    assert "whole number of processes" in error and "_workers" not in error


def test_ctrl_c_says_how_to_go_on(capsys, tmp_path):
    def interrupt(inputs, layers):
        raise KeyboardInterrupt

    recipes.register("network", "interrupted", interrupt)
    out = tmp_path / "of mine"
    code, _, error = run(
        capsys,
        "iris",
        *DROPOUT,
        "--set=network=interrupted",
        "--max-trials=1",
        "--out",
        out,
    )
    words = f"Go on with: recipes sweep --resume '{out}'"
    assert code == 130 and error == f"recipes: interrupted. {words}\n"


def test_a_sweep_is_made_and_gone_on_with(capsys, tmp_path):
    out = tmp_path / "s"
    ranges = ["--search", "dropout=0..0.6", "--epochs", 1, "--out", out]
    code, printed, error = run(
        capsys, "iris", *ranges, "--max-trials=2", "--seed=3", "--tensorboard"
    )
    assert code == 0, error
    found = recipes.load_sweep(out)
    lines = printed.splitlines()
    assert lines.pop(0) == f"the sweep lies in {out}"
    assert [line.split("  ")[0] for line in lines[:2]] == [
        "trial 0000",
        "trial 0001",
    ]
    assert lines[2] == repr(found)
    names = {path.name for path in out.iterdir()}
    assert names >= {"trials.csv", "sweep.png", "parallel.png", "tensorboard"}
    rows = (out / "trials.csv").read_text().splitlines()[1:]
    scores = [trial["score"] for trial in found.trials]
    assert [float(row.split(",")[2]) for row in rows] == scores
    assert found.settings.recipe.seed == 3
    assert f"dropout = {found.best.dropout:.4g}" in printed
    metrics = found.best_run.metrics
    for name in ("validation_loss", "test_loss", "test_accuracy"):
        assert f"{name} {metrics[name]:.4f}" in printed
    assert str(out / "best") in printed
    files = {p: p.stat().st_mtime_ns for p in out.rglob("result.json")}
    code, again, error = run(capsys, "--resume", out)
    assert code == 0, error
    assert again.splitlines()[-1] == printed.splitlines()[-1]
    assert {p: p.stat().st_mtime_ns for p in files} == files


@pytest.mark.slow
def test_a_resumed_sweep_goes_on_in_the_same_way(
    capsys, copied, iris_recipe, sweep_options
):
    how = {"vectorize": False, "deadline": 90.0, "recycle": None}
    how |= {"max_crashes": 5, "tensorboard": True}
    iris_recipe.sweep("iris", directory=copied, keep=2, **how, **sweep_options)
    shutil.rmtree(copied / "tensorboard")
    found = resume(copied, Recipe.from_json, workers=0, verbose=False)
    assert found.settings.how == how and found.settings.keep == 2
    assert (copied / "tensorboard").exists()
    assert not (copied / "data").exists()  # a spec leads to them
    # What is said anew counts, also in Python.
    words = "--keep=1 --deadline=60 --recycle=7 --vectorize=auto".split()
    code, _, error = run(capsys, "--resume", copied, *words)
    assert code == 0, error
    again = recipes.load_sweep(copied).settings
    said = {"deadline": 60.0, "recycle": 7, "vectorize": "auto"}
    assert again.how == {**how, **said} and again.keep == 1
    given = {**sweep_options, "max_crashes": 2}
    plain = iris_recipe.sweep("iris", directory=copied, **given).settings
    assert plain.how["max_crashes"] == 2 and plain.keep == 3
    assert plain.how["recycle"] == 25 and not plain.how["tensorboard"]


@pytest.mark.parametrize(
    "words, expected",
    [
        ("", {}),
        ("--recycle never", {"recycle": None}),
        ("--vectorize true --max-crashes 2", {"vectorize": "true"}),
        ("--tensorboard --workers gpus", {"workers": "gpus"}),
    ],
)
def test_what_is_not_given_is_not_among_the_options(words, expected):
    options = vars(cli.parser().parse_args(["sweep", *words.split()]))
    found = {name: options[name] for name in HOW if name in options}
    assert expected.items() <= found.items()
    assert len(found) == words.count("--")


def test_a_traceback_is_printed_below_the_error():
    error = recipes.RecipeError("`units` must be whole.")
    error.add_note("In worker-0:\nTraceback:\n  File")
    error.add_note("In trial 0003 of the sweep: dropout=0.5")
    assert cli.told(error).splitlines() == [
        "`units` must be whole. In trial 0003 of the sweep: dropout=0.5",
        "In worker-0:",
        "Traceback:",
        "  File",
    ]


@pytest.mark.slow
def test_without_jax_the_space_takes_the_usual_backend():
    """Keras' NumPy backend imports JAX, which is not installed everywhere."""
    code = (
        "import os, sys; sys.modules['jax'] = None; from recipes import cli;"
        "os.environ.pop('KERAS_BACKEND', None);"
        "code = cli.main(['sweep', 'digits', '--search', 'dropout=0..0.6',"
        "'--space']);"
        "print(os.environ.get('KERAS_BACKEND')); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "None"
