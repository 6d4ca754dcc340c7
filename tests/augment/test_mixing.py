"""Mixup and CutMix: labels follow the pixels, to the digit."""

import numpy as np
import pytest
from scipy.stats import beta, kstest

from augment import CutMix, MixUp, Policy, RandomChoice, RandomFlip
from augment.mixing import beta_quantiles, look_up

N = 40
CLASSES = np.arange(N)


@pytest.fixture
def flags():
    """Float images: image i is 1 in channel i % 3 and 0 in the others."""
    images = np.zeros((N - N % 3, 15, 17, 3), "float32")
    for i in range(len(images)):
        images[i, ..., i % 3] = 1
    return images


def shares(images, i, partner):
    """How much of image i is its own, and its partner's, by its pixels."""
    own, other = images[i, ..., i % 3], images[i, ..., partner % 3]
    return own.mean(dtype="float64"), other.mean(dtype="float64")


@pytest.mark.parametrize(
    "steps",
    [
        [MixUp(0.4)],
        [CutMix(1.0)],
        [MixUp(1.0, rate=0.5)],
        [RandomChoice([MixUp(1.0), CutMix(1.0)], rate=0.8)],
        [MixUp(1.0), CutMix(1.0)],
        [CutMix(1.0), CutMix(1.0)],
        [CutMix(1.0), MixUp(1.0), CutMix(0.5), RandomFlip()],
    ],
)
@pytest.mark.parametrize("partners", [None, "shifted"])
def test_labels_are_the_shares_of_the_pixels(steps, partners, flags):
    count = len(flags)
    others = (CLASSES[:count] + 1) % count
    if partners:
        others = partners = (CLASSES[:count] + 4) % count
    mixed, labels = Policy(steps)(
        flags, CLASSES[:count], num_classes=count, partners=partners, seed=2
    )
    assert labels.shape == (count, count) and labels.dtype == np.float32
    for i in range(count):
        own, other = shares(mixed, i, others[i])
        assert labels[i, i] == pytest.approx(own, abs=2e-6)
        assert labels[i, others[i]] == pytest.approx(other, abs=2e-6)
        assert np.count_nonzero(labels[i]) <= 2
    own = labels[CLASSES[:count], CLASSES[:count]]
    assert own.min() < 0.5 < own.max()  # something was mixed
    assert len(set(own)) > count / 4  # and each image drew its own share


def test_uint8_pixels_are_the_blend_within_rounding(noise):
    mixed, labels = MixUp(1.0)(noise, np.eye(5))
    own = labels[np.arange(5), np.arange(5)][:, None, None, None]
    by_hand = own * noise + (1 - own) * np.roll(noise, -1, axis=0)
    assert np.abs(mixed - by_hand).max() <= 0.51
    assert mixed.dtype == np.uint8


def test_blending_white_with_white_is_white():
    for kind, top in (("uint8", 255), ("float32", 1), ("float64", 1)):
        white = np.full((300, 2, 2, 3), top, kind)
        mixed, _ = MixUp(1.0)(white, np.zeros(300, int), num_classes=2)
        assert mixed.max() == top and mixed.min() >= top * (1 - 1e-6)


def test_a_pasted_box_holds_the_partners_pixels(noise):
    mixed, labels = CutMix(1.0)(noise, np.eye(5), seed=1)
    other = np.roll(noise, -1, axis=0)
    own, theirs = (mixed == noise).all(-1), (mixed == other).all(-1)
    assert (own | theirs).all()
    for i in range(5):
        rows, columns = np.where(~own[i])
        box = (np.ptp(rows) + 1) * (np.ptp(columns) + 1) if len(rows) else 0
        assert labels[i, (i + 1) % 5] == pytest.approx(
            box / (21 * 26), abs=0.03
        )


@pytest.mark.parametrize("alpha", [0.1, 0.4, 1.0, 5.0])
def test_the_share_is_beta_distributed(alpha):
    u = np.random.default_rng(0).random(20000).astype("float32")
    drawn = look_up(beta_quantiles(alpha), u, np)

    def sample(a, b):  # in float32 too: a share of 1 - 1e-9 is 1
        return beta(a, b).rvs(20000, random_state=1).astype("float32")

    assert kstest(drawn, sample(alpha, alpha)).pvalue > 0.01
    assert kstest(drawn, sample(1.3 * alpha, alpha)).pvalue < 1e-6
    _, (values,) = Policy([MixUp(alpha)]).draw(
        np.full((4000, 2), 8, "float32"),
        (8, 8),
        seed=0,
        epoch=0,
        indices=np.arange(4000),
    )
    assert kstest(values["own"], sample(alpha, alpha)).pvalue > 0.01


@pytest.mark.parametrize("alpha", [0.05, 0.2, 1.0, 5.0, 100.0, 1000.0])
def test_the_tails_are_those_of_the_distribution(alpha):
    quantiles, exact = beta_quantiles(alpha), beta(alpha, alpha)
    rare = np.array([2**-20, 1e-5, 1e-4, 1e-3, 1e-2, 0.5])
    u = np.concatenate([rare, 1 - rare]).astype("float32")
    by_hand = exact.ppf(u.astype("float64"))
    found = look_up(quantiles, u, np)
    np.testing.assert_allclose(found, by_hand, atol=5e-3 * exact.std())
    even = (np.arange(2**18, dtype="float32") + np.float32(0.5)) / 2**18
    drawn = look_up(quantiles, even, np).astype("float64")
    assert drawn.std() == pytest.approx(exact.std(), rel=1e-3)
    assert drawn.mean() == pytest.approx(0.5, abs=1e-5)
    ends = look_up(quantiles, np.array([0, 1 - 2**-24], "float32"), np)
    expected = exact.ppf([2**-25, 1 - 2**-25])
    np.testing.assert_allclose(ends, expected, atol=0.5 * exact.std())
    # The control: evenly spaced, from 0 to 1.
    places = np.linspace(0, 1, 2049)
    coarse = np.interp(even, places, exact.ppf(places)).std()
    if alpha >= 100:
        assert coarse > 1.03 * exact.std()


def test_boxes_cover_the_drawn_area_where_they_fit():
    _, (values,) = Policy([CutMix(1.0)]).draw(
        np.full((3000, 2), 100, "float32"),
        (100, 100),
        seed=0,
        epoch=0,
        indices=np.arange(3000),
    )
    left, top, right, bottom = CutMix(1.0).box(values, 100, 100, np)
    edges = np.stack([left, top, right, bottom])
    assert edges.min() >= 0 and edges.max() <= 100
    assert (edges == np.round(edges)).all()
    side = np.round(100 * np.sqrt(1 - values["own"]))
    assert ((right - left) <= side).all()
    inside = (left > 0) & (top > 0) & (right < 100) & (bottom < 100)
    assert inside.sum() > 400
    assert ((right - left)[inside] == side[inside]).all()
    assert kstest(values["x"], "uniform").pvalue > 0.01


def test_class_numbers_become_rows_and_columns_too(noise):
    rows = MixUp(1.0)(noise, np.eye(4)[[0, 2, 1, 1, 3]])[1]
    for labels in ([0, 2, 1, 1, 3], np.array([[0], [2], [1], [1], [3]])):
        found = MixUp(1.0)(noise, labels, num_classes=4)[1]
        assert (found == rows).all()
    truth = np.array([False, True, True, False, True])
    for labels in (truth, truth[:, None], truth.tolist()):
        found = MixUp(1.0)(noise, labels, num_classes=2)[1]
        assert (found == MixUp(1.0)(noise, np.eye(2)[truth * 1])[1]).all()
    column = np.array([[0], [1], [1], [0], [1]])
    one = MixUp(1.0)(noise, column)[1]
    assert one.shape == (5, 1) and 0 <= one.min() < one.max() <= 1
    for classes in (None, 1, 2):  # floats: shares of the second of two
        found = MixUp(1.0)(noise, column.astype(float), num_classes=classes)
        assert (found[1] == one).all()


@pytest.mark.parametrize(
    ("labels", "num_classes", "message"),
    [
        (None, 3, "pass `labels`"),
        ([False, True, True, False, True], None, "num_classes=None"),
        ([False, True, True, False, True], 1, "below `num_classes`"),
        ([0, 1, 2, 1], 3, "one for each of the 5"),
        ([0, 1, 2, 1, 0], None, "num_classes=None"),
        ([0, 1, 3, 1, 0], 3, "below `num_classes`"),
        ([0, -1, 2, 1, 0], 3, "below `num_classes`"),
        ([0.0, 1.0, 2.0, 1.0, 0.0], 3, "float64"),
        ([[0], [1], [2], [1], [0]], None, "below `num_classes`"),
        (["a", "b", "c", "b", "a"], 3, "type <U1"),
        ([["a"], ["b"], ["c"], ["b"], ["a"]], 3, "type <U1"),
        (np.eye(5), 3, r"shape \(5, 5\)"),
        (np.full((5, 3), np.nan), None, r"shape \(5, 3\)"),
        (np.full((5, 1), np.nan), None, r"shape \(5, 1\)"),
        ([[0.0], [3.0], [1.0], [0.0], [0.0]], 4, "float64, num_classes=4"),
        ([[0.0], [1.0], [1.0], [0.0], [0.0]], 3, "float64, num_classes=3"),
        ([[0.0], [3.0], [1.0], [0.0], [0.0]], None, r"shape \(5, 1\)"),
        ([[0.0], [-0.5], [1.0], [0.0], [0.0]], None, r"shape \(5, 1\)"),
        (np.zeros((5, 2, 2)), None, r"shape \(5, 2, 2\)"),
        (3, 3, "one for each of the 5"),
    ],
)
def test_labels_that_cannot_be_mixed_are_refused(
    labels, num_classes, message, noise
):
    with pytest.raises(ValueError, match=message):
        MixUp(0.2)(noise, labels, num_classes=num_classes)


def test_labels_are_left_alone_where_nothing_mixes(noise):
    labels = ["a", "b", "c", "b", "a"]
    assert RandomFlip()(noise, labels)[1].tolist() == labels


@pytest.mark.parametrize("partners", [[0, 1], [0, 1, 2, 3, 5], [0.0] * 5])
def test_partners_outside_the_batch_are_refused(partners, noise):
    with pytest.raises(ValueError, match="`partners` must be 5 places"):
        MixUp(0.2)(noise, np.eye(5), partners=partners)


@pytest.mark.parametrize("step", [MixUp, CutMix])
def test_alphas_out_of_range_are_refused(step):
    for alpha in (0, -1, "1", float("inf")):
        with pytest.raises(ValueError, match=f"{step.__name__}: `alpha`"):
            step(alpha)
