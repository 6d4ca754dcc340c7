"""Runs that were cut, gone on with, and compared with one that was not."""

import json
import shutil
from typing import NamedTuple

import keras
import numpy as np
import pytest

from callbacks import Checkpoint
from recipes import plots
from recipes.training import candidate
from recipes.training import fit as fitting


class End(NamedTuple):
    """All that a run ends with; numbers as they are in memory."""

    weights: list
    optimizer: list
    history: dict
    metrics: dict
    files: dict

    def differences(self, other):
        """Return the names of what is not equal bit for bit."""
        found = []
        for name in self._fields:
            one, two = getattr(self, name), getattr(other, name)
            if bits(one) != bits(two):
                found.append(name)
        return found


def bits(value):
    """Return what is equal only for the same bits, NaN included."""
    if isinstance(value, dict):
        return {k: bits(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [bits(v) for v in value]
    if isinstance(value, str):
        return value
    array = np.asarray(value)
    return str(array.dtype), array.shape, array.tobytes()


def values(variables):
    return [np.array(keras.ops.convert_to_numpy(v)) for v in variables]


class Cutter:
    """Fits recipes, cuts them, goes on with them.

    A cut is a copy of the run folder in the middle of the straight run: what
    a kill at that moment would have left. So one straight run serves several
    cuts, and nothing in the process is cleaned up for the one that goes on.
    """

    def __init__(self, folder, monkeypatch):
        self.folder, self.ends = folder, []
        self.cuts, self.begun, self.interrupts = {}, [], {}
        cutter, finish = self, fitting.finish

        class Cutting(Checkpoint):
            """Writes each file; copies the folder at the cuts."""

            def __init__(self, *arguments, **named):
                super().__init__(*arguments, **{**named, "interval": 0})

            def on_train_begin(self, logs=None):
                super().on_train_begin(logs)
                found = self.find()
                cutter.begun.append(found and (found["epoch"], found["step"]))

            def on_epoch_begin(self, epoch, logs=None):
                super().on_epoch_begin(epoch, logs)
                self._copy((epoch, 0))

            def on_train_batch_end(self, batch, logs=None):
                place = self.directory.parent.name, self._epoch
                self.interrupted = cutter.interrupts.pop(place, None)
                super().on_train_batch_end(batch, logs)
                self._copy((self._epoch, batch + 1))

            def on_train_end(self, logs=None):
                super().on_train_end(logs)
                if cutter.cuts:
                    self._copy((self._epoch, 0))

            def _copy(self, place):
                target = cutter.cuts.pop(place, None)
                if target is not None:
                    self.wait()
                    shutil.copytree(self.directory.parent, target)

        def recorded(plan, work, history, *rest):
            finish(plan, work, history, *rest)
            metrics = json.loads((work / "metrics.json").read_text())
            metrics.pop("seconds")
            files = [work / n for n in ("history.csv", "stages.json")]
            cutter.ends.append(
                End(
                    values([*plan.model.variables, *plan.serving.variables]),
                    values(plan.model.optimizer.variables),
                    history,
                    metrics,
                    {f.name: f.read_text() for f in files if f.exists()},
                )
            )

        monkeypatch.setattr(candidate, "Checkpoint", Cutting)
        monkeypatch.setattr(fitting, "finish", recorded)
        monkeypatch.setattr(plots, "save", lambda *_: None)

    def fit(self, recipe, data, name, **how):
        """Fit in the folder `name`, and return the `End`."""
        path = self.folder / name
        keras.backend.clear_session()  # names are counted, as in a process
        how = {k: v() if callable(v) else v for k, v in how.items()}
        recipe.fit(data, directory=path, verbose=False, **how)
        return self.ends[-1]

    def straight(self, recipe, data, cuts, **how):
        """Fit without a stop, with copies at `cuts`, of (epoch, step)."""
        self.cuts = {cut: self.cut_path(cut) for cut in cuts}
        end = self.fit(recipe, data, "straight", **how)
        assert not self.cuts, f"no copy was made at {self.cuts}"
        return end

    def cut_path(self, cut):
        return self.folder / "cut-{}-{}".format(*cut)

    def go_on(self, recipe, data, cut, **how):
        """Go on with the copy of a cut; return its `End` and its beginning."""
        self.begun.clear()
        place = self.folder / f"on-{len(self.ends)}"
        shutil.copytree(self.cut_path(cut), place)
        end = self.fit(recipe, data, place.name, **how)
        return end, self.begun[0]

    def check(self, recipe, data, cuts, **how):
        """Fit straight, go on from each cut, and compare all bits."""
        straight = self.straight(recipe, data, cuts, **how)
        for cut in cuts:
            end, begun = self.go_on(recipe, data, cut, **how)
            assert begun == cut
            assert end.differences(straight) == [], cut
        return straight


@pytest.fixture
def cutter(tmp_path, monkeypatch):
    return Cutter(tmp_path, monkeypatch)
