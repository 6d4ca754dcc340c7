"""Ctrl-C where Python cannot raise it: it comes again."""

import gc
import signal
import sys
import threading
import time

import pytest

import recipes
from recipes import cli
from recipes.preflight import checking
from recipes.range_test import range_test
from recipes.training.going_on.signals import none_lost
from recipes.training.plan import load_for

pytestmark = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)


class Deaf:
    """Dies while somebody presses Ctrl-C."""

    def __del__(self):
        signal.raise_signal(signal.SIGINT)


def work():
    """Work on for long enough, with a Ctrl-C at the beginning."""
    Deaf()
    for _ in range(50):
        time.sleep(0.01)


@pytest.fixture
def in_the_collector(monkeypatch):
    """Ctrl-C in a callback of the garbage collector, as JAX has one.

    It is the first below `load_for`, so within the action.
    """
    come, within = [], []

    def load(*given):
        within.append(True)
        return load_for(*given)

    for room in (checking, range_test):
        monkeypatch.setattr(room, "load_for", load)

    def callback(phase, info):
        if within and not come:
            come.append(phase)
            signal.raise_signal(signal.SIGINT)

    gc.callbacks.append(callback)
    yield
    gc.callbacks.remove(callback)
    assert come


def test_python_loses_it_and_here_it_comes_again():
    work()  # lost: nothing is raised
    before = sys.unraisablehook
    with pytest.raises(KeyboardInterrupt), none_lost():
        work()
    assert sys.unraisablehook is before


def test_it_comes_at_the_end_of_what_ends_before():
    with pytest.raises(KeyboardInterrupt), none_lost():
        Deaf()
    time.sleep(0.2)  # and not a second time


def test_a_bare_except_does_not_keep_what_stops():
    before = signal.getsignal(signal.SIGINT)
    ends = time.monotonic() + 5
    with pytest.raises(KeyboardInterrupt), none_lost(stops=True):
        try:
            signal.raise_signal(signal.SIGINT)
        except BaseException:
            pass
        while time.monotonic() < ends:
            time.sleep(0.01)
    assert time.monotonic() < ends
    assert signal.getsignal(signal.SIGINT) is before


def test_what_c_code_makes_of_it_is_a_ctrl_c():
    with pytest.raises(KeyboardInterrupt), none_lost(stops=True):
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            raise SystemError("bad argument to internal function") from None
    with pytest.raises(SystemError), none_lost(stops=True):
        raise SystemError("of its own")


def test_a_handler_of_ones_own_stays():
    before, come = signal.getsignal(signal.SIGINT), []
    signal.signal(signal.SIGINT, lambda *given: come.append(given))
    try:
        with none_lost(stops=True):
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)
    assert len(come) == 1


def test_what_else_cannot_be_raised_goes_where_it_went(monkeypatch):
    told = []
    monkeypatch.setattr(sys, "unraisablehook", told.append)

    class Broken:
        def __del__(self):
            raise ValueError("mine")

    with none_lost():
        Broken()
    assert [each.exc_type for each in told] == [ValueError]


def test_another_thread_changes_nothing():
    found = []

    def look():
        with none_lost():
            found.append(sys.unraisablehook)

    before = sys.unraisablehook
    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert found == [before]


@pytest.mark.both_backends
@pytest.mark.usefixtures("in_the_collector")
@pytest.mark.parametrize("action", ["check", "range_test"])
def test_an_action_stops(action):
    with pytest.raises(KeyboardInterrupt):
        getattr(recipes.tabular_classifier(), action)("iris", verbose=False)


@pytest.mark.usefixtures("in_the_collector")
def test_a_command_stops(capsys):
    assert cli.main(["check", "iris"]) == 130
    assert "interrupted" in capsys.readouterr().err


def test_a_command_stops_as_it_imports(monkeypatch, capsys):
    """Python makes a RuntimeError of what comes as a class is made."""

    class Pressed:
        def __set_name__(self, owner, name):
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(
        cli, "import_keras", lambda: type("A", (), {"b": Pressed()})
    )
    assert cli.main(["check", "iris"]) == 130
    assert "interrupted" in capsys.readouterr().err
