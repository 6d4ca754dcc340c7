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


def test_options_of_a_choice_keep_their_ranges_apart():
    parts = [
        Part("adam", learning_rate=Float(1e-4, 1e-2)),
        Part("sgd", learning_rate=Float(1e-2, 1.0)),
    ]
    found = open_ranges({"optimizer": Choice(parts)})
    assert found["optimizer/adam/learning_rate"].max_value == 1e-2
    assert found["optimizer/sgd/learning_rate"].max_value == 1.0
    twice = [parts[0], Part("adam", learning_rate=Float(1e-3, 1e-2))]
    with pytest.raises(RecipeError, match="optimizer/adam/learning_rate"):
        open_ranges({"optimizer": Choice(twice)})


def test_a_choice_holds_plain_data():
    assert Choice([[16, 32], [32, 64]]).values == ((16, 32), (32, 64))
    for wrong in (object(), float("nan"), {"a": 1}):
        with pytest.raises(RecipeError):
            Choice([1, wrong])


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
        "b/group_normalization/groups",
        "c/filters/0",
        "e",
    }
