import pytest

from recipes.errors import RecipeError
from recipes.part import Part
from recipes.search_space import Boolean, Choice, Float, Int, open_ranges


@pytest.mark.parametrize(
    "make",
    [
        lambda: Float(1, 1),
        lambda: Float(2.0, 1.0),
        lambda: Float("0", 1),
        lambda: Float(0, float("inf")),
        lambda: Float(0, True),
        lambda: Float(0, 1, step=0),
        lambda: Float(0.0, 1.0, sampling="log"),
        lambda: Float(0.1, 1.0, step=0.5, sampling="log"),
        lambda: Float(0.1, 1.0, sampling="logarithmic"),
        lambda: Int(0.5, 2),
        lambda: Int(1, 4, step=0.5),
        lambda: Choice([]),
        lambda: Choice("relu"),
        lambda: Choice([1, 1]),
        lambda: Choice(3),
    ],
)
def test_a_range_that_is_none_is_refused(make):
    with pytest.raises(RecipeError, match="Received"):
        make()


def test_true_and_one_are_two_choices():
    assert Choice([True, 1, 1.0]).values == (True, 1, 1.0)


def test_open_ranges_looks_everywhere():
    inner = Part("group_normalization", groups=Choice([4, 8]))
    value = {
        "a": Float(0, 1),
        "b": Choice([None, inner]),
        "c": Part("cnn", filters=(Int(8, 16), 32)),
        "d": 3,
        "e": Boolean(),
    }
    assert set(open_ranges(value)) == {
        "a",
        "b",
        "b/groups",
        "c/filters/0",
        "e",
    }
