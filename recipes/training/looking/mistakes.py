"""What a run got wrong: the largest losses, the classes it confuses."""

from functools import cached_property
from numbers import Integral
from pathlib import PurePosixPath
from typing import NamedTuple

import numpy as np

from recipes import galleries
from recipes.errors import RunError
from recipes.lettering import one_line
from recipes.training.looking.judged import Judged
from recipes.training.looking.listed import listed

OF_EACH = 6  # pictures of a pair of classes
NAMED = 3  # files of a pair in a printed row


class Confused(NamedTuple):
    """Two classes, of which one was taken for the other.

    Args:
        truth: Name of the class.
        predicted: Name of the class that it was taken for.
        count: How often.
        indices: Of these examples in the split, largest loss first.
        files: Of these examples, below the folder; None for data without
            files.
    """

    truth: str
    predicted: str
    count: int
    indices: tuple
    files: tuple | None = None


def top_losses(run, n=9, data=None, split="validation"):
    """Return the examples whose loss is largest; see `Run.top_losses`."""
    _check_count(n)
    return _top(Judged(run, data, split), n)


def most_confused(run, n=6, data=None, split="validation"):
    """Return the most confused classes; see `Run.most_confused`."""
    _check_count(n)
    target = run.environment["data"]["target"]
    if target != "class":
        raise RunError(
            "most_confused counts the classes that are taken for one another, "
            f"and this run predicts {target}{'s' * (target == 'number')}: use "
            "top_losses."
        )
    return _most(Judged(run, data, split), n)


def mistakes(run, n=9, data=None, split="validation"):
    """Return both, for one reading of the data; None for no classes."""
    _check_count(n)
    judged = Judged(run, data, split)
    classes = run.environment["data"]["target"] == "class"
    return _top(judged, n), _most(judged, n) if classes else None


def _top(judged, n):
    rows = [judged.loss(place) for place in judged.worst[:n].tolist()]
    return TopLosses(judged, rows)


def _most(judged, n):
    truth, predicted = judged.part.labels, judged.predicted
    pairs = {}
    wrong = judged.worst[(truth != predicted)[judged.worst]]
    for place in wrong.tolist():
        pair = int(truth[place]), int(predicted[place])
        pairs.setdefault(pair, []).append(place)
    most = sorted(pairs.items(), key=lambda found: (-len(found[1]), found[0]))
    rows = [
        Confused(
            judged.name(a),
            judged.name(b),
            len(places),
            tuple(places),
            judged.files and tuple(judged.files[place] for place in places),
        )
        for (a, b), places in most[:n]
    ]
    return MostConfused(judged, rows)


def _check_count(n):
    if isinstance(n, bool) or not isinstance(n, Integral) or n < 1:
        raise RunError(f"`n` must be a whole number from 1. Received: {n!r}")


class TopLosses:
    """What `Run.top_losses` returns.

    Args:
        judged: A `Judged`.
        rows: List of `Loss`, the largest first.
    """

    def __init__(self, judged, rows):
        self.rows = rows
        self._judged = judged

    @cached_property
    def examples(self):
        """The raw examples of the rows, in their order."""
        return self._judged.part.read(np.array([r.index for r in self.rows]))

    @cached_property
    def figure(self):
        """A matplotlib figure; tables and texts have none."""
        rows = self.rows[: galleries.MOST]
        images = self._judged.pictures([row.index for row in rows])
        captions = [self._caption(row) for row in rows]
        title = f"top losses, {self._judged}"
        return galleries.sheet(images, captions, title, of=len(self.rows))

    def _caption(self, row):
        truth = self._judged.short(row.truth)
        predicted = self._judged.short(row.predicted)
        words = f"predicted {predicted}"
        if row.probability is not None:
            words += f" ({row.probability:.2f})"
        between = ", " if len(truth) + len(words) < 24 else "\n"
        return (
            f"{truth}{between}{words}\nloss {row.loss:.3g}, index {row.index}"
            f"{_named(row.file)}"
        )

    def __repr__(self):
        heads = ["index", "truth", "predicted", "loss"]
        if self._judged.about["target"] == "class":
            heads.append("probability")
        if self._judged.files:
            heads.append("file")
        rows = [[getattr(row, head) for head in heads] for row in self.rows]
        title = f"top losses, {self._judged}"
        return listed(title, heads, rows, whole={"file"} & set(heads))


class MostConfused:
    """What `Run.most_confused` returns.

    Args:
        judged: A `Judged`.
        rows: List of `Confused`, the most frequent first.
    """

    def __init__(self, judged, rows):
        self.rows = rows
        self._judged = judged

    @cached_property
    def figure(self):
        """A matplotlib figure; tables and texts have none."""
        short, groups = self._judged.short, []
        for row in self.rows:
            places = row.indices[:OF_EACH]
            files = row.files or (None,) * len(places)
            words = [
                f"index {place}{_named(file)}"
                for place, file in zip(places, files, strict=False)
            ]
            name = (
                f"{short(row.truth)}\npredicted {short(row.predicted)}\n"
                f"{row.count} times"
            )
            groups.append((name, self._judged.pictures(places), words))
        if not groups:
            self._judged.pictures(())
        return galleries.rows(groups, f"most confused, {self._judged}")

    def __repr__(self):
        if not self.rows:
            return f"nothing confused, {self._judged}"
        heads = ["truth", "predicted", "count", "indices"]
        shown = [[*row[:3], _few(row.indices)] for row in self.rows]
        whole = ["files"] if self._judged.files else []
        if whole:
            for words, row in zip(shown, self.rows, strict=True):
                words.append(_few(row.files, NAMED))
        title = f"most confused, {self._judged}"
        return listed(title, heads + whole, shown, whole)


def _few(values, most=OF_EACH):
    """Return the first numbers or names as text.

    >>> _few((3, 4)), _few(tuple(range(9)))
    ('3, 4', '0, 1, 2, 3, 4, 5 …')
    """
    words = ", ".join(map(str, values[:most]))
    return words + " …" * (len(values) > most)


def _named(file):
    """Return a line of a caption with a file's name, if there is one."""
    if file is None:
        return ""
    return f"\n{one_line(PurePosixPath(file).name, 'a file', 32)}"
