"""The controls: without each protection, other bits come out."""

from contextlib import nullcontext

import keras
import numpy as np
import pytest

import recipes
from callbacks import skipped_steps, whole_state
from recipes import Part
from recipes.data.loader import Loader

pytestmark = [
    pytest.mark.both_backends,
    pytest.mark.by_hand_on_jax,
    pytest.mark.slow,
]


class Losses(keras.callbacks.Callback):
    """Adds up the losses of an epoch's steps."""

    def on_epoch_begin(self, epoch, logs=None):
        self.sum = 0.0

    def on_train_batch_end(self, batch, logs=None):
        self.sum += float(logs["loss"])

    def on_epoch_end(self, epoch, logs=None):
        logs["losses"] = self.sum

    def get_state(self):
        return {"sum": self.sum}

    def set_state(self, state):
        self.sum = state["sum"]


def everything():
    return recipes.tabular_classifier(
        network=Part("mlp", units=(4,)),
        normalization="batch_normalization",
        dropout=0.3,
        optimizer="adamw",
        schedule=Part("reduce_on_plateau", patience=0, min_delta=1.0),
        early_stopping=None,
        weight_average=Part("exponential_moving_average", momentum=0.8),
        batch_size=16,
        epochs=3,
    )


def without(monkeypatch, owner, lost=lambda variable: True):
    """Leave what an owner's variables, or some of them, have anew."""
    assign = whole_state.assign

    def partly(name, variables, values):
        pairs = list(zip(variables, values, strict=True))
        if name == owner:
            pairs = [pair for pair in pairs if not lost(pair[0])]
        assign(name, [v for v, _ in pairs], [v for _, v in pairs])

    monkeypatch.setattr(whole_state, "assign", partly)


def is_seed(variable):
    return "seed_generator" in variable.path


def no_seeds(monkeypatch):
    without(monkeypatch, "model", is_seed)


def no_weights(monkeypatch):
    without(monkeypatch, "model", lambda v: not is_seed(v))


def no_optimizer(monkeypatch):
    without(monkeypatch, "optimizer")


def no_sums(monkeypatch):
    without(monkeypatch, "epoch")


def no_callbacks(monkeypatch):
    monkeypatch.setattr(whole_state, "restore", lambda *_: None)


def no_order(monkeypatch):
    batches = Loader.batches
    monkeypatch.setattr(Loader, "batches", lambda self, *_: batches(self))


def no_step(monkeypatch):
    batches = Loader.batches
    monkeypatch.setattr(
        Loader, "batches", lambda self, epoch=0, _=0: batches(self, epoch)
    )


def told_again(monkeypatch):
    monkeypatch.setattr(skipped_steps, "_mute", lambda *_: None)


ALWAYS = [no_seeds, no_weights, no_optimizer, no_callbacks, no_order]
IN_EPOCH = [no_sums, no_step, told_again]


def test_without_each_protection_the_bits_are_others(cutter, monkeypatch):
    cuts = [(1, 0), (1, 2)]
    how = {"save_freq": 2, "callbacks": lambda: [Losses()]}
    straight = cutter.straight(everything(), "iris", cuts, **how)
    for cut in cuts:
        for loss in [nullcontext, *ALWAYS, *(IN_EPOCH if cut[1] else ())]:
            with monkeypatch.context() as patched:
                if loss is not nullcontext:
                    loss(patched)
                end, begun = cutter.go_on(everything(), "iris", cut, **how)
            assert begun == cut
            same = end.differences(straight) == []
            assert same == (loss is nullcontext), (cut, loss)


def test_the_comparison_sees_one_bit(cutter):
    one = cutter.fit(everything().replace(epochs=1), "iris", "one")
    assert one.differences(one) == []
    for name in ("weights", "optimizer"):
        changed = [value.copy() for value in getattr(one, name)]
        flat = changed[-1].reshape(-1).view("uint8")
        flat[0] ^= 1
        assert one.differences(one._replace(**{name: changed})) == [name]
    history = {**one.history, "loss": [np.nextafter(one.history["loss"][0], 9)]}
    assert one.differences(one._replace(history=history)) == ["history"]
