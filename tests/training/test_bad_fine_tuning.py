"""Every bad input of a fine-tuning: refused before a compile, and how."""

import keras
import numpy as np
import pytest
from PIL import Image

import recipes
from recipes import Choice, Part, cli, codec
from recipes.backbones.glyphnet import FOLDER, WEIGHTS
from recipes.errors import DataError, RecipeError


@pytest.fixture(autouse=True)
def nothing_compiles(monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("it was compiled")

    monkeypatch.setattr(keras.Model, "compile", refuse)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A folder of files, most of them damaged."""
    folder = tmp_path_factory.mktemp("files")
    whole = (FOLDER / WEIGHTS).read_bytes()
    (folder / "glyphs.weights.h5").write_bytes(whole)
    (folder / "cut.weights.h5").write_bytes(whole[: len(whole) // 2])
    (folder / "text.weights.h5").write_text("no weights")
    (folder / "weights.bin").write_bytes(whole)
    (folder / "bare").write_bytes(whole)
    inputs = keras.Input((16, 24, 3))
    x = keras.layers.Conv2D(2, 3, name="stem")(inputs)
    x = keras.layers.Flatten(name="flat")(x)
    x = keras.layers.Dense(2, "softmax", name="classes")(x)
    model = keras.Model(inputs, x)
    model.save(folder / "whole.keras")
    model.save_weights(folder / "other.weights.h5")
    whole = (folder / "whole.keras").read_bytes()
    (folder / "cut.keras").write_bytes(whole[: len(whole) // 2])
    (folder / "text.keras").write_text("no model")
    return folder


def glyphnet(file):
    return {"backbone": Part("glyphnet", weights=f"FILES/{file}")}


def model_file(file, **config):
    return Part("keras_file", file=f"FILES/{file}", **config)


def stages(*rows):
    return Part("table", stages=[["one", 1.0, [list(row) for row in rows]]])


# fields → what the message has to say: what was passed, expected, the mend.
BAD = {
    "weights of another network": (
        glyphnet("other.weights.h5"),
        ("FILES/other.weights.h5", "not the weights of 'glyphnet'", "35"),
        ("expected stem_1_convolution (3, 3, 1, 24)", "found stem (3, 3, 3, 2"),
        ("left over", "Pass a file that was saved from the same network"),
    ),
    "weights that were cut": (
        glyphnet("cut.weights.h5"),
        ("FILES/cut.weights.h5", "not a whole HDF5 file", "cut off"),
        ("Fetch it again", "save_weights"),
    ),
    "text for weights": (
        glyphnet("text.weights.h5"),
        ("FILES/text.weights.h5", "not a whole HDF5 file", "first bytes"),
    ),
    "a model for weights": (
        glyphnet("whole.keras"),
        ("FILES/whole.keras", "a whole model", "Part('keras_file', file="),
    ),
    "no file": (
        glyphnet("glyph.weights.h5"),
        ("no such file", "FILES/glyph.weights.h5", ".weights.h5 file"),
        ("Did you mean 'glyphs.weights.h5'?", "None to begin at random"),
    ),
    "a folder": (glyphnet("."), ("this is a folder", "a .weights.h5 file")),
    "weights of no suffix": (
        glyphnet("bare"),
        ("FILES/bare", "has to end in .weights.h5", "Rename the file"),
    ),
    "weights of another suffix": (
        glyphnet("weights.bin"),
        ("FILES/weights.bin", "has to end in .weights.h5", "Rename the file"),
    ),
    "weights by a word": (
        {"backbone": Part("glyphnet", weights="imagenet")},
        ("Pass 'glyphnet', the path", "Received: 'imagenet'"),
    ),
    "weights that are a number": (
        {"backbone": Part("glyphnet", weights=3)},
        ("must be 'glyphnet', the path of a file, or None", "Received: 3"),
    ),
    "weights without a network": (
        {"backbone": "MobileNetV2"},
        ("weights of MobileNetV2 are not in Keras' cache", "FILES/models/"),
        ("mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5",),
        ("https://", "put it here", "weights=None to begin at random"),
    ),
    "a model that was cut": (
        {"backbone": model_file("cut.keras")},
        ("FILES/cut.keras cannot be loaded", "cut off", "Fetch it again"),
    ),
    "text for a model": (
        {"backbone": model_file("text.keras")},
        ("FILES/text.keras cannot be loaded", "no whole .keras file", "8 byt"),
    ),
    "no model": (
        {"backbone": model_file("none.keras")},
        ("must be a .keras file", "FILES/none.keras", "which is not there"),
    ),
    "no file is named": (
        {"backbone": "keras_file"},
        ("`backbone`: 'keras_file' needs file",),
    ),
    "a layer that is not there": (
        {"backbone": model_file("whole.keras", layer="flatt")},
        ("one of its layers", "Did you mean 'flat'? Received: 'flatt'"),
    ),
    "probabilities for features": (
        {"backbone": model_file("whole.keras")},
        ("its output are probabilities", "name the layer=…"),
    ),
    "a size that a fixed one does not take": (
        {
            "backbone": model_file("whole.keras", layer="stem"),
            "image_size": (32, 32),
        },
        ("'keras_file' takes images of 16×24 pixels alone", "'auto', or (16"),
        ("Received: (32, 32)",),
    ),
    "a size below the least": (
        {"backbone": "glyphnet", "image_size": (31, 64)},
        ("'glyphnet' needs images of at least 32×32", "image_size='auto'"),
        ("Received: (31, 64)",),
    ),
    "an unknown backbone": (
        {"backbone": "ResNet5"},
        ("no backbone has this name", "Did you mean 'ResNet50'?", "'ResNet5'"),
    ),
    "no backbone": ({"backbone": None}, ("`backbone` must be given",)),
    "a number": ({"backbone": 5}, ("`backbone` must be a", "ived: 5")),
    "an expression with a typing mistake": (
        {"strategy": stages(("^head", 1), ("blokc3", 0.1), (".*", 0))},
        ("'blokc3' matches no variable", "nearest: block3_1_convolution/kerne"),
    ),
    "variables without a row": (
        {"strategy": stages(("^head", 1), ("block", 0.1))},
        ("6 variables match no row", "stem_1_convolution/kernel", "('.*', 0)"),
    ),
    "a row that comes too late": (
        {"strategy": stages((".*", 0.1), ("^head", 1))},
        ("decides nothing", "Move it up"),
    ),
    "nothing to train": (
        {"strategy": stages((".*", 0))},
        ("freezes every variable", "a multiplier above 0"),
    ),
    "no expression": (
        {"strategy": stages(("(", 1))},
        ("must be a regular expression", "Received: '('"),
    ),
    "stages in words": (
        {"strategy": Part("gradual", stages="three")},
        ("a whole number from 2 to 5", "has 4 blocks", "Received: 'three'"),
    ),
    "more stages than blocks": (
        {"strategy": Part("gradual", stages=9)},
        ("`strategy/stages`", "from 2 to 5", "Received: 9"),
    ),
    "stages of what has none": (
        {"strategy": Part("full", stages=3)},
        ("`strategy/stages`: 'full' has no such argument", "multiplier"),
    ),
    "fewer epochs than stages": (
        {"strategy": Part("gradual", stages=3), "epochs": 2},
        ("3 stages of at least one epoch", "set `epochs`", "Received: 2"),
    ),
    "an unknown strategy": (
        {"strategy": "gradul"},
        ("no strategy has this name", "Did you mean 'gradual'?"),
    ),
    "a rate of 0": (
        {"strategy": Part("full", multiplier=0)},
        ("`strategy/multiplier` must be above 0", "Received: 0"),
    ),
    "another network": (
        {"network": "cnn"},
        ("`network` must be 'head'", "Received: Part('cnn')"),
    ),
    "averages in stages": (
        {"weight_average": "exponential_moving_average"},
        ("`weight_average` must be None", "a stage would begin from averages"),
    ),
    "another preprocessing": (
        {"preprocessing": "standardization"},
        ("`preprocessing` must be None", "it was pretrained with"),
    ),
}
# recipe, fields → the same, without a backbone.
WITHOUT = {
    "a strategy": ({"strategy": "frozen"}, "`strategy` is for the recipe ima"),
    "a backbone": ({"backbone": "glyphnet"}, "`backbone` is for the recipe im"),
    "a head": ({"network": "head"}, "'head' stands on a backbone.*image_fine_"),
}


def placed(value, folder):
    """Put the folder's path into fields, messages, and Parts."""
    if isinstance(value, Part):
        return value.replace(**placed(dict(value.config), folder))
    if isinstance(value, dict):
        return {k: placed(v, folder) for k, v in value.items()}
    if isinstance(value, str):
        return value.replace("FILES", str(folder))
    return value


@pytest.fixture(params=BAD)
def bad(request, files, monkeypatch):
    """Fields that are refused, and the words that say so."""
    fields, *words = BAD[request.param]
    monkeypatch.setenv("KERAS_HOME", str(files))
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")  # nobody is there
    monkeypatch.delenv("no_proxy", raising=False)
    fields = {"backbone": "glyphnet", **placed(fields, files)}
    return fields, [placed(word, files) for some in words for word in some]


def test_in_a_script(bad, tmp_path):
    fields, words = bad
    with pytest.raises(RecipeError) as caught:
        recipes.image_fine_tuner(**fields).fit("digits", directory=tmp_path)
    for word in words:
        assert word in str(caught.value), str(caught.value)
    assert not any(tmp_path.iterdir())


def test_on_the_command_line(bad, tmp_path, capsys):
    fields, words = bad
    flags = [f"--set={k}={codec.dumps(v)}" for k, v in fields.items()]
    command = ["fit", "digits", "--recipe=image_fine_tuner", *flags]
    assert cli.main([*command, f"--out={tmp_path}"]) == 2
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.startswith("recipes: ")
    for word in words:
        assert word in said, said
    assert not any(tmp_path.iterdir())


def test_a_file_for_a_name_on_the_command_line(files, capsys):
    flag = f"--set=backbone={files}/whole.keras"
    assert cli.main(["fit", "digits", "--recipe=image_fine_tuner", flag]) == 2
    said = capsys.readouterr().err
    assert f"Part('keras_file', file='{files}/whole" in said


@pytest.mark.parametrize("case", WITHOUT)
def test_without_a_backbone(case, capsys):
    fields, words = WITHOUT[case]
    with pytest.raises(RecipeError, match=words):
        recipes.image_classifier(**fields).fit("digits")
    ((field, value),) = fields.items()
    assert cli.main(["fit", "digits", f"--set={field}={value}"]) == 2
    assert "image_fine_tuner" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"backbone": None, "weights": "x"}, "`backbone` must be given"),
        ({"backbone": 5, "weights": "x"}, "`backbone` must be a name.*: 5"),
        ({"stages": 3}, "is for strategy='gradual'.*stages=3, strategy='auto'"),
        ({"strategy": "full", "stages": 3}, "Received: .*strategy='full'"),
        ({"strategy": "gradul", "stages": 3}, "Did you mean 'gradual'"),
        ({"strategy": None, "stages": 3}, "`strategy` must be given"),
        (
            {"backbone": Part("keras_file", file="a"), "weights": "b"},
            "'keras_file' has no such argument",
        ),
    ],
)
def test_the_short_arguments(arguments, words):
    with pytest.raises(RecipeError, match=words):
        recipes.image_fine_tuner(**{"backbone": "glyphnet", **arguments})


def test_short_arguments_reach_into_a_choice():
    names = Choice(["MobileNet", "ResNet50"])
    recipe = recipes.image_fine_tuner(names, weights=None)
    found = [part.config for part in recipe.backbone.values]
    assert found == [{"weights": None}] * 2


def pictures(*shape):
    return np.zeros((30, *shape), "uint8"), np.arange(30) % 2


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (pictures(8, 8, 2), r"shape \(8, 8, 2\).*1 or 3 channels.*convert"),
        (pictures(8, 8, 4), r"shape \(8, 8, 4\).*1 or 3 channels.*convert"),
        (pictures(3, 8, 8), r"shape \(3, 8, 8\).*move the channels last"),
        (pictures(4), r"images of shape \(4,\).*a tabular recipe"),
        ("iris", r"images of shape \(4,\).*a tabular recipe"),
        ((["a"] * 30, pictures()[1]), "texts; expected images.*text_classifi"),
        (pictures(2, 9, 1), "images of 2×9.*unlike.*image_size=.32, 32"),
        (pictures(0, 8, 1), "shape"),
    ],
)
def test_what_are_no_images(data, words, tmp_path, capsys):
    recipe = recipes.image_fine_tuner("glyphnet")
    with pytest.raises(DataError, match=words):
        recipe.fit(data, directory=tmp_path)
    assert not any(tmp_path.iterdir())
    if isinstance(data, str):
        flags = ["--recipe=image_fine_tuner", "--set=backbone=glyphnet"]
        assert cli.main(["fit", data, *flags, f"--out={tmp_path}"]) == 2
        assert "expected" in capsys.readouterr().err


def test_files_too_unlike(tmp_path, capsys):
    for name in "ab":
        (tmp_path / name).mkdir()
        for i in range(10):
            Image.new("L", (16, 200), i).save(tmp_path / name / f"{i}.png")
    flags = ["--recipe=image_fine_tuner", "--set=backbone=glyphnet"]
    assert cli.main(["fit", f"folder:{tmp_path}", *flags]) == 2
    assert "images of 200×16 pixels" in capsys.readouterr().err
