"""The plain convolutional network: shapes, counts, sizes, refusals."""

import pytest

import recipes
from recipes import DataError, Part, RecipeError


def build(size, name="cnn", channels=1, **arguments):
    recipe = recipes.image_classifier(
        network=Part(name, **arguments), image_size=size
    )
    return recipe.build((*size, channels), 10)


@pytest.mark.parametrize(
    "filters, depth, kernel, size, last",
    [
        ((4,), 1, 3, (5, 7), (5, 7)),
        ((4, 6), 2, 3, (8, 12), (4, 6)),
        ((4, 6, 8), (1, 2, 3), 5, (9, 9), (2, 2)),
        ((4, 6, 8), (2, 2, 1), 1, (4, 4), (1, 1)),
    ],
)
def test_shape_and_count(filters, depth, kernel, size, last):
    model = build(
        size, channels=3, filters=filters, depth=depth, kernel_size=kernel
    )
    depths = depth if isinstance(depth, tuple) else (depth,) * len(filters)
    expected, before = (filters[-1] + 1) * 10, 3
    for width, count in zip(filters, depths, strict=True):
        for _ in range(count):  # no bias; γ, β and two moving moments
            expected += kernel**2 * before * width + 4 * width
            before = width
    assert model.count_params() == expected
    assert model.output_shape == (None, 10)
    pooled = model.get_layer("global_pooling").input
    assert pooled.shape == (None, *last, filters[-1])


@pytest.mark.parametrize("name", ["cnn", "resnet"])
@pytest.mark.parametrize("stages, least", [(1, 1), (2, 2), (3, 4), (4, 8)])
def test_smallest_size(name, stages, least):
    filters = (2,) * stages
    model = build((least, least), name, filters=filters)
    assert model.output_shape == (None, 10)
    if least == 1:
        return
    for size in [(least - 1, 20), (20, least - 1)]:
        with pytest.raises(DataError) as error:
            build(size, name, filters=filters)
        text = str(error.value)
        assert f"found images of {size[0]}x{size[1]} pixels" in text
        assert f"at least {least}x{least} for {name!r}" in text
        assert f"with {stages} stages" in text
        assert f"image_size=({least}, {least})" in text


WRONG_FILTERS = [(), 8, 0, None, "8", (0,), (-4,), (1.5,), (True,), ("8",)]
WRONG_DEPTHS = [0, -1, 1.5, True, "2", (), (1,), (1, 1, 1), (1, 0)]
WRONG_SIZES = [0, -1, 1.5, "3", None, (3,), (3, 0)]


@pytest.mark.parametrize("name", ["cnn", "resnet"])
@pytest.mark.parametrize(
    "argument, value",
    [
        *(("filters", value) for value in WRONG_FILTERS),
        *(("depth", value) for value in WRONG_DEPTHS),
        *(("kernel_size", value) for value in WRONG_SIZES),
    ],
)
def test_bad_arguments(name, argument, value):
    arguments = {"filters": (4, 4), argument: value}
    with pytest.raises(RecipeError, match=f"`{argument}`") as error:
        build((8, 8), name, **arguments)
    assert f"{Part(name, **arguments)!r} cannot be" in str(error.value)
    assert str(error.value).count("Received") == 1


@pytest.mark.parametrize("name", ["cnn", "resnet"])
def test_tables_are_refused(name):
    with pytest.raises(RecipeError, match="for tables use 'mlp'") as error:
        recipes.tabular_classifier(network=name)
    assert str(error.value).endswith(f"Received: Part({name!r})")


def test_a_stage_can_list_its_blocks():
    nested, flat = (
        recipes.image_classifier(network=Part("cnn", **arguments))
        .build((16, 16, 1), 3)
        .count_params()
        for arguments in (
            {"filters": ((4, 4), (6,))},
            {"filters": (4, 6), "depth": (2, 1)},
        )
    )
    assert nested == flat
    both = Part("cnn", filters=((4, 4), (6,)), depth=2)
    with pytest.raises(RecipeError, match="one of the two"):
        recipes.image_classifier(network=both).build((16, 16, 1), 3)
