"""Every row of the menu: fitted on embedded data, saved, loaded, refitted."""

import keras
import numpy as np
import pytest

import recipes
from recipes import Part, plots
from recipes.training.scores import predict
from tests import settings
from tests.rows import LISTS, ROWS, TENSORFLOW

pytestmark = [pytest.mark.slow, pytest.mark.both_backends]
DATA = {
    "image_classifier": "digits",
    "image_fine_tuner": "digits",
    "tabular_regressor": "diabetes",
    "text_classifier": "docstrings",
}


def around(kind, name):
    """Return what a row needs around it; rows of one answer go together."""
    if (kind, name) in settings.TEXT:
        return "text"
    if (kind, name) in settings.TUNED:
        return "tuned"
    if (kind, name) in settings.NUMBERS:
        return "numbers"
    if kind == "network":
        return "network"
    return "mlp" if (kind, name) in settings.AROUND else "cnn"


def cases():
    """Return the rows in groups, no two of a kind that has one value.

    Fitting costs seconds, and rows of several kinds do not hide each other's
    faults: so every row is fitted once, with others.
    """
    found = {}
    for row in ROWS:
        kinds = found.setdefault(around(*row), {})
        kinds.setdefault(row[0], []).append(row)
    for kinds in found.values():
        single = [
            len(rows) for kind, rows in kinds.items() if kind not in LISTS
        ]
        groups = [[] for _ in range(max(single, default=1))]
        for rows in kinds.values():
            for i, row in enumerate(rows):
                groups[i % len(groups)].append(row)
        yield from groups


def recipe_with(rows):
    """Return a recipe that names the rows, with the rows' own defaults."""
    fields = {"epochs": 1, "batch_size": 256}
    make, needs = recipes.image_classifier, around(*rows[0])
    if needs == "text":
        make = recipes.text_classifier
    elif needs == "tuned":
        make = recipes.image_fine_tuner
        fields |= {"backbone": "glyphnet", "image_size": (32, 32)}
        if ("strategy", "gradual") in rows:
            fields["epochs"] = 3  # one for each stage
    elif needs == "numbers":
        make = recipes.tabular_regressor
    if needs in ("numbers", "mlp"):
        fields["network"] = Part("mlp", units=(8,))
    elif needs == "cnn":
        fields["network"] = Part("cnn", filters=(8, 8), depth=1)
    for kind, name in rows:
        field = settings.FIELD_OF.get(kind, kind)
        if kind == "pooling":
            fields["network"] = fields["network"].replace(pooling=name)
        elif kind in LISTS:
            fields[field] = [*fields.get(field, ()), name]
        elif name == "table":  # which has no default
            fields[field] = Part(name, **settings.EXAMPLES[kind][name])
        else:
            fields[field] = name
    return make(**fields)


def test_every_row_is_in_one_case():
    assert sorted(row for rows in cases() for row in rows) == sorted(ROWS)
    for rows in cases():
        kinds = [kind for kind, _ in rows if kind not in LISTS]
        assert len(set(kinds)) == len(kinds)
        recipe = recipe_with(rows).to_json()
        assert all(f'"{name}"' in recipe for _, name in rows), rows


@pytest.mark.by_hand_on_jax  # the battery fits each of them there too
@pytest.mark.parametrize(
    "rows", list(cases()), ids=lambda rows: "+".join(name for _, name in rows)
)
def test_rows_are_fitted_saved_loaded_and_refitted(rows, tmp_path, monkeypatch):
    monkeypatch.setattr(plots, "save", lambda *_: None)  # tested elsewhere
    recipe = recipe_with(rows)
    data = DATA[recipe.task]
    if data == "docstrings" and not TENSORFLOW:
        pytest.skip("texts need TensorFlow; their networks have tests")
    run = recipe.fit(data, directory=tmp_path / "run", verbose=False)
    assert all(np.isfinite(v) for v in run.metrics.values())
    loaded = recipes.load_run(run.directory)
    again = loaded.evaluate(data)
    for score in ("loss", "accuracy", "r2"):
        if score in again:
            np.testing.assert_allclose(
                again[score], run.metrics[f"test_{score}"], atol=1e-6
            )
    assert recipes.Recipe.from_json(loaded.recipe.to_json()) == loaded.recipe
    split = recipes.data.load(data).train
    number = recipe.task == "tabular_regressor"
    loss = "mse" if number else "sparse_categorical_crossentropy"
    assert refit(loaded.model, split, loss)
    assert np.isfinite(predict(loaded.model, split)).all()


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
