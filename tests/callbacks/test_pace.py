"""When the next file is due: no more of a fit's time than a thirtieth."""

import time

import pytest

from callbacks.pace import SHARE, Pace


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self, monkeypatch):
        self.now = 100.0
        monkeypatch.setattr(time, "monotonic", lambda: self.now)


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


def written(pace, clock, seconds):
    """One file, for which the training waits so long."""
    with pace:
        clock.now += seconds


def test_a_small_file_is_due_after_the_interval(clock):
    pace = Pace(1.0)
    assert not pace.due(0.0)
    clock.now += 1.0
    assert pace.due(0.0)
    written(pace, clock, 0.001)
    clock.now += 0.9
    assert not pace.due(0.002)
    clock.now += 0.1
    assert pace.due(0.002)


@pytest.mark.parametrize("waited, beside", [(0.4, 0.0), (0.0, 0.4), (0.1, 0.3)])
def test_a_large_one_waits_for_its_share(waited, beside, clock):
    pace = Pace(1.0)
    written(pace, clock, waited)
    clock.now += 0.4 / SHARE - waited - 0.01
    assert not pace.due(beside)
    assert pace.due(beside / 2) == bool(beside)
    clock.now += 0.02
    assert pace.due(beside)


def test_without_an_interval_one_is_always_due(clock):
    pace = Pace(0)
    written(pace, clock, 100.0)
    assert pace.due(100.0)
