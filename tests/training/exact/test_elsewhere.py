"""Other cuts than in a fit on arrays: folds, files, exceptions, two cuts."""

import keras
import numpy as np
import pytest
from PIL import Image

import recipes
from recipes import Part
from recipes.data import folder as image_folder
from recipes.training.going_on.signals import Interrupted

pytestmark = [
    pytest.mark.both_backends,
    pytest.mark.by_hand_on_jax,
    pytest.mark.slow,
]


def recipe(**fields):
    given = {
        "network": Part("mlp", units=(4,)),
        "dropout": 0.3,
        "normalization": "batch_normalization",
        "batch_size": 16,
        "epochs": 3,
        "early_stopping": None,
    }
    return recipes.tabular_classifier(**{**given, **fields})


def test_a_fold_that_was_cut_goes_on(cutter):
    def validate(name):
        place = cutter.folder / name
        recipe().cross_validate("iris", 2, directory=place, verbose=False)
        names = ("cross_validation.json", "fold-2/history.csv")
        return [(place / name).read_text() for name in names]

    cutter.interrupts = {("fold-1", 2): ZeroDivisionError("mine")}
    with pytest.raises(ZeroDivisionError):  # in the first fold
        validate("cut")
    cutter.interrupts = {("fold-2", 1): ZeroDivisionError("mine")}
    with pytest.raises(ZeroDivisionError):
        validate("cut")
    cutter.begun.clear()
    found = validate("cut")
    assert [epoch for epoch, _ in cutter.begun] == [1]  # of one fit
    end, begun = cutter.ends[-1], len(cutter.ends)
    assert found == validate("straight")
    assert cutter.ends[-1].differences(end) == []
    assert len(cutter.ends) == begun + 2


class Failing(keras.callbacks.Callback):
    """Ends the fit as an error of the user's own would."""

    def __init__(self, at=None, error=None):
        super().__init__()
        self.at, self.error = at, error

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        if (self.epoch, batch + 1) == self.at:
            raise self.error


@pytest.mark.parametrize(
    "at, save_freq, begun",
    [((1, 3), 2, (1, 2)), ((2, 1), "epoch", (2, 0)), ((0, 1), 2, None)],
)
def test_after_an_exception_it_goes_on(cutter, at, save_freq, begun):
    how = {"save_freq": save_freq}
    fails = Failing(at, ZeroDivisionError("mine"))
    straight = cutter.fit(recipe(), "iris", "a", callbacks=[Failing()], **how)
    with pytest.raises(ZeroDivisionError, match="mine"):
        cutter.fit(recipe(), "iris", "b", callbacks=[fails], **how)
    cutter.begun.clear()
    assert cutter.begun == []
    later = Failing((2, 4), ZeroDivisionError("mine"))
    with pytest.raises(ZeroDivisionError, match="mine"):
        cutter.fit(recipe(), "iris", "b", callbacks=[later], **how)
    end = cutter.fit(recipe(), "iris", "b", callbacks=[Failing()], **how)
    assert cutter.begun[0] == begun
    assert end.differences(straight) == []


def test_after_a_signal_it_goes_on_behind_the_step(cutter):
    straight = cutter.fit(recipe(), "iris", "a", callbacks=[Failing()])
    cutter.interrupts = {("b", 1): Interrupted(2)}
    with pytest.raises(KeyboardInterrupt):
        cutter.fit(recipe(), "iris", "b", callbacks=[Failing()])
    cutter.begun.clear()
    end = cutter.fit(recipe(), "iris", "b", callbacks=[Failing()])
    assert cutter.begun == [(1, 1)]
    assert end.differences(straight) == []


def test_images_that_threads_read_from_disk_go_on(cutter, monkeypatch):
    monkeypatch.setattr(image_folder, "IN_MEMORY", 0)
    generator = np.random.default_rng(0)
    for i in range(60):
        place = cutter.folder / "images" / f"class{i % 2}"
        place.mkdir(parents=True, exist_ok=True)
        pixels = generator.integers(0, 256, (12, 12, 3), "uint8")
        Image.fromarray(pixels).save(place / f"{i:02}.png")
    drawn = recipes.image_classifier(
        network=Part("cnn", filters=(4,), depth=1),
        augmentation=["random_resized_crop", "standard", "mixup"],
        image_size=(8, 8),
        batch_size=8,
        epochs=3,
    )
    spec = f"folder:{cutter.folder / 'images'}"
    cuts = [(1, 0), (1, 2)]
    straight = cutter.straight(drawn, spec, cuts, save_freq=2, threads=3)
    for cut in cuts:
        end, begun = cutter.go_on(drawn, spec, cut, save_freq=2, threads=1)
        assert begun == cut and end.differences(straight) == []
