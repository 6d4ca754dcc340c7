"""Run folders, checkpoints, sweeps and data from strangers."""

import csv
import hashlib
import io
import json
import pickle
import zipfile

import numpy as np
import pytest

import recipes
from callbacks.state_file import read_states, write_state
from recipes.errors import DataError, RunError, UserError
from recipes.training.cross_validation import CrossValidation
from recipes.training.going_on import left, room, unfinished
from recipes.tuning.result import finished
from recipes.tuning.search.journal import Journal
from tests.strangers import archives, folders


@pytest.mark.parametrize("name", folders.RUNS)
def test_a_hostile_run_is_refused(name, tmp_path, safely):
    path = tmp_path / "run"
    folders.run_folder(path)
    folders.RUNS[name](path)
    with safely(), pytest.raises(UserError, match=r".+"):
        folders.everything(path)


def test_an_honest_run_is_opened(tmp_path, safely):
    folders.run_folder(tmp_path / "run")
    with safely():
        recipe, history, model, _ = folders.everything(tmp_path / "run")
    assert recipe == recipes.tabular_classifier()
    assert history == {"loss": [1.0]}
    assert model.count_params() == 8


@pytest.mark.parametrize("members", [[5], [{}], {}])
def test_members_are_those_of_an_ensemble(members, tmp_path, safely):
    folders.run_folder(tmp_path / "run")
    folders.environment(members=members)(tmp_path / "run")
    with safely(), pytest.raises(RunError, match="environment.json.*`members"):
        recipes.load_run(tmp_path / "run")


def named(folder, content):
    """Give a state file the name that its bytes ask for."""
    digest = hashlib.sha256(content).hexdigest()
    path = folder / f"epoch-0003.{digest}.npz"
    path.write_bytes(content)
    return path


def npz(compression=zipfile.ZIP_STORED, **members):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return held.getvalue()


def npy(array=None, shape=None):
    """Return a `.npy` file; its header claims a shape."""
    held = io.BytesIO()
    if shape is None:
        np.lib.format.write_array(held, array)
    else:
        about = {"descr": "<f4", "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(held, about)
    return held.getvalue()


def text(value):
    return npy(np.frombuffer(value.encode(), "uint8"))


def pickled(canary):
    held = io.BytesIO()
    array = np.array([archives.Payload(canary)], object)
    np.lib.format.write_array(held, array)
    return held.getvalue()


ARRAY = '{"array": "array_0", "dtype": "float32"}'
STATES = {
    "a pickle": lambda c: npz(json=text(ARRAY), array_0=pickled(c)),
    "a pickle for the text": lambda c: npz(json=pickled(c)),
    "10^12 entries": lambda c: npz(
        json=text(ARRAY), array_0=npy(shape=(10**6, 10**6))
    ),
    "negative": lambda c: npz(
        json=text(ARRAY), array_0=npy(shape=(-(10**12),))
    ),
    "zip bomb": lambda c: npz(
        zipfile.ZIP_DEFLATED, json=text(ARRAY), array_0=npy(np.zeros(2**24))
    ),
    "deep": lambda c: npz(json=text("[" * 10**5)),
    "another array": lambda c: npz(json=text('{"array": "/etc/hostname"}')),
    "an array that is a list": lambda c: npz(json=text('{"array": [1]}')),
    "a list": lambda c: npz(json=text("[1]")),
    "cut off": lambda c: npz(json=text("{}"))[:-30],
    "nothing": lambda c: b"",
    "a bare pickle": lambda c: pickle.dumps(archives.Payload(c)),
}


@pytest.mark.parametrize("name", STATES)
def test_a_hostile_checkpoint_is_not_read(name, tmp_path, safely):
    write_state(tmp_path, 2, {"best": np.ones(3)})
    path = named(tmp_path, STATES[name](safely.canary))
    skipped = []
    with safely():
        found = [place for place, _ in read_states(tmp_path, skipped.append)]
    assert found == [(2, 0)]
    assert skipped == [path]


def test_the_pickle_would_have_run(tmp_path, safely):
    path = named(tmp_path, STATES["a pickle"](safely.canary))
    np.load(path, allow_pickle=True)["array_0"][0].close()
    assert safely.canary.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"how": {"callbacks": ["os.system"]}},
        {"how": {"directory": "/"}},
        {"recipe": []},
        {"recipe": {"task": "tabular_classifier", "network": {"part": "x"}}},
        {"data": {"spec": "pickle:/etc/passwd"}},
        {"versions": None},
    ],
)
def test_a_hostile_unfinished_run_is_refused(changes, tmp_path, safely):
    about = {
        "format": 1,
        "recipe": json.loads(recipes.tabular_classifier().to_json()),
        "data": {"spec": None},
        "parts": 1,
        "backend": "tensorflow",
        "versions": {},
        "how": {},
    }
    (tmp_path / "unfinished.json").write_text(json.dumps({**about, **changes}))
    with safely(), pytest.raises(UserError):
        unfinished.resume(tmp_path, recipes.Recipe.from_json)


@pytest.mark.parametrize("steps", ["7", -3, 0.5, 10**9])
def test_steps_of_an_unfinished_run_are_a_number(steps, tmp_path, safely):
    recipe = recipes.tabular_classifier()
    about = unfinished.describe(recipe, recipes.data.load("iris"), 1)
    unfinished.write(tmp_path, about)
    path = tmp_path / "environment.json"
    place = room.Place(tmp_path, tmp_path)
    path.write_text("{")
    assert (
        left.going_on(place, about, False, "exact").steps_per_execution is None
    )
    path.write_text(json.dumps({"steps_per_execution": steps}))
    with safely(), pytest.raises(RunError, match="environment.json.*`steps"):
        left.going_on(place, about, False, "exact")
    path.write_text('{"steps_per_execution": 7}')
    assert left.going_on(place, about, False, "exact").steps_per_execution == 7


FOLDS = {
    "recipe": {},
    "data": {},
    "folds": 2,
    "backend": "jax",
    "scores": [],
    "metrics": {},
}


@pytest.mark.parametrize(
    "changes",
    [
        {"scores": None},
        {"scores": ["x"]},
        {"metrics": {"loss": 1}},
        {"metrics": {"loss": {"mean": 1}}},
        {"folds": 10**15},
        {"folds": "2"},
        {"data": []},
    ],
)
def test_a_hostile_cross_validation_is_refused(changes, tmp_path, safely):
    found = json.dumps({**FOLDS, **changes})
    (tmp_path / "cross_validation.json").write_text(found)
    with safely(), pytest.raises(RunError):
        CrossValidation(tmp_path, recipes.Recipe.from_json)


@pytest.mark.parametrize(
    "line",
    [
        '{"event": "create", "tuner": "a", "trial": "x/../..", "values": {}}',
        '{"event": "create", "tuner": "a", "trial": ["x"], "values": {}}',
        '{"event": ["create"]}',
        '{"event": "create", "tuner": "a", "trial": "1", "values": []}',
        "[" * 100_000,
        "9" * 10_000,
        "\0",
    ],
)
def test_a_hostile_journal_ends_where_it_is(line, tmp_path, safely):
    good = {"event": "create", "tuner": "a", "trial": "0000", "values": {}}
    path = tmp_path / "journal.jsonl"
    path.write_text(f"{json.dumps(good)}\n{line}\n")
    with safely():
        assert Journal(path).look() == [good]


@pytest.mark.parametrize(
    "found",
    [
        '{"values": {}, "score": "best", "ended": "completed", "metrics": {}}',
        '{"values": {}, "score": 1, "ended": ["completed"], "metrics": {}}',
        '{"values": {}, "score": 1e999, "ended": "completed", "metrics": {}}',
        folders.DEEP,
        folders.MANY,
    ],
)
def test_a_hostile_result_is_none(found, tmp_path, safely):
    (tmp_path / "result.json").write_text(found)
    with safely():
        assert finished(tmp_path, {}) is None


@pytest.mark.parametrize("content", ["{", "[]", folders.DEEP, folders.MANY])
def test_a_hostile_sweep_is_refused(content, tmp_path, safely):
    (tmp_path / "sweep.json").write_text(content)
    with safely(), pytest.raises(RunError, match="sweep.json"):
        recipes.load_sweep(tmp_path)


@pytest.mark.parametrize("name", folders.IMAGES)
def test_a_hostile_image_is_refused(name, tmp_path, safely):
    for kind in ("cat", "dog"):
        (tmp_path / "data" / kind).mkdir(parents=True)
        (tmp_path / "data" / kind / "0.gif").write_bytes(
            b"GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\1\0\1\0\0\2\2D\1\0;"
        )
    bad = tmp_path / "data" / "dog" / "bad.png"
    bad.write_bytes(folders.IMAGES[name](safely.canary))
    with safely(), pytest.raises(DataError, match="bad.png"):
        recipes.data.load(f"folder:{tmp_path / 'data'}")


@pytest.mark.parametrize("name", folders.TABLES)
def test_a_hostile_table_is_refused(name, tmp_path, safely):
    path = tmp_path / "data.csv"
    path.write_bytes(folders.TABLES[name])
    with safely(), pytest.raises(DataError, match="data.csv"):
        recipes.data.load(f"csv:{path}#label")


def test_csv_is_what_refuses_long_cells():
    assert csv.field_size_limit() < 200_000
