"""The page of a run, read again, against the run."""

import json
import re

import numpy as np
import pytest

from recipes.plots import TRAIN, VALIDATION
from recipes.report import svg
from recipes.report.style import DARK, LIGHT, STYLE
from recipes.report.verdict import wilson
from recipes.training.looking.own_data import own_data
from tests.report.reading import Page, read

pytestmark = [pytest.mark.both_backends, pytest.mark.by_hand_on_jax]
SECTIONS = (
    "verdict curves rate diagnosis confusion examples layers recipe lint "
    "environment"
).split()


def test_it_is_well_formed_and_needs_nothing_else(digits_page):
    path, page = digits_page
    assert page.faults == []
    assert page.source.startswith("<!DOCTYPE html>\n<html")
    policy = page.all("meta", http_equiv="Content-Security-Policy")[0][1]
    assert policy["content"].startswith("default-src 'none'; style-src")
    assert path.stat().st_size < 3_000_000
    assert "Left out" not in page.source
    shown = [
        row[1].get("id") or row[1].get("aria-labelledby")
        for row in page.all("section")
    ]
    assert shown == SECTIONS  # the verdict first
    assert STYLE in page.source


def test_the_numbers_are_those_of_the_run(digits_page, digits_run):
    page = digits_page[1]
    words = page.words("verdict")
    metrics = json.loads((digits_run.directory / "metrics.json").read_text())
    for split in ("test", "validation"):
        for name in ("loss", "accuracy"):
            assert f"{metrics[f'{split}_{name}']:.4f}" in words
    assert f"Best epoch {metrics['best_epoch']} of {metrics['epochs']}" in words
    history = digits_run.history
    at = metrics["best_epoch"] - 1
    for name in ("loss", "accuracy"):
        said = f"validation {history[f'val_{name}'][at]:.4f}"
        assert said in page.words("curves")
        assert f"train {history[name][at]:.4f}" in page.words("curves")
    plots = [row[2] for row in page.all("desc")]
    rate = history["learning_rate"]
    assert any(f"{rate[0]:.4g} in epoch 1" in each for each in plots)
    gap = history["val_loss"][at] - history["loss"][at]
    assert f"{gap:.4f} in epoch {at + 1}" in page.words("rate")


def test_the_interval_is_wilsons(digits_page, digits_run):
    n = digits_run.environment["data"]["rows"]["test"]
    p = digits_run.metrics["test_accuracy"]
    z = 1.959963984540054  # its ends are where |p − q| = z √(q (1 − q) / n)
    low, high = wilson(p, n)
    for q in (low, high):
        if 0 < q < 1:
            assert abs(p - q) == pytest.approx(
                z * np.sqrt(q * (1 - q) / n), rel=1e-4
            )
    assert low < p <= high
    said = f"95 % interval {low:.4f} to {high:.4f}, {n} rows"
    assert said in digits_page[1].words("verdict")


def test_the_confusions_are_counted_as_by_hand(digits_page, digits_run):
    data = own_data(digits_run)
    x, labels = data.validation.read(), data.validation.labels
    outputs = digits_run.model.predict(x, verbose=0)
    expected = [[0] * 10 for _ in range(10)]
    for true, row in zip(labels.tolist(), outputs.tolist(), strict=True):
        expected[true][row.index(max(row))] += 1
    cells = digits_page[1].cells("confusion matrix")
    assert [line[0] for line in cells] == [str(i) for i in range(10)]
    assert [[int(c) for c in line[1:]] for line in cells] == expected
    wrong = int(len(labels) - sum(expected[i][i] for i in range(10)))
    assert f"{wrong} of {len(labels)} wrong" in digits_page[1].source
    losses = -np.log(np.clip(outputs[np.arange(len(x)), labels], 1e-7, 1))
    worst = digits_page[1].words("examples")
    assert f"loss {losses.max():.3g}, index {losses.argmax()}" in worst


def test_the_layers_are_those_of_the_model(digits_page, digits_run):
    words = digits_page[1].words("layers")
    cells = digits_page[1].cells("Activations by layer")
    names = [layer.name for layer in digits_run.model.layers]
    assert cells[-1][1] == "softmax" and set(c[0] for c in cells) <= set(names)
    assert "Activations of" in words and "gets" in words


def test_what_differs_from_the_default_is_marked(digits_page):
    lines = digits_page[1].cells("What differs")
    assert [line[0] for line in lines] == ["● network", "● epochs"]
    assert lines[1][1:] == ["3", "20"]
    every = digits_page[1].cells("All fields")
    assert len(every) == 35
    assert sum("●" in line[0] for line in every) == 2


def test_the_same_run_gives_the_same_bytes(digits_page, digits_run, tmp_path):
    again = digits_run.report(tmp_path / "again.html")
    assert again.read_bytes() == digits_page[0].read_bytes()
    assert b"20" + b"26-" not in again.read_bytes()  # no date


def test_without_the_model_its_sections_are_left_out(digits_run, tmp_path):
    page = read(digits_run.report(tmp_path / "x.html", model=False))
    assert page.faults == []
    assert "Made without the model" in page.words("verdict")
    assert not page.all("section", aria_labelledby="confusion")
    assert not page.all("img")


def test_tables_and_numbers(table_run, number_run, tmp_path):
    page = read(table_run.report(tmp_path / "table.html"))
    assert page.faults == [] and "Left out" not in page.source
    assert len(page.cells("confusion matrix")) == 2
    assert len(page.cells("the largest first")) == 12
    page = read(number_run.report(tmp_path / "number.html"))
    assert page.faults == [] and "Left out" not in page.source
    outputs = number_run.model.predict(
        own_data(number_run).validation.read(), verbose=0
    )
    off = np.abs(outputs - own_data(number_run).validation.labels)
    assert f"{off.max():.4g}" in page.cells("how far")[0]


def test_labels(label_run, tmp_path):
    run, data = label_run
    page = read(run.report(tmp_path / "labels.html", data))
    assert page.faults == [] and "Left out" not in page.source
    assert len(page.cells("the lowest F1 first")) == 3


def contrast(*colors):
    """Return the contrast of two colors, by WCAG 2."""

    def luminance(code):
        parts = [int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [
            c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
            for c in parts
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted(map(luminance, colors))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("color", [TRAIN, VALIDATION, "#868b94"])
def test_the_colors_of_pictures_read_on_both_grounds(color):
    for ground in (LIGHT, DARK):
        assert f"--ground: {ground}" in STYLE
        assert contrast(color, ground) >= 3  # 1.4.11


def test_the_colors_of_words_read_on_their_grounds():
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    blocks = STYLE.split("--ground: ")[1:4]  # light, dark, on paper
    for block in blocks:
        block = f"--ground: {block}"
        found = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", block))
        for name in ("ink", "soft", "blue", "good", "bad", "warn"):
            for ground in ("ground", "panel"):
                assert contrast(found[name], found[ground]) >= 4.5, name


def test_the_cells_of_the_confusions_read_on_both_grounds():
    found = re.search(r"calc\(var\(--share\) \* (\d+)%\)", STYLE)
    most = int(found[1]) / 100  # of the tone, over the ground

    def over(tone, ground, share):
        mixed = (
            round(
                share * int(tone[i : i + 2], 16)
                + (1 - share) * int(ground[i : i + 2], 16)
            )
            for i in (1, 3, 5)
        )
        return "#" + "".join(f"{each:02x}" for each in mixed)

    faint = []
    for block in STYLE.split("--ground: ")[1:4]:
        block = f"--ground: {block}"
        rgb = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", block))
        for tone in ("blue", "bad"):
            cell = over(rgb[tone], rgb["ground"], most)
            assert contrast(cell, rgb["ink"]) >= 4.5, (tone, rgb["ground"])
            cell = over(rgb[tone], rgb["ground"], 0.6)
            faint.append(contrast(cell, rgb["ink"]))
    assert min(faint) < 4.5  # as more of the tone would be, in the dark


def test_what_the_reader_would_find(digits_page):
    source = digits_page[1].source
    for wrong, found in {
        "<script>x</script></main>": "an element of no page: script",
        '<p onclick="x">a</p></main>': "a handler: onclick",
        '<a href="http://x">a</a></main>': "a link to elsewhere",
        '<img src="http://x" alt="a"></main>': "a source elsewhere",
        '<p id="curves">a</p></main>': "an id twice: curves",
        "<p>a</main>": "closed out of order",
        '<p style="background:url(http://x)">a</p></main>': "an address",
        "\x07</main>": "a control character",
    }.items():
        faults = Page(source.replace("</main>", wrong)).faults
        assert any(found in each for each in faults), (wrong, faults)
    assert svg.INK[0] not in source.replace(STYLE, "")
