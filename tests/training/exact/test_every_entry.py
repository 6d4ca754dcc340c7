"""Every row of the registry: cut, gone on with, and equal bit for bit.

And then loaded, judged again, and trained further by plain Keras.

Fits cost seconds, so one recipe has a row of each kind: where a state is not
kept, the bits of one recipe tell it. The rows come from the registry, and
their examples from tests/settings.py: a new row is in a recipe by itself.
"""

import keras
import numpy as np
import pytest

import recipes
from recipes import Part, registry
from recipes.training.scores import predict
from tests import settings

pytestmark = pytest.mark.both_backends
LISTS = ("augmentation", "metric")  # a recipe may name several of these
ROWS = [
    (kind, name)
    for kind in registry.MENU
    for name in registry.MENU[kind]
    if kind not in settings.ELSEWHERE or (kind, name) in settings.TUNED
]
WORDS = ["red green blue", "one two three four", "blue one", "green two red"]


def around(kind, name):
    """Return what a row needs around it; rows of one answer go together."""
    if (kind, name) in settings.TEXT:
        return "text"
    if (kind, name) in settings.TUNED:
        return "tuned"
    if (kind, name) in settings.NUMBERS:
        return "numbers"
    return "mlp" if (kind, name) in {*settings.AROUND, MLP} else "image"


MLP = ("network", "mlp")


def cases():
    """Return the rows in groups, no two of a kind that has one value."""
    found = {}
    for row in ROWS:
        kinds = found.setdefault(around(*row), {})
        kinds.setdefault(row[0], []).append(row)
    for kinds in found.values():
        single = [len(r) for kind, r in kinds.items() if kind not in LISTS]
        groups = [[] for _ in range(max(single, default=1))]
        for kind, rows in kinds.items():
            # Only the plain cnn pools, and the first ones are others.
            shift = len(groups) // 2 if kind == "pooling" else 0
            for i, row in enumerate(rows, shift):
                groups[i % len(groups)].append(row)
        yield from groups


def part_of(kind, name):
    example = settings.EXAMPLES[kind][name]
    return Part(name, **{k: v for k, v in example.items() if k != "zero"})


def recipe_with(rows):
    """Return a recipe that names the rows, as the examples have them."""
    fields = {"epochs": 3, "batch_size": 16}
    needs = around(*rows[0])
    make = recipes.image_classifier
    if needs == "text":
        make = recipes.text_classifier
    elif needs == "tuned":
        make = recipes.image_fine_tuner
        fields |= {"backbone": "glyphnet", "epochs": 4, "batch_size": 12}
    elif needs == "numbers":
        make = recipes.tabular_regressor
    if needs in ("numbers", "mlp"):
        fields["network"] = Part("mlp", units=(8, 8))
    elif needs == "image":
        fields["network"] = Part("cnn", filters=(8,), depth=1)
    pooling = None
    for kind, name in rows:
        part = part_of(kind, name)
        field = settings.FIELD_OF.get(kind, kind)
        if kind == "pooling":
            pooling = part
        elif kind in LISTS:
            fields[field] = [*fields.get(field, ()), part]
        else:
            fields[field] = part
    if pooling is not None:
        fields["network"] = fields["network"].replace(pooling=pooling)
    return make(**fields)


def data_of(recipe):
    if recipe.task == "text_classifier":
        texts = np.array([f"{t} {w}" for t in WORDS for w in WORDS] * 6)
        return texts, np.arange(96) % 3
    if recipe.task == "tabular_regressor":
        x = np.random.default_rng(0).normal(size=(96, 5)).astype("float32")
        return x, x[:, 0] * 10 + 3
    data = recipes.data.load("digits")
    count, classes = (64, 3) if recipe.backbone else (96, 10)
    rows = slice(0, count)
    return data.train.read(rows), data.train.labels[rows] % classes


def test_every_row_is_in_one_case():
    found = [row for rows in cases() for row in rows]
    assert sorted(found) == sorted(ROWS)
    for rows in cases():
        text = recipe_with(rows).to_json()
        assert all(f'"{name}"' in text for _, name in rows), rows


@pytest.mark.slow
@pytest.mark.parametrize(
    "rows", list(cases()), ids=lambda rows: "+".join(name for _, name in rows)
)
def test_rows_go_on_to_the_same_bits(cutter, rows):
    recipe = recipe_with(rows)
    on_jax = keras.backend.backend() == "jax"
    if recipe.task == "text_classifier" and on_jax:
        pytest.skip("texts need TensorFlow")
    data = data_of(recipe)
    cutter.check(recipe, data, [(1, 2)], save_freq=2)
    if not on_jax:  # where the battery loads each row, and this takes as long
        check_loaded(recipes.load_run(cutter.folder / "straight"), data)


def check_loaded(run, data):
    """See that a run on disk is the one that was fitted, and learns on."""
    again = run.evaluate(data)
    for score in {"loss", "accuracy", "r2"} & set(again):
        assert again[score] == run.metrics[f"test_{score}"]
    assert recipes.Recipe.from_json(run.recipe.to_json()) == run.recipe
    number = run.recipe.task == "tabular_regressor"
    loss = "mse" if number else "sparse_categorical_crossentropy"
    split = recipes.data.load(data).train
    assert refit(run.model, split, loss)
    assert np.isfinite(predict(run.model, split)).all()


def refit(model, split, loss, rate=1e-3):
    """Train further, as plain Keras; return whether any weight moved.

    Statistics and seeds do not count: they move without learning.
    """
    rows = slice(0, 64)
    before = [np.array(v) for v in model.trainable_variables]
    model.compile(keras.optimizers.SGD(rate), loss, run_eagerly=True)
    model.fit(split.read(rows), split.labels[rows], verbose=0)
    after = [np.array(v) for v in model.trainable_variables]
    return any((a != b).any() for a, b in zip(before, after, strict=True))


@pytest.mark.slow
def test_a_model_that_does_not_learn_is_found():
    """The control: its statistics move all the same."""
    recipe = recipes.image_classifier(network="mlp")
    model = recipe.build((8, 8, 1), 10)
    split = recipes.data.load("digits").train
    before = model.get_weights()
    loss = "sparse_categorical_crossentropy"
    assert not refit(model, split, loss, rate=0.0)
    after = model.get_weights()
    assert any((a != b).any() for a, b in zip(before, after, strict=True))
    assert refit(model, split, loss)
