"""One of several, drawn for each image: frequencies, strengths, words."""

from collections import Counter

import numpy as np
import pytest
from scipy.stats import chisquare, kstest

from augment import (
    Policy,
    RandAugment,
    RandomBrightness,
    RandomChoice,
    RandomCrop,
    RandomFlip,
    RandomInvert,
    RandomRotation,
    TrivialAugment,
)

LARGEST = np.float32(1 - 2**-24)  # of the numbers in [0, 1) that are drawn


def about(middle, *sizes):
    return [(middle - size, middle + size) for size in sizes]


# What each operation draws at least and at most: with RandAugment at 0.5 and
# at 1 (the ranges of AutoAugment, Cubuk et al. 2019; shifts in 331 pixels) and
# with TrivialAugment (Müller and Hutter 2021, the wide space; in 224 pixels).
# Brightness, which adds, at half of what the papers multiply by.
STRENGTHS = [RandAugment(1, 0.5), RandAugment(1, 1.0), TrivialAugment()]
PAPERS = [
    (None, None),
    ("auto_contrast", [(1, 1)] * 3),
    ("equalize", [(1, 1)] * 3),
    ("degrees", about(0, 15, 30, 135)),
    ("bits", [(6, 6), (4, 4), (2, 8)]),
    ("threshold", [(0.5, 0.5), (0, 0), (0, 1)]),
    ("saturation", about(1, 0.45, 0.9, 0.99)),
    ("contrast", about(1, 0.45, 0.9, 0.99)),
    ("brightness", about(0, 0.225, 0.45, 0.495)),
    ("sharpness", about(1, 0.45, 0.9, 0.99)),
    ("x", about(0, 0.15, 0.3, 0.99)),
    ("y", about(0, 0.15, 0.3, 0.99)),
    ("down", about(0, 75 / 331, 150 / 331, 32 / 224)),
    ("right", about(0, 75 / 331, 150 / 331, 32 / 224)),
]


def draw(step, count=7000, seed=0):
    return Policy([step]).draw(
        np.full((count, 2), 8, "float32"),
        (8, 8),
        seed=seed,
        epoch=0,
        indices=np.arange(count),
    )


def test_each_step_is_as_frequent_and_drawn_for_each_image(noise):
    steps = [RandomFlip("horizontal", 1.0), RandomInvert(), None]
    step = RandomChoice(steps, rate=0.6)
    many = np.tile(noise[:1, :6, :6], (3000, 1, 1, 1))
    kinds = {
        "flip": many[:, :, ::-1],
        "invert": 255 - many,
        "nothing": many,
    }
    found = step(many)
    counts = [(found == k).all(axis=(1, 2, 3)).sum() for k in kinds.values()]
    assert sum(counts) == 3000  # one step and no more
    assert chisquare(counts, [600, 600, 1800]).pvalue > 0.01
    assert chisquare(counts, [1000, 1000, 1000]).pvalue < 1e-6


def test_what_is_chosen_draws_as_it_does_alone():
    choice = RandomChoice([RandomRotation((0, 0.5)), RandomBrightness((0, 1))])
    _, (values,) = draw(choice)
    angle, shift = (list(v.values())[0] for v in values["values"])
    assert ((angle > 0) != (shift > 0)).all()
    assert kstest(angle[angle > 0] / 180, "uniform").pvalue > 0.01
    assert kstest(shift[shift > 0], "uniform").pvalue > 0.01


def test_the_rate_of_a_chosen_step_counts_too():
    choice = RandomChoice([RandomInvert(0.5), None])
    _, (values,) = draw(choice)
    share = (values["values"][0]["sign"] < 0).mean()
    assert abs(share - 0.25) < 0.02


def test_choices_nest(noise):
    inner = RandomChoice([RandomInvert(), None])
    outer = RandomChoice([inner, None], rate=0.8)
    many = np.tile(noise[:1, :4, :4], (3000, 1, 1, 1))
    share = (outer(many) != many).any(axis=(1, 2, 3)).mean()
    assert abs(share - 0.2) < 0.03


def test_the_largest_number_chooses_the_last_step():
    for count in range(1, 40):
        step = RandomChoice([RandomInvert()] * count)
        drawn, _ = draw(step, 1)
        values = step.values(np.full((1, step.uniforms + 1), LARGEST), drawn)
        assert values["chosen"][0] == count - 1
        assert step.describe(values, 0) == "inverted"


@pytest.mark.parametrize("step", [TrivialAugment(), RandAugment(1, 0.9)])
def test_all_fourteen_operations_come_as_often(step):
    _, (values,) = draw(step)
    chosen = values["in_a_row"][0] if "in_a_row" in values else values
    counts = np.bincount(chosen["chosen"].astype(int))
    assert len(counts) == 14 and chisquare(counts).pvalue > 0.01


@pytest.mark.parametrize("number", range(14))
@pytest.mark.parametrize("strength", range(3))
def test_the_strengths_are_those_of_the_papers(number, strength):
    step, (name, ends) = STRENGTHS[strength], PAPERS[number]
    drawn, _ = draw(RandomChoice([None]), 2)
    u = np.zeros((2, step.uniforms), "float32")
    u[1] = LARGEST
    u[:, 0] = (number + 0.5) / 14
    values = step.values(u, drawn)
    step.apply(drawn, values)
    values = values["in_a_row"][0] if "in_a_row" in values else values
    assert (values["chosen"] == number).all()
    found = values["values"][number]
    if name is None:
        assert found is None
    elif name in drawn.table:
        assert drawn.table[name].tolist() == list(ends[strength])
    else:
        others = [value for key, value in found.items() if key != name]
        assert not np.any(others)  # of the two sides
        np.testing.assert_allclose(found[name], ends[strength], atol=1e-4)


def test_randaugment_draws_each_of_its_operations_anew():
    _, (values,) = draw(RandAugment(num_ops=3, factor=0.5))
    chosen = [v["chosen"] for v in values["in_a_row"]]
    assert len(chosen) == 3
    for a, b in ((0, 1), (0, 2), (1, 2)):
        assert abs((chosen[a] == chosen[b]).mean() - 1 / 14) < 0.02


def test_randaugment_has_one_strength_and_two_signs():
    _, (values,) = draw(RandAugment(num_ops=1, factor=0.5))
    angles = values["in_a_row"][0]["values"][3]["degrees"]
    counts = Counter(np.round(angles, 3))
    assert set(counts) == {-15.0, 0.0, 15.0}
    assert abs(counts[15.0] / (counts[15.0] + counts[-15.0]) - 0.5) < 0.1


def test_trivialaugment_draws_a_strength_for_each_image():
    _, (values,) = draw(TrivialAugment())
    angles = values["values"][3]["degrees"]
    angles = angles[angles != 0]
    assert len(set(angles)) == len(angles) > 300
    assert kstest((angles + 135) / 270, "uniform").pvalue > 0.01


def test_randaugment_at_strength_zero_changes_nothing(noise):
    dull = (np.tile(noise, (40, 1, 1, 1))[:, :8, :8] // 2 + 40).astype("uint8")
    assert (RandAugment(num_ops=2, factor=0.0)(dull) == dull).all()
    weak = RandAugment(num_ops=2, factor=1e-6)(dull)
    assert (weak != dull).any(axis=(1, 2, 3)).mean() > 0.2  # equalized, …


def test_stronger_changes_more(noise):
    change = [
        np.abs(RandAugment(2, f)(noise, seed=3) - noise.astype(float)).mean()
        for f in (0.1, 1.0)
    ]
    assert change[0] < change[1]


def test_the_rate_is_the_share_of_images_that_get_any():
    for step in (RandAugment(2, 0.5, rate=0.3), TrivialAugment(rate=0.3)):
        _, (values,) = draw(step)
        first = values["in_a_row"][0] if "in_a_row" in values else values
        assert abs((first["chosen"] >= 0).mean() - 0.3) < 0.02


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: RandomChoice([]), "one step or more"),
        (lambda: RandomChoice(RandomFlip()), "must be a list"),
        (lambda: RandomChoice([RandomCrop(8, 8)]), "which a crop cannot"),
        (lambda: RandomChoice(["flip"]), "Received: 'flip'"),
        (lambda: RandomChoice([None], rate=2), "RandomChoice: `rate`"),
        (lambda: RandAugment(num_ops=0), "RandAugment: `num_ops`"),
        (lambda: RandAugment(factor=1.1), "RandAugment: `factor`"),
        (lambda: TrivialAugment(rate=-1), "TrivialAugment: `rate`"),
    ],
)
def test_arguments_out_of_range_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
