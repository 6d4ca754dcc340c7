"""Preset folders of KerasHub from strangers: looked through before it."""

import json
import pickle
import sys

import pytest

from recipes.backbones.hub import keras_hub
from recipes.errors import RecipeError
from recipes.safety import preset
from recipes.safety.refused import RefusedError
from tests.strangers import archives

pytestmark = pytest.mark.both_backends
LAMBDA = json.dumps(archives.layer("Lambda"))
CONVERTER = {
    "module": "keras_hub.src.layers.preprocessing.image_converter",
    "class_name": "ImageConverter",
    "config": {"image_size": [8, 8], "scale": 0.5, "crop_to_aspect_ratio": 1},
    "registered_name": "keras_hub>ImageConverter",
}


@pytest.fixture
def place(tmp_path):
    place = tmp_path / "mine"
    place.mkdir()
    for name, content in archives.members().items():
        (place / name).write_bytes(content)
    (place / "image_converter.json").write_text(json.dumps(CONVERTER))
    (place / "vocabulary.json").write_text('{"class_name": 1, "../x": 2}')
    (place / "assets" / "tokenizer").mkdir(parents=True)
    (place / "assets" / "tokenizer" / "vocabulary.txt").write_text("/ ..")
    (place / "README.md").write_text("from https://somewhere")
    return place


def converter(**config):
    inside = {**CONVERTER["config"], **config}
    return json.dumps({**CONVERTER, "config": inside})


def without(monkeypatch):
    """KerasHub is not there: what is refused, it has not seen."""
    monkeypatch.setitem(sys.modules, "keras_hub", None)


def test_an_honest_preset(place, safely, monkeypatch):
    without(monkeypatch)
    with safely():
        assert preset.check(place) == 32  # bytes of 8 weights
        with pytest.raises(RecipeError, match="KerasHub is not installed"):
            keras_hub(preset=str(place))


# what is said → {file: content}, from the canary
HOSTILE = {
    "no preset is in this folder": ("config.json", lambda canary: None),
    "config.json names no model": (
        "config.json",
        lambda canary: '{"model_type": "vit"}',
    ),
    "config.json: .*Lambda": (
        "config.json",
        lambda canary: json.dumps(archives.network(json.loads(LAMBDA))),
    ),
    "task.json.*Lambda": ("task.json", lambda canary: LAMBDA),
    "preprocessor.json.*Lambda": (
        "preprocessor.json",
        lambda canary: f'{{"config": {{"layer": {LAMBDA}}}}}',
    ),
    "tokenizer.json.*Lambda": ("tokenizer.json", lambda canary: f"[{LAMBDA}]"),
    "keras_hub_mine.evil.Converter": (
        "image_converter.json",
        lambda canary: json.dumps(
            {
                "module": "keras_hub_mine.evil",
                "class_name": "Converter",
                "config": {},
            }
        ),
    ),
    "os.system": (
        "image_converter.json",
        lambda canary: json.dumps(
            {"module": "os", "class_name": "system", "config": {}}
        ),
    ),
    "a file or an address, '/etc/passwd'": (
        "image_converter.json",
        lambda canary: converter(scale="/etc/passwd"),
    ),
    r"a file or an address, 'a/\.\./\.\./b'": (
        "image_converter.json",
        lambda canary: converter(offset=["a/../../b"]),
    ),
    "a file or an address, 'hf://one/mine'": (
        "image_converter.json",
        lambda canary: converter(backbone="hf://one/mine"),
    ),
    "a file or an address, 'C:": (
        "image_converter.json",
        lambda canary: converter(scale="C:\\\\x"),
    ),
    "too large": ("config.json", lambda canary: "[" + "0," * 2**20 + "0]"),
    "only finite": ("config.json", lambda canary: '{"class_name": 1e999}'),
    "model.weights.h5: ": (
        "model.weights.h5",
        lambda canary: archives.weights()[:-300],
    ),
    "would become": (
        "model.weights.h5",
        lambda canary: archives.weights(
            lambda group: group.create_dataset("0", (2**40,), "float32")
        ),
    ),
    "weights.PKL: no preset": (
        "weights.PKL",
        lambda canary: pickle.dumps(archives.Payload(canary)),
    ),
    "pytorch_model.bin: no preset": ("pytorch_model.bin", lambda canary: "x"),
    "vocabulary.txt: no preset": (
        "assets/tokenizer/vocabulary.txt",
        lambda canary: pickle.dumps(archives.Payload(canary)),
    ),
    "state: no preset": ("state", lambda canary: b"PK\x03\x04"),
}


@pytest.mark.parametrize("said", HOSTILE)
def test_a_hostile_preset_is_refused(said, place, safely, monkeypatch):
    without(monkeypatch)
    name, make = HOSTILE[said]
    content = make(safely.canary)
    (place / name).unlink(missing_ok=True)
    if content is not None:
        binary = content if isinstance(content, bytes) else content.encode()
        (place / name).write_bytes(binary)
    with safely(), pytest.raises(RecipeError, match=said):
        keras_hub(preset=str(place))


def test_links_and_too_many_files_are_refused(
    place, tmp_path, safely, monkeypatch
):
    (tmp_path / "other.json").write_text("{}")
    (place / "link.json").symlink_to(tmp_path / "other.json")
    with safely(), pytest.raises(RefusedError, match="link out"):
        preset.check(place)
    (place / "link.json").unlink()
    (place / "more").symlink_to(tmp_path)
    with safely(), pytest.raises(RefusedError, match="no regular file"):
        preset.check(place)
    (place / "more").unlink()
    assert preset.check(place) == 32
    monkeypatch.setattr(preset, "MOST", 5)
    with safely(), pytest.raises(RefusedError, match="more than 5 files"):
        preset.check(place)
