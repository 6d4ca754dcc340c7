import pickle

import numpy as np
import pytest

from recipes.errors import RecipeError
from recipes.part import Part


def test_equality_is_by_value():
    assert Part("l2", l2=0.1) == Part("l2", l2=0.1)
    assert hash(Part("l2", l2=0.1)) == hash(Part("l2", l2=0.1))
    assert Part("l2", l2=0.1) != Part("l2", l2=0.2)
    assert Part("l2") != Part("l1")


def test_it_is_frozen():
    part = Part("l2", l2=0.1)
    with pytest.raises(AttributeError, match="replace"):
        part.name = "l1"
    with pytest.raises(TypeError):
        part.config["l2"] = 0.2
    assert part.replace(l2=0.2).config["l2"] == 0.2
    assert part.config["l2"] == 0.1


def test_lists_become_tuples_and_numpy_scalars_numbers():
    part = Part("cnn", filters=[8, 16], x=np.float64(0.5), n=np.int64(3))
    assert part.config["filters"] == (8, 16)
    assert type(part.config["x"]) is float
    assert type(part.config["n"]) is int


def test_it_survives_pickling():
    part = Part("cnn", filters=(8, 16))
    assert pickle.loads(pickle.dumps(part)) == part


@pytest.mark.parametrize(
    "value", [float("inf"), float("nan"), object(), {"a": 1}, {1, 2}, print]
)
def test_a_value_that_is_no_plain_data_is_refused(value):
    with pytest.raises(RecipeError, match="`x/a`"):
        Part("x", a=value)


@pytest.mark.parametrize("name", ["", None, 3])
def test_the_name_is_text(name):
    with pytest.raises(RecipeError, match="non-empty string"):
        Part(name)
