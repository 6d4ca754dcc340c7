"""Every rule says what it costs, and where none was found the user reads it."""

import importlib.util
import re
import sys
from pathlib import Path

import pytest

import recipes
from recipes.lint.compiled import COMPILED
from recipes.lint.finding import NO_COST
from recipes.lint.model import STRUCTURE, foreign_statistics
from recipes.lint.rules import RULES

ROOT = Path(__file__).parents[2]
_spec = importlib.util.spec_from_file_location(
    "lint_settings", Path(__file__).with_name("settings.py")
)
settings = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(settings)

# `fit` or Keras refuses it, it never comes to pass, it is no matter of the
# score, or needs augmentation.
NOT_MEASURED = {
    "patience-long",
    "patience-plateau",
    "plateau-long",
    "monitor-unknown",
    "plateau-with-schedule",
    "accuracy-imbalanced",
    "smoothing-mixup",
}
MODEL = {**STRUCTURE, **COMPILED, "foreign-statistics": foreign_statistics}


def words(rule):
    return " ".join(rule.__doc__.split())


@pytest.mark.parametrize("rules", [RULES, MODEL])
def test_every_rule_has_its_figures(rules):
    without = {
        c for c, rule in rules.items() if "Measured: " not in words(rule)
    }
    assert without <= NOT_MEASURED


@pytest.mark.parametrize("code", settings.CASES)
def test_no_cost_is_said_to_the_user_and_only_then(code):
    wrong, _, data = settings.CASES[code]
    if code == "warmup-long":  # beyond 1 `fit` refuses it
        part = recipes.Part("warmup_cosine", warmup=0.9)
        wrong = {"schedule": part}
    found = recipes.tabular_classifier(**wrong).lint(
        settings.DATA.get(data, data)
    )
    (finding,) = [f for f in found if f.code == code]
    none = re.search("no cost(?!, and so no finding)", words(RULES[code]))
    assert (NO_COST in finding.why) == bool(none)


@pytest.fixture
def benchmark(monkeypatch):
    monkeypatch.setattr(sys, "path", [str(ROOT / "benchmarks"), *sys.path])
    spec = importlib.util.spec_from_file_location(
        "lint_benchmark", ROOT / "benchmarks" / "lint.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_benchmark_mends_what_it_measures(benchmark):
    for code, _, make, spec, epochs, fields in benchmark.CASES:
        recipe = make(epochs=epochs, **fields)
        data = spec(0) if callable(spec) else spec
        mended = benchmark.mended(recipe, data, code)
        assert code not in [f.code for f in mended.lint(data)]


def test_the_benchmarks_models_are_what_they_say(benchmark):
    models = benchmark.lint_models
    for code, _, wrong, better in models.CASES:
        scale = 1.0 if code == "foreign-statistics" else 1 / 255
        for make, expected in ((wrong, True), (better, False)):
            found = recipes.lint_model(
                models.build(**make()), inputs=models.digits(0)[0][0] * scale
            )
            assert (code in [f.code for f in found]) == expected, code
