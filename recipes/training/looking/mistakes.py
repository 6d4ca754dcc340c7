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
    judged = Judged(run, data, split)
    return TopLosses(judged, judged.most(n))


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
    judged = Judged(run, data, split)
    return MostConfused(judged, ranked(judged, n))


def mistakes(run, n=9, data=None, split="validation"):
    """Return both, for one reading of the data; None for no classes."""
    _check_count(n)
    judged = Judged(run, data, split)
    classes = run.environment["data"]["target"] == "class"
    pairs = MostConfused(judged, ranked(judged, n)) if classes else None
    return TopLosses(judged, judged.most(n)), pairs


def ranked(judged, n):
    """Return the `Confused` pairs of a `Judged`, the most frequent first."""
    truth, predicted = judged.part.labels, judged.predicted
    pairs = {}
    wrong = judged.worst[(truth != predicted)[judged.worst]]
    for place in wrong.tolist():
        pair = int(truth[place]), int(predicted[place])
        pairs.setdefault(pair, []).append(place)
    most = sorted(pairs.items(), key=lambda found: (-len(found[1]), found[0]))
    return [
        Confused(
            judged.name(a),
            judged.name(b),
            len(places),
            tuple(places),
            judged.files and tuple(judged.files[place] for place in places),
        )
        for (a, b), places in most[:n]
    ]


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
        self.judged = judged

    @cached_property
    def examples(self):
        """The raw examples of the rows, in their order."""
        return self.judged.part.read(np.array([r.index for r in self.rows]))

    @cached_property
    def figure(self):
        """A matplotlib figure; tables and texts have none."""
        rows = self.rows[: galleries.MOST]
        images = self.judged.pictures([row.index for row in rows])
        captions = [self._caption(row) for row in rows]
        title = f"top losses, {self.judged}"
        return galleries.sheet(images, captions, title, of=len(self.rows))

    def _caption(self, row):
        truth = self.judged.short(row.truth)
        predicted = self.judged.short(row.predicted)
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
        if self.judged.about["target"] == "class":
            heads.append("probability")
        if self.judged.files:
            heads.append("file")
        rows = [[getattr(row, head) for head in heads] for row in self.rows]
        title = f"top losses, {self.judged}"
        return listed(title, heads, rows, whole={"file"} & set(heads))


class MostConfused:
    """What `Run.most_confused` returns.

    Args:
        judged: A `Judged`.
        rows: List of `Confused`, the most frequent first.
    """

    def __init__(self, judged, rows):
        self.rows = rows
        self.judged = judged

    @cached_property
    def figure(self):
        """A matplotlib figure; tables and texts have none."""
        short, groups = self.judged.short, []
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
            groups.append((name, self.judged.pictures(places), words))
        if not groups:
            self.judged.pictures(())
        return galleries.rows(groups, f"most confused, {self.judged}")

    def __repr__(self):
        if not self.rows:
            return f"nothing confused, {self.judged}"
        heads = ["truth", "predicted", "count", "indices"]
        shown = [[*row[:3], _few(row.indices)] for row in self.rows]
        whole = ["files"] if self.judged.files else []
        if whole:
            for words, row in zip(shown, self.rows, strict=True):
                words.append(_few(row.files, NAMED))
        title = f"most confused, {self.judged}"
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
