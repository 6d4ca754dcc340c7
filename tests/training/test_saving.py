import sys

import keras
import pytest

from recipes.errors import RunError
from recipes.training.saving import load_model, tensorflow_unasked

pytestmark = pytest.mark.both_backends


def test_the_private_name_that_is_put_back_is_still_there():
    """`saving.py` leans on it: Keras 3.15 asks it whether TensorFlow is."""
    asked = sys.modules["keras.src.utils.module_utils"].tensorflow
    assert hasattr(asked, "_available")


def test_tensorflow_can_be_imported_again_afterwards():
    before = sys.modules.get("tensorflow")
    with tensorflow_unasked():
        pass
    assert sys.modules.get("tensorflow") is before


def test_a_lambda_in_a_model_file_is_refused(tmp_path):
    inputs = keras.Input((2,))
    canary = tmp_path / "canary"
    code = keras.layers.Lambda(lambda x: (open(canary, "w"), x)[1] * 2)
    keras.Model(inputs, code(inputs)).save(tmp_path / "model.keras")
    canary.unlink(missing_ok=True)
    with pytest.raises(RunError, match="model.keras"):
        load_model(tmp_path / "model.keras")
    assert not canary.exists()


@pytest.mark.parametrize("content", [b"", b"no zip at all"])
def test_a_damaged_file_is_named(tmp_path, content):
    (tmp_path / "model.keras").write_bytes(content)
    with pytest.raises(RunError, match="model.keras"):
        load_model(tmp_path / "model.keras")
