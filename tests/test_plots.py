"""Pictures: drawn without a display, whatever the numbers and the names."""

import io
import os
import subprocess
import sys

import numpy as np
import pytest
from matplotlib.figure import Figure

from recipes import plots

pytestmark = [pytest.mark.both_backends, pytest.mark.by_hand_on_jax]

NAN, INF = float("nan"), float("inf")


def history(*values):
    names = ("accuracy", "loss", "val_accuracy", "val_loss")
    return {"learning_rate": [0.1], **dict.fromkeys(names, list(values))}


def draw(figure):
    """Draw for real: missing letters and wrong formulas show only then."""
    assert isinstance(figure, Figure)
    file = io.BytesIO()
    plots.save(figure, file)
    assert file.getvalue().startswith(b"\x89PNG")
    return figure.axes


def texts(labels):
    return [label.get_text() for label in labels]


@pytest.mark.parametrize(
    "values",
    [
        [0.5],
        [0.5, 0.4],
        list(np.linspace(1, 0.1, 60)),
        [0.5, NAN, 0.3],
        [NAN, NAN],
        [INF, 0.5],
        [0.0, 0.0],
        [-1.0, 2.0],
        [1e30, 1e-30],
    ],
    ids=lambda v: str(v)[:20],
)
def test_curves(values):
    panels = draw(plots.curves(history(*values), len(values)))
    assert [axes.get_title() for axes in panels] == ["loss", "accuracy"]
    for axes in panels:
        train, validation, _, best = axes.lines
        np.testing.assert_array_equal(
            train.get_xdata(), range(1, len(values) + 1)
        )
        np.testing.assert_array_equal(train.get_ydata(), values)
        np.testing.assert_array_equal(validation.get_ydata(), values)
        assert best.get_xdata() == [len(values)]
        low, high = axes.get_xlim()
        ticks = [t for t in axes.get_xticks() if low <= t <= high]
        assert ticks and all(t == round(t) and t >= 1 for t in ticks)
    positive = np.nan_to_num(values, nan=1.0).min() > 0
    some = np.isfinite(values).any()
    assert panels[0].get_yscale() == ("log" if positive and some else "linear")
    assert panels[1].get_yscale() == "linear"


def test_best_epoch_is_marked():
    (axes, _) = draw(plots.curves(history(0.5, 0.25, 0.75), 2))
    assert "best epoch 2: 0.25" in texts(axes.get_legend().get_texts())
    assert axes.lines[3].get_ydata() == [0.25]


@pytest.mark.parametrize("values", [(3, 2, 1, 0.5), (0.5, 1, 2, 3)])
def test_the_names_of_stages_do_not_lie_under_the_legend(values):
    stages = [("$head_{", 1), ("all layers", 2)]
    for axes in draw(plots.curves(history(*values), 4, 3, stages)):
        assert texts(axes.texts) == ["$head_{", "all layers"]
        legend = axes.get_legend().get_window_extent()
        frame = axes.get_window_extent()
        for name in axes.texts:
            place = name.get_window_extent()
            assert not legend.overlaps(place)
            assert frame.y0 < place.y0 and place.y1 < frame.y1
        assert legend.y1 < axes.xaxis.label.get_window_extent().y0 + 1
        assert legend.y0 >= 0 and legend.x0 >= 0


def test_no_validation_no_panel():
    assert draw(plots.curves({"loss": [1.0]}, 1)) == []


def test_confusion_counts():
    truth, predicted = np.array([0, 0, 0, 1, 2]), np.array([0, 0, 1, 1, 0])
    (axes,) = draw(plots.confusion(truth, predicted, ["a", "b", "c"]))
    found = {t.get_position(): t.get_text() for t in axes.texts}
    # (column, row): (predicted, true)
    assert found == {(0, 0): "2", (1, 0): "1", (1, 1): "1", (0, 2): "1"}
    shares = [[2 / 3, 1 / 3, 0], [0, 1, 0], [1, 0, 0]]
    np.testing.assert_allclose(axes.images[0].get_array(), shares)
    assert axes.get_title() == "test: 2 of 5 wrong"
    assert texts(axes.get_xticklabels()) == ["a", "b", "c"]
    assert texts(axes.get_yticklabels()) == ["a", "b", "c"]


@pytest.mark.parametrize("count", [2, 30, 31, 40, 200])
def test_many_classes(count):
    names = [f"class number {i} of many" for i in range(count)]
    rows = np.arange(count)
    (axes,) = draw(plots.confusion(rows, rows, names))
    assert len(axes.texts) == (count if count <= 30 else 0)


NAMES = {
    "$": "$",
    "$$": "$$",
    "$x_1$": "$x_1$",
    r"$\frac{": r"$\frac{",
    "_hidden": "_hidden",
    "": "",
    "two\nlines\t": "two lines",
    "%{}^&": "%{}^&",
    "a" * 50: "a" * 19 + "…",
    "naïve": "naïve",
    7: "7",
    "\0": "class 0",
    "\ud800": "class 0",
}


@pytest.mark.parametrize("name", NAMES, ids=repr)
def test_odd_names(name):
    (axes,) = draw(plots.confusion([0, 1], [0, 1], [name, "b"]))
    for labels in (axes.get_xticklabels(), axes.get_yticklabels()):
        assert texts(labels) == [NAMES[name], "b"]


@pytest.mark.parametrize("name", ["한국", "日本", "\U0001f9ac"])
def test_letters_that_no_font_has(name):
    """As they are where a font has them, else the class by its number."""
    (axes,) = draw(plots.confusion([0, 1], [0, 1], ["a", name]))
    assert texts(axes.get_xticklabels())[1] in (name, "class 1")


def test_letters_without_a_font_would_warn():
    figure = Figure()
    figure.add_subplot().set_title("\ue123")
    with pytest.warns(UserWarning, match="missing from font"):
        plots.save(figure, io.BytesIO())


def test_odd_metric_names():
    names = ["$", "_f", "loss", "\ue123"]
    both = {f"{p}{n}": [1.0, 2.0] for n in names for p in ("", "val_")}
    panels = draw(plots.curves(both, 1))
    titles = [axes.get_title() for axes in panels]
    assert titles == ["loss", "$", "_f", "metric 4"]


@pytest.mark.parametrize("targets, panels", [(1, 1), (3, 3), (9, 4)])
@pytest.mark.parametrize("value", [1.0, NAN, 1e30])
def test_predictions(targets, panels, value):
    truth = np.arange(3.0 * targets).reshape(3, targets)
    predicted = truth.copy()
    predicted[0, 0] = value
    drawn = draw(plots.predictions(truth, predicted))
    assert len(drawn) == panels
    points = np.asarray(drawn[-1].collections[0].get_offsets())
    column = panels - 1
    expected = np.stack([truth[:, column], predicted[:, column]], 1)
    np.testing.assert_array_equal(
        np.nan_to_num(points), np.nan_to_num(expected)
    )


def test_the_panels_of_predictions_have_the_names_of_the_targets():
    two = np.ones((3, 2))
    names = [axes.get_title() for axes in draw(plots.predictions(two, two))]
    assert names == ["test, target 0", "test, target 1"]
    drawn = draw(plots.predictions(two, two, ["$y", "\ue123"]))
    assert [axes.get_title() for axes in drawn] == [
        "test, $y",
        "test, target 1",
    ]


@pytest.mark.parametrize("epochs, corner", [(2000, 0), (2001, 1)])
def test_of_many_epochs_no_corner_is_searched_for(epochs, corner):
    # matplotlib warns where its search for the best one, 0, takes a second.
    both = {name: np.ones(epochs) for name in ("loss", "val_loss")}
    (panel,) = plots.curves(both, 1).axes
    assert panel.get_legend()._get_loc() == corner


def test_no_display_and_no_pyplot():
    code = (
        "import io, sys, numpy as np; from recipes import plots; "
        "h = {'loss': [1.0], 'val_loss': [1.0]}; y = np.array([0, 1]); "
        "one = np.ones((2, 1)); "
        "figures = [plots.curves(h, 1), plots.confusion(y, y, 'ab'), "
        "plots.predictions(one, one)]; "
        "[plots.save(f, io.BytesIO()) for f in figures]; "
        "assert 'matplotlib.pyplot' not in sys.modules; "
        "assert 'keras' not in sys.modules"
    )
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "MPLBACKEND")
    environment = {k: v for k, v in os.environ.items() if k not in hidden}
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(
        command, capture_output=True, text=True, env=environment
    )
    assert done.returncode == 0, done.stderr
