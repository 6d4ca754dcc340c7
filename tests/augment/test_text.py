"""Words dropped, swapped and moved: what comes back, and from what alone."""

import json
import subprocess
import sys
import time
from collections import Counter

import numpy as np
import pytest

from augment import (
    Policy,
    RandomFlip,
    RandomWordDrop,
    RandomWordMove,
    RandomWordSwap,
    TextPolicy,
)

ENGLISH = "all happy families are alike each unhappy family in its own way"
KOREAN = "행복한 가정은 모두 모습이 비슷하고 불행한 가정은 저마다 다르다"
ALL = TextPolicy(
    [RandomWordDrop(0.3), RandomWordSwap(0.3), RandomWordMove(0.3, 3)]
)
STEPS = [RandomWordDrop, RandomWordSwap, RandomWordMove]


def numbered(count, length):
    return [" ".join(map(str, range(length)))] * count


@pytest.mark.parametrize("step", STEPS)
def test_rate_zero_returns_the_texts_themselves(step):
    texts = [ENGLISH, KOREAN, "", " \t", "  two\n\nlines ", "one"]
    assert step(0.0)(texts) == texts
    assert step(1.0)(texts)[:2] != texts[:2]


def test_a_text_is_a_function_of_seed_epoch_and_index():
    texts = [f"{ENGLISH} {i}" for i in range(40)]
    whole = ALL(texts, seed=1, epoch=2)
    halves = ALL(texts[:20], seed=1, epoch=2)
    halves += ALL(texts[20:], seed=1, epoch=2, indices=np.arange(20, 40))
    assert halves == whole
    backwards = ALL(texts[::-1], seed=1, epoch=2, indices=np.arange(40)[::-1])
    assert backwards[::-1] == whole
    assert ALL(texts[7], seed=1, epoch=2, indices=7) == whole[7]
    for other in ({"seed": 2, "epoch": 2}, {"seed": 1, "epoch": 3}):
        assert sum(map(str.__ne__, ALL(texts, **other), whole)) > 30
    assert len(set(ALL([ENGLISH] * 40))) > 30  # the index matters


def test_another_process_returns_the_same_texts():
    script = (
        f"import augment as a\np = a.TextPolicy({ALL.steps!r})\n".replace(
            "Random", "a.Random"
        )
        + f"print(ascii(p([{ENGLISH!r}, {KOREAN!r}], seed=5, epoch=6)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True
    )
    expected = ascii(ALL([ENGLISH, KOREAN], seed=5, epoch=6))
    assert done.stdout.decode().strip() == expected


@pytest.mark.parametrize("text", [ENGLISH, KOREAN])
def test_swaps_and_moves_keep_the_words_and_drops_keep_their_order(text):
    words = text.split()
    for epoch in range(30):
        for step in (RandomWordSwap(0.5), RandomWordMove(0.5, 2)):
            found = step(text, epoch=epoch).split()
            assert Counter(found) == Counter(words)
        left = iter(words)
        assert all(w in left for w in RandomWordDrop(0.5)(text).split())


def test_no_text_loses_all_its_words():
    found = RandomWordDrop(1.0)(numbered(300, 5))
    assert all(len(text.split()) == 1 for text in found)
    # Which one stays is as good as even, not always the first.
    assert np.bincount([int(t) for t in found], minlength=5).min() > 30
    for step in STEPS:
        assert step(1.0)(["one", "", "하나"]) == ["one", "", "하나"]


@pytest.mark.parametrize("rate", [0.1, 0.6])
def test_the_rate_is_the_share_of_words_dropped(rate):
    found = RandomWordDrop(rate)(numbered(400, 50))
    left = np.mean([len(text.split()) for text in found]) / 50
    assert abs(left - (1 - rate)) < 4 * np.sqrt(rate * (1 - rate) / 20000)


def test_a_swap_is_of_neighbors_and_as_frequent_as_drawn():
    found = np.array(
        [t.split() for t in RandomWordSwap(0.1)(numbered(400, 50))]
    )
    away = found.astype(int) - np.arange(50)
    assert set(np.unique(away)) == {-1, 0, 1}
    # P(word n swaps with the next) = rate · (1 - P(word n - 1 does)).
    expected, one = [], 0.0
    for _ in range(49):
        one = 0.1 * (1 - one)
        expected.append(one)
    share = (away[:, :-1] == 1).mean()
    assert abs(share - np.mean(expected)) < 0.01
    assert RandomWordSwap(1.0)("a b c d e") == "b a d c e"


def away(step, count=400, length=40):
    """How many places each word of some texts is from where it was."""
    found = np.array([t.split() for t in step(numbered(count, length))])
    assert (np.sort(found.astype(int)) == np.arange(length)).all()  # all there
    return found.astype(int).argsort(axis=1) - np.arange(length)


@pytest.mark.parametrize("distance", [1, 2, 3, 7])
def test_words_move_the_more_the_higher_the_rate_and_never_too_far(distance):
    rates = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    moves = [away(RandomWordMove(rate, distance)) for rate in rates]
    assert all(np.abs(move).max() <= distance for move in moves)
    assert distance > 3 or np.abs(moves[-1]).max() == distance
    shares = [(move != 0).mean() for move in moves]
    assert shares[0] == 0 and (np.diff(shares) > 0.01).all()
    if distance == 1:  # by hand: each two neighbors with rate / 8
        by_hand = np.array(rates) / 8 * 2 * 39 / 40
        np.testing.assert_allclose(shares, by_hand, atol=0.012)


@pytest.mark.parametrize("distance", [1, 3, 50])
def test_at_rate_one_words_move_as_in_the_paper(distance):
    u, v = np.random.default_rng(0).random((2, 30, 40), "float32")
    text = np.repeat(np.arange(30), 40)
    found = RandomWordMove(1.0, distance).order(text, u.ravel(), v.ravel())
    # Lample et al.: sorted by i + U(0, k + 1).
    keys = np.arange(40) + v.astype("float64") * (distance + 1)
    by_hand = np.argsort(keys, axis=1, kind="stable")
    assert (found.reshape(30, 40) % 40 == by_hand).all()
    closer = np.argsort(np.arange(40) + v * distance, axis=1, kind="stable")
    assert (closer != by_hand).any()


def test_words_that_are_not_drawn_keep_their_order():
    u, v = np.random.default_rng(1).random((2, 2000), "float32")
    text = np.repeat(np.arange(50), 40)
    order = RandomWordMove(0.4, 5).order(text, u, v)
    assert (np.diff(order[u[order] >= 0.4]) > 0).all()
    assert (np.diff(order[u[order] < 0.4]) < 0).any()


def test_words_of_other_texts_never_come_in():
    texts = [" ".join(f"{i}.{j}" for j in range(i % 9)) for i in range(200)]
    for i, text in enumerate(ALL(texts, epoch=1)):
        assert all(word.split(".")[0] == str(i) for word in text.split())


def test_steps_in_a_row_draw_each_for_itself():
    found = TextPolicy([RandomWordDrop(0.5)] * 2)(numbered(200, 40))
    left = np.mean([len(text.split()) for text in found]) / 40
    assert abs(left - 0.25) < 0.03
    # The same numbers would swap the same words back again.
    found = TextPolicy([RandomWordSwap(0.5)] * 2)(numbered(200, 40))
    assert sum(map(str.__ne__, found, numbered(200, 40))) == 200


def test_a_changed_text_has_single_spaces():
    assert RandomWordSwap(1.0)(" a \t b\n") == "b a"


def test_the_type_that_comes_in_comes_out():
    texts = [ENGLISH, KOREAN]
    for array in (np.array(texts), np.array(texts, object)):
        found = ALL(array)
        assert found.dtype == array.dtype and found.shape == (2,)
        assert found.tolist() == ALL(texts)
    assert isinstance(ALL(ENGLISH), str)


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ([b"bytes"], "decode bytes first"),
        ([], "is empty"),
        ([ENGLISH, 3], r"texts\[1\]=3"),
        (np.array([[ENGLISH]]), "one-dimensional"),
        (None, "must be a list"),
    ],
)
def test_what_is_no_text_is_refused(texts, message):
    with pytest.raises(ValueError, match=message):
        ALL(texts)


def test_arguments_out_of_range_are_refused():
    for step in STEPS:
        with pytest.raises(ValueError, match=f"{step.__name__}: `rate`"):
            step(1.5)
    with pytest.raises(ValueError, match="`distance`.* at least 1"):
        RandomWordMove(0.1, 0)
    with pytest.raises(ValueError, match="steps for texts.*RandomFlip"):
        TextPolicy([RandomFlip()])
    with pytest.raises(ValueError, match="must be steps.*RandomWordDrop"):
        Policy([RandomWordDrop()])
    with pytest.raises(ValueError, match="one for each text"):
        ALL([ENGLISH], indices=[1, 2])
    with pytest.raises(ValueError, match="`seed`"):
        ALL([ENGLISH], seed=-1)


def test_a_policy_is_its_steps_also_through_json():
    config = json.loads(json.dumps(ALL.get_config()))
    again = TextPolicy.from_config(config)
    assert again == ALL and hash(again) == hash(ALL)
    assert again([ENGLISH], seed=3) == ALL([ENGLISH], seed=3)
    assert again != TextPolicy(ALL.steps[:1])
    named = {step.__name__: step for step in STEPS}
    assert eval(repr(ALL), {"TextPolicy": TextPolicy, **named}) == ALL
    assert TextPolicy.from_config(TextPolicy([]).get_config()).steps == []
    flip = Policy([RandomFlip()]).get_config()["steps"]
    with pytest.raises(ValueError, match="RandomWordDrop.*'RandomFlip'"):
        TextPolicy.from_config({"steps": flip})


def test_ten_thousand_texts_take_seconds():
    texts = numbered(10_000, 50)
    start = time.perf_counter()
    assert len(ALL(texts)) == 10_000
    assert time.perf_counter() - start < 10
