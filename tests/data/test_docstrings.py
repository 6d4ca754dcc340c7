"""The embedded texts: the same every time, balanced, and in one split each."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from recipes.data import docstrings as room
from recipes.data import load
from recipes.data.docstrings import docstrings

SCRIPT = """
import hashlib, sys
before = set(sys.modules)
from recipes.data.docstrings import docstrings
source, _ = docstrings().splits["all"]
assert not {"asyncio", "smtplib", "turtle"} & (set(sys.modules) - before)
print(source.digest().hex())
"""


@pytest.fixture(scope="module")
def data():
    return load("docstrings")


def test_five_topics_balanced(data):
    assert (data.features, data.target) == ("text", "class")
    assert data.class_names == tuple(sorted(room.TOPICS))
    counts = sum(np.bincount(s.labels, minlength=5) for s in data.splits)
    assert counts.max() <= room.MOST and counts.min() > room.MOST / 2


def test_no_sentence_is_in_two_splits_or_stands_twice(data):
    seen = [
        "".join(c for c in text.lower() if "a" <= c <= "z")
        for split in data.splits
        for text in split.read()
    ]
    assert len(set(seen)) == len(seen) > 3000


def test_texts_are_sentences(data):
    for text in data.train.source.array:
        assert 5 <= len(text.split()) <= 60 and text[-1] in ".!?:"
        assert ">>>" not in text and "\n" not in text


def test_the_same_in_another_process(data):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.stdout.strip() == data.train.source.digest().hex()


@pytest.fixture
def library(tmp_path, monkeypatch):
    """A function: make a library of two topics with one module each."""
    monkeypatch.setattr(room, "TOPICS", {"one": "first", "two": "second"})
    monkeypatch.setattr(room, "FEWEST", 1)
    monkeypatch.setattr(room.sysconfig, "get_path", lambda _: str(tmp_path))

    def make(first):
        (tmp_path / "first.py").write_text(first)
        (tmp_path / "second.py").write_text(
            "'''The other topic has its own sentence.\n\n"
            "And this one stands there alone.'''"
        )
        source, labels = docstrings().splits["all"]
        return source.array[labels == 0].tolist()

    return make


def test_modules_classes_and_functions_are_read(library):
    found = library(
        "'''A first sentence of the module. And a second one of it.'''\n"
        "class A:\n  '''The third one belongs to a class.'''\n"
        "  async def f():\n    '''While the fourth one is below it.'''\n"
        "x = '''This one is no docstring at all.'''\n"
    )
    assert found == [
        "A first sentence of the module.",
        "And a second one of it.",
        "The third one belongs to a class.",
        "While the fourth one is below it.",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Too short a one.",
        "This has no full stop at the end",
        "x = 1 + 2 ** y; f(x) == g[y] / 3.",
        "Here is an example of it:\n>>> print(1) and so on and on.",
        "The other topic has its own sentence.",
        "the OTHER topic\n  has its own   sentence!",
    ],
)
def test_what_is_left_out(library, text):
    kept = "This sentence stays where it was."
    assert library(f"'''{kept}\n\n{text}'''") == [kept]


def test_sentences_that_differ_in_no_letter_count_once(library):
    found = library(
        "'''Use port 80 of the host.\n\nUse port 443 of the host.'''\n"
        "def f():\n  '''Use PORT 80 of the host!'''\n"
    )
    assert len(found) == 1


def test_more_than_the_most_are_spread_evenly(library, monkeypatch):
    monkeypatch.setattr(room, "MOST", 3)
    words = ["alpha", "beta", "delta", "gamma", "kappa"]
    lines = "\n\n".join(f"{w.title()} is a word of Greek." for w in words)
    found = [t.split()[0] for t in library(f"'''{lines}'''")]
    assert found == ["Alpha", "Delta", "Kappa"]


def test_a_python_without_sources_is_told(refusal, tmp_path, monkeypatch):
    monkeypatch.setattr(room.sysconfig, "get_path", lambda _: str(tmp_path))
    error = refusal("docstrings")
    assert ".py files" in str(error) and error.file == tmp_path
