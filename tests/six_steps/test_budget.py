"""Budgets: texts that are seconds, and seconds in words."""

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recipes.errors import RecipeError
from recipes.six_steps.budget import said, seconds_of


@pytest.mark.parametrize(
    "budget, seconds",
    [
        ("90s", 90),
        ("10m", 600),
        ("2h", 7200),
        ("0.5m", 30),
        (" 7 ", 7),
        (12.5, 12.5),
        (np.float64(3.0), 3),
        ("10 m", 600),
        ("10M", 600),
        ("10min", 600),
        ("30 Sec", 30),
        ("1h30m", 5400),
        ("1h 30 min 5s", 5405),
        ("1m30s", 90),
        ("8760h", 31536000),
    ],
)
def test_a_budget_is_seconds(budget, seconds):
    assert seconds_of(budget) == seconds


@pytest.mark.parametrize(
    "budget",
    [0, -1, "0s", "-3m", "", "m", "10 days", "1e3", "٣m", "1d", math.nan]
    + [math.inf, True, None, [], 10**400, "1" * 400, b"10m", "1h30"]
    + ["999999999h", "8761h", "30m1h", "1h1h", "h1", "1.h", "1 h m", "1hm"]
    + ["1mi", "1mins", "1ſ", "0h0m", 4e7],
)
def test_what_is_no_budget_is_refused(budget):
    with pytest.raises(RecipeError, match="`budget` must be"):
        seconds_of(budget)


TEXTS = st.text(max_size=8) | st.text("0123456789. smhSMHinec", max_size=9)


@given(st.one_of(TEXTS, st.floats(), st.integers()))
def test_any_budget_is_seconds_or_refused(budget):
    try:
        found = seconds_of(budget)
    except RecipeError as error:
        assert repr(budget) in str(error)
        return
    assert 0 < found < math.inf
    if isinstance(budget, str):  # an independent reading
        text = "".join(budget.split()).lower()
        for unit in (("min", "*60+"), ("sec", "+"), ("h", "*3600+")):
            text = text.replace(*unit)
        terms = text.replace("m", "*60+").replace("s", "+").strip("+")
        total = sum(
            math.prod(map(float, term.split("*"))) for term in terms.split("+")
        )
        assert found == pytest.approx(total)


@given(st.floats(0, 1e6))
def test_seconds_in_words_are_the_seconds(seconds):
    units = {"s": 1, "min": 60, "h": 3600}
    pairs = re.findall(r"([\d.e+-]+) (s|min|h)", said(seconds))
    total = sum(float(number) * units[unit] for number, unit in pairs)
    assert total == pytest.approx(seconds, abs=61 if seconds > 3600 else 0.6)
