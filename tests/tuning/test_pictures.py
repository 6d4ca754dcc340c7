"""The pictures of a sweep: what they show, read from the figures."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_hex

import recipes
from recipes import Boolean, Choice, Float, Part
from recipes.tuning.telling.axes import BEST, is_log

_spec = importlib.util.spec_from_file_location(
    "sweep_folders", Path(__file__).with_name("folders.py")
)
folders = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(folders)

RATE = Float(1e-4, 1e-1, sampling="log")
ONE = recipes.tabular_classifier(dropout=Float(0, 0.6))
TWO = ONE.replace(optimizer=Part("adamw", learning_rate=RATE))
NESTED = TWO.replace(
    normalization=Choice(
        [None, Part("group_normalization", groups=Choice([4, 8]))]
    ),
    precise_batch_normalization=Boolean(),
)


@pytest.fixture(scope="module")
def sweep(tmp_path_factory):
    path = tmp_path_factory.mktemp("sweeps") / "s"
    return folders.make(path, NESTED, 24, fails=(3,))


def panels(figure):
    return {axes.get_title(): axes for axes in figure.axes}


def test_the_best_so_far_never_gets_worse(sweep):
    top = sweep.plot().axes[0]
    (line,) = [
        each for each in top.lines if each.get_drawstyle() == "steps-post"
    ]
    scores = [t["score"] for t in sweep.trials if t["score"] is not None]
    steps = line.get_ydata()[:-1]
    assert list(steps) == list(np.minimum.accumulate(scores))
    assert "24 trials, 1 failed" in top.get_title()


def test_a_logarithmic_range_has_a_logarithmic_axis(sweep):
    found = panels(sweep.plot())
    assert found["learning_rate"].get_xscale() == "log"
    assert found["dropout"].get_xscale() == "linear"
    low, high = found["learning_rate"].get_xlim()
    assert low < 1e-4 and high > 1e-1


def test_each_field_shows_every_score(sweep):
    dots = panels(sweep.plot())["dropout"].lines[0]
    good = [t for t in sweep.trials if t["ended"] == "completed"]
    assert list(dots.get_xdata()) == [t["values"]["dropout"] for t in good]
    assert list(dots.get_ydata()) == [t["score"] for t in good]


def test_options_have_their_median_and_their_names(sweep):
    axes = panels(sweep.plot())["normalization"]
    labels = [tick.get_text() for tick in axes.get_xticklabels()]
    assert labels == ["None", "group_normalization"]
    flat = [each for each in axes.lines if len(set(each.get_ydata())) == 1]
    for number, option in enumerate(labels):
        scores = [
            t["score"]
            for t in sweep.trials
            if t["values"]["normalization"] == option and t["score"]
        ]
        middle = np.median(scores)
        assert any(
            line.get_ydata()[0] == middle
            and line.get_xdata()[0] < number < line.get_xdata()[-1]
            for line in flat
            if len(line.get_xdata()) == 2
        )


def test_a_range_that_did_not_count_is_a_gap(sweep):
    axes = sweep.plot_parallel().axes[0]
    names = [tick.get_text() for tick in axes.get_xticklabels()]
    solid = [
        line
        for line in axes.lines
        if line.get_linestyle() in ("-", "--")  # dashed: it has failed
        and len(line.get_xdata()) == len(names)
    ]
    assert len(solid) == 24
    gaps = sum(
        np.isnan(line.get_ydata()[names.index("groups")]) for line in solid
    )
    chosen = [t["values"]["normalization"] for t in sweep.trials]
    assert gaps == chosen.count("None") > 0
    (best,) = [line for line in solid if to_hex(line.get_color()) == BEST]
    place = names.index("learning_rate")
    value = sweep.best_values["optimizer/learning_rate"]
    assert best.get_ydata()[place] == pytest.approx(
        np.log(value / 1e-4) / np.log(1e3)
    )


@pytest.mark.parametrize(
    "recipe, trials, fails",
    [(ONE, 1, ()), (TWO, 3, (0, 1, 2)), (ONE, 0, ())],
)
def test_few_trials_or_none_are_drawn_too(tmp_path, recipe, trials, fails):
    found = folders.make(tmp_path / "s", recipe, trials, fails=fails)
    found.draw()
    for name in ("sweep.png", "parallel.png"):
        assert (found.directory / name).stat().st_size > 5000
    if len(fails) == trials:
        texts = [text.get_text() for text in found.plot().axes[0].texts]
        assert "no trial has a score" in texts
        lines = found.plot_parallel().axes[0].lines
        crosses = [line for line in lines if line.get_marker() == "x"]
        assert len(crosses) == trials


def test_scores_of_several_sizes_are_logarithmic():
    assert is_log([0.01, 2.0])
    assert not is_log([0.5, 0.99]) and not is_log([-3.0, 0.1])
    assert not is_log([])


def test_names_that_are_formulas_are_drawn_as_they_stand(tmp_path):
    options = Choice([r"$\frac$", "relu_2"])
    recipes.register("activation", options.values[0], lambda: None, "odd")
    recipes.register("activation", "relu_2", lambda: None, "another")
    found = folders.make(tmp_path / "s", ONE.replace(activation=options), 4)
    found.draw()
    assert (found.directory / "parallel.png").exists()
