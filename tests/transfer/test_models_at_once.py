"""Two who hand over the same model at once: the first one's file stays."""

import os
from pathlib import Path

import keras
import pytest

from recipes import registry
from recipes.transfer.kept_models import backbone_part

pytestmark = [pytest.mark.both_backends, pytest.mark.by_hand_on_jax]


@keras.saving.register_keras_serializable(package="tests")
class Interrupted(keras.layers.Layer):
    """While it is saved, something else is done, once."""

    meanwhile = []

    def call(self, x):
        return x

    def save_own_variables(self, store):
        while self.meanwhile:
            self.meanwhile.pop()()
        super().save_own_variables(store)


@pytest.fixture
def model(tmp_path, monkeypatch):
    monkeypatch.setenv("RECIPES_CACHE", str(tmp_path))
    layers = [keras.layers.Conv2D(2, 3), Interrupted()]
    return keras.Sequential([keras.Input((8, 8, 1)), *layers])


def hand_over_twice(model):
    """Return what the first to be done, and the other, were given."""
    first = []

    def hand_over():
        part = backbone_part(model)
        first.extend((part, os.stat(part.config["file"]).st_ino))

    Interrupted.meanwhile.append(hand_over)
    other = backbone_part(model)
    assert len(first) == 2
    return *first, other


def test_the_file_of_the_first_stays(model):
    first, inode, other = hand_over_twice(model)
    file = Path(first.config["file"])
    assert first == other and os.stat(file).st_ino == inode
    built = registry.build("backbone", first)
    assert built.model.output_shape == (None, 6, 6, 2)
    assert list(file.parent.iterdir()) == [file]


def test_it_stays_where_a_disk_has_no_hard_links(model, monkeypatch):
    def refuse(*paths):
        raise PermissionError("no links here")

    monkeypatch.setattr(os, "link", refuse)
    test_the_file_of_the_first_stays(model)


def test_a_damaged_file_that_came_meanwhile_is_replaced(model):
    file = Path(backbone_part(model).config["file"])
    whole = file.read_bytes()
    file.unlink()
    Interrupted.meanwhile.append(lambda: file.write_bytes(whole[:-50]))
    part = backbone_part(model)
    assert part.config["file"] == str(file)
    assert registry.build("backbone", part).model.count_params() == 20


def test_others_may_read_it(model, tmp_path):
    (tmp_path / "usual").touch()
    usual = os.stat(tmp_path / "usual").st_mode
    assert os.stat(backbone_part(model).config["file"]).st_mode == usual
