"""Scores that do not exist: refused before a fit, or null at its end."""

import json
import math

import keras
import numpy as np
import pytest
from sklearn import metrics as sk

import recipes
from recipes import Part
from recipes.cli import main
from recipes.errors import DataError, RecipeError

RNG = np.random.default_rng(0)


def rows(*classes):
    y = np.repeat(classes, 12)
    return RNG.normal(size=(len(y), 3)) + y[:, None], y


def data(validation=(0, 1), test=(0, 1)):
    return {
        "train": rows(0, 1),
        "validation": rows(*validation),
        "test": rows(*test),
    }


def recipe_for(*metrics, **fields):
    defaults = {
        "network": Part("mlp", units=(4,)),
        "epochs": 1,
        "early_stopping": None,
        "metrics": metrics,
    }
    return recipes.tabular_classifier(**defaults | fields)


@pytest.mark.slow
@pytest.mark.parametrize("split", ["validation", "test"])
def test_the_area_of_a_split_of_one_class_is_refused(split, tmp_path):
    wrong = data(**{split: (1,)})
    with pytest.raises(DataError, match=f"{split} split.*every row.*auc"):
        recipe_for("auc").fit(wrong, directory=tmp_path / "r", verbose=False)
    assert not (tmp_path / "r").exists()
    fields = {"directory": tmp_path / "r", "verbose": False}
    assert recipe_for("accuracy").fit(wrong, **fields).metrics["epochs"] == 1
    run = recipe_for("auc").fit(data(), **fields, overwrite=True)
    assert 0 <= run.metrics["test_auc"] <= 1
    with pytest.raises(DataError, match="all split.*every row.*auc"):
        run.evaluate(rows(1), "all")


def test_labels_that_do_not_vary_are_refused(tmp_path):
    x, y = RNG.normal(size=(40, 3)), np.arange(80).reshape(40, 2) % 3 % 2
    split = {"train": (x, y), "test": (x + 1, y)}
    recipe = recipe_for("auc", multi_label=True)
    same = {**split, "validation": (x + 2, y * 0 + [0, 1])}
    with pytest.raises(DataError, match="validation split.*every row.*auc"):
        recipe.fit(same, directory=tmp_path / "r", verbose=False)
    one = {**split, "validation": (x + 2, y * [0, 1])}
    run = recipe.fit(one, directory=tmp_path / "r", verbose=False)
    assert run.history["val_auc"][-1] == pytest.approx(
        run.metrics["validation_auc"], abs=5e-3
    )


class Own(keras.metrics.Metric):
    """What a user may hand over."""

    def __init__(self, kind="number", name="own", **kwargs):
        super().__init__(name=name, **kwargs)
        self.kind = kind
        self.total = self.add_variable((2,), "zeros", name="total")

    def update_state(self, y_true, y_pred, sample_weight=None):
        if self.kind == "failing":
            raise ValueError("nobody takes this")
        right = keras.ops.cast(y_true, "float32") * y_pred
        self.total.assign_add(keras.ops.sum(right, axis=0))

    def result(self):
        total = keras.ops.convert_to_tensor(self.total)
        return {
            "number": keras.ops.sum(total),
            "nan": keras.ops.sum(total) * float("nan"),
            "vector": total,
            "one": total[:1],
            "named": {"a": total[0]},
        }[self.kind]


@pytest.fixture(autouse=True)
def own():
    recipes.register("metric", "own", Own)


@pytest.mark.parametrize(
    "kind, words",
    [
        ("vector", r"\[0.5 0.5\].*the mean"),
        ("one", r"\[0.5\].*the mean"),
        ("named", "'a'.*one number"),
        ("failing", "nobody takes this.*update_state"),
    ],
)
def test_a_metric_that_gives_no_number_is_refused(kind, words, tmp_path):
    with pytest.raises(RecipeError, match=words):
        recipe_for(Part("own", kind=kind)).fit(
            data(), directory=tmp_path / "r", verbose=False
        )
    assert not (tmp_path / "r").exists()


def numbers(validation, test):
    x = RNG.normal(size=(40, 3))
    y = x[:, :1] @ [[1.0, -2.0]] + RNG.normal(size=(40, 2))
    roles = {"train": 1.0, "validation": validation, "test": test}
    return {role: (x, y * np.array(spread)) for role, spread in roles.items()}


@pytest.mark.slow
def test_the_share_of_a_spread_of_0(tmp_path):
    recipe = recipes.tabular_regressor(
        network=Part("mlp", units=(4,)), epochs=1, early_stopping=None
    )
    given = numbers(0.0, [0.0, 1.0])
    run = recipe.fit(given, directory=tmp_path / "r", verbose=False)
    assert math.isnan(run.metrics["validation_r2"])
    assert math.isnan(run.history["val_r2"][0])
    outputs = run.model.predict(given["test"][0], verbose=0)[:, 1]
    alone = sk.r2_score(given["test"][1][:, 1], outputs)
    assert run.metrics["test_r2"] == pytest.approx(alone, abs=1e-6)
    assert np.isfinite(
        [run.metrics["validation_mae"], *run.history["r2"]]
    ).all()
    one = run.evaluate(tuple(part[:1] for part in given["train"]), "all")
    assert math.isnan(one["r2"]) and one["rmse"] > 0
    # The control: both targets differ, and what is logged is what is scored.
    given = numbers(1.0, 1.0)
    run = recipe.fit(given, directory=tmp_path / "c", verbose=False)
    both = sk.r2_score(
        given["test"][1], run.model.predict(given["test"][0], verbose=0)
    )
    assert run.metrics["test_r2"] == pytest.approx(both, abs=1e-6)
    assert run.history["val_r2"][0] == pytest.approx(both, abs=1e-4)


def _table(path):
    x, y = rows(0, 1)
    lines = [",".join(map(str, [*a, b])) for a, b in zip(x, y, strict=True)]
    (path / "t.csv").write_text("\n".join(["a,b,c,y", *lines]))
    return path / "t.csv"


@pytest.mark.slow
def test_a_score_that_is_no_number_costs_nothing(tmp_path, capsys):
    recipe = recipe_for("accuracy", Part("own", kind="nan"))
    run = recipe.fit(data(), directory=tmp_path / "r")
    written = json.loads((run.directory / "metrics.json").read_text())
    assert written["test_own"] is written["validation_own"] is None
    assert written["test_accuracy"] == run.metrics["test_accuracy"]
    again = recipes.load_run(run.directory)
    assert math.isnan(again.metrics["test_own"]) and "own=nan" in repr(again)
    assert again.model.count_params() > 0
    spec = f"csv:{_table(tmp_path)}#y"
    capsys.readouterr()
    assert main(["evaluate", str(run.directory), spec, "--split", "all"]) == 0
    assert json.loads(capsys.readouterr().out)["own"] is None
    plain = recipe_for(Part("own")).fit(
        data(), directory=tmp_path / "p", verbose=False
    )
    assert np.isfinite(plain.metrics["test_own"])


@pytest.mark.slow
def test_folds_with_such_a_score(tmp_path):
    recipe = recipe_for("accuracy", Part("own", kind="nan"))
    found = recipe.cross_validate(
        rows(0, 1, 0, 1), 2, directory=tmp_path / "cv", verbose=False
    )
    mean, deviation = found.metrics["own"]
    assert math.isnan(mean) and math.isnan(deviation)
    assert np.isfinite(found.metrics["accuracy"]).all()
    assert "NaN" not in (tmp_path / "cv/cross_validation.json").read_text()
    assert found.table().row_count == 4 and "own nan" in repr(found)
    found.plot()
