"""Workers: real processes, as few as will do."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import keras_tuner
import numpy as np
import pytest
from keras_tuner.engine.trial import Trial

import recipes
from recipes.errors import RecipeError
from recipes.tuning import settings
from recipes.tuning.search.oracles import build_oracle
from recipes.tuning.workers.devices import environments, find_gpus
from recipes.tuning.workers.lifeline import SUPERVISOR
from recipes.tuning.workers.supervisor import supervise

ROOT = Path(__file__).parents[2]
RECIPE = recipes.tabular_classifier(
    network=recipes.Part("mlp", units=(8,)),
    dropout=recipes.Float(0.0, 0.5),
    epochs=3,
)


def rows():
    """Return a table whose two classes are far apart, as a user's arrays."""
    random = np.random.default_rng(0)
    labels = np.arange(80) % 2
    return random.normal(labels[:, None] * 4.0, 1.0, (80, 3)), labels


def said_by_ps():
    """Return the commands of all processes."""
    command = ["ps", "-A", "-ww", "-o", "command="]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    return found.stdout


def events(path):
    """Return (event, trial) of each line of a journal, sorted."""
    lines = (path / "journal.jsonl").read_text().splitlines()
    found = [json.loads(line) for line in lines]
    return sorted((e["event"], int(e["trial"])) for e in found)


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    """A sweep of two workers; what was said; a trial known to crash."""
    path = tmp_path_factory.mktemp("workers") / "sweep"
    given = {"directory": path, "max_trials": 4, "seed": 0}
    RECIPE.sweep(rows(), workers=0, **given)
    about = settings.read(path, RECIPE.from_json)
    (path / "workers").mkdir()
    name = f"{1:0{len(str(4))}d}", f"{1:04d}"
    crashed = {each: {"times": 2, "last": "SIGSEGV"} for each in name}
    (path / "workers" / "crashes.json").write_text(json.dumps(crashed))
    said, both = [], environments(2, dict(os.environ))
    supervise(about, path, both, max_crashes=2, tick=said.append)
    sweep = RECIPE.sweep(rows(), workers=0, **given)
    return sweep, said


def test_two_workers_share_the_trials(swept):
    sweep, said = swept
    expected = [(e, n) for e in ("create", "end") for n in range(4)]
    assert events(sweep.directory) == expected
    ended = {int(t["trial"]): t["ended"] for t in sweep.trials}
    others = dict.fromkeys((0, 2, 3), "completed")
    assert ended == {**others, 1: "crashed"}
    pids = {beat.pid for beats in said for beat in beats.values() if beat}
    assert len(pids) == 2 and os.getpid() not in pids


def test_a_trial_that_crashed_too_often_is_given_up(swept):
    sweep, _ = swept
    (trial,) = (t for t in sweep.trials if t["ended"] == "crashed")
    assert trial["message"] == "crashed 2 times: SIGSEGV"
    assert trial["score"] is None and int(trial["trial"]) == 1
    assert 0 <= trial["values"]["dropout"] <= 0.5
    assert list(trial) == list(sweep.trials[0])  # the same keys as of others


def test_nothing_is_left_running(swept):
    assert "ps -A" in said_by_ps()
    assert str(swept[0].directory) not in said_by_ps()


def test_the_trials_are_those_of_one_process(swept, tmp_path):
    sweep, _ = swept
    given = {"directory": tmp_path / "here", "max_trials": 1, "seed": 0}
    alone = RECIPE.sweep(rows(), verbose=False, **given).trials[0]
    trial = sweep.trials[0]
    assert trial["values"] == alone["values"]
    assert trial["metrics"] == pytest.approx(alone["metrics"], rel=1e-5)


def test_a_chief_started_again_before_the_end_lacks_nothing(tmp_path):
    space = keras_tuner.HyperParameters()
    space.Float("dropout", 0.0, 0.5)
    objective = keras_tuner.Objective("validation_loss", "min")

    def chief():
        oracle = build_oracle("random", space, objective, 2, 0, 0)
        oracle.verbose = 0
        oracle._set_project_dir(str(tmp_path), "trials")
        oracle.open(tmp_path / "journal.jsonl", ["worker-0"])
        return oracle

    first = chief()
    trial = first.create_trial("worker-0")
    told = first.update_trial(trial.trial_id, {"validation_loss": 0.25})
    second = chief()
    report = Trial.from_proto(trial.to_proto())
    report.status = "COMPLETED"
    report.metrics = Trial.from_proto(told.to_proto()).metrics
    second.end_trial(report)
    third = chief()
    assert third.get_best_trials()[0].score == 0.25
    assert third.create_trial("worker-0").trial_id != trial.trial_id


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"workers": -1}, "`workers` must"),
        ({"workers": True}, "`workers` must"),
        ({"workers": "gpu"}, "`workers` must"),
        ({"workers": 1, "deadline": 0}, "`deadline` must"),
        ({"workers": 1, "recycle": 0}, "`recycle` must"),
        ({"workers": 1, "max_crashes": 1.5}, "`max_crashes` must"),
    ],
)
def test_a_wrong_argument_is_refused(given, word, tmp_path):
    with pytest.raises(RecipeError, match=word):
        RECIPE.sweep("iris", max_trials=1, directory=tmp_path, **given)
    assert not any(tmp_path.iterdir())


def test_a_part_of_this_process_alone_is_refused(tmp_path):
    def here_alone(x=None, name=None):
        return x

    recipes.register("activation", "here_alone", here_alone)
    choice = recipes.Choice(["relu", "here_alone"])
    recipe = RECIPE.replace(activation=choice)
    with pytest.raises(RecipeError, match="'here_alone' is registered"):
        recipe.sweep("iris", max_trials=1, workers=1, directory=tmp_path)
    assert not any(tmp_path.iterdir())


def test_the_cores_are_shared():
    two = environments(2, {"A": "b"}, cores=8)
    assert [e["TF_NUM_INTRAOP_THREADS"] for e in two] == ["4", "4"]
    assert two[0]["A"] == "b" and "XLA_FLAGS" not in two[0]
    crowd = environments(3, {"OMP_NUM_THREADS": "7"}, cores=2)
    assert {e["TF_NUM_INTRAOP_THREADS"] for e in crowd} == {"1"}
    assert {e["OMP_NUM_THREADS"] for e in crowd} == {"7"}
    assert "XLA_FLAGS" in crowd[0]


def test_each_gpu_has_a_worker(tmp_path):
    command = tmp_path / "nvidia-smi"
    command.write_text(
        "#!/bin/sh\n"
        "echo 'GPU 0: NVIDIA A100 (UUID: GPU-1f)'\n"
        "echo 'GPU 1: NVIDIA A100 (UUID: GPU-2f)'\n"
    )
    command.chmod(command.stat().st_mode | stat.S_IXUSR)
    code = (
        "import os; from recipes.tuning.workers.devices import find_gpus;"
        "print(find_gpus(os.environ))"
    )
    environ = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    environ.pop("CUDA_VISIBLE_DEVICES", None)
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environ, capture_output=True
    )
    assert said.stdout == b"['0', '1']\n", said.stderr
    assert find_gpus({"CUDA_VISIBLE_DEVICES": ""}) == []
    found = environments("gpus", {"CUDA_VISIBLE_DEVICES": "GPU-1f, GPU-2f"})
    devices = [each["CUDA_VISIBLE_DEVICES"] for each in found]
    assert devices == ["GPU-1f", "GPU-2f"]
    for each in found:
        assert "CUDA_DEVICE_ORDER" not in each  # the names are the user's
        assert each["TF_FORCE_GPU_ALLOW_GROWTH"] == "true"
        assert each["XLA_PYTHON_CLIENT_PREALLOCATE"] == "false"
    with pytest.raises(RecipeError, match="no NVIDIA GPU"):
        environments("gpus", {"CUDA_VISIBLE_DEVICES": "-1"})


def test_ctrl_c_ends_the_processes(swept):
    path = swept[0].directory
    about = settings.read(path, RECIPE.from_json)
    alone = environments(1, dict(os.environ))
    alive = []

    def interrupt(beats):
        alive.append(said_by_ps())
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        supervise(about, path, alone, tick=interrupt)
    assert alive[0].count(f"recipes.workers worker {path}") == 1
    assert alive[0].count(f"recipes.workers chief {path}") == 1
    assert str(path) not in said_by_ps()


@pytest.mark.parametrize("how", ["pipe", "parent"])
def test_a_process_ends_with_its_supervisor(how):
    code = (
        "from recipes.tuning.workers.lifeline import watch; watch();"
        "import time; print('on', flush=True); time.sleep(600)"
    )
    parent = os.getpid() if how == "pipe" else os.getppid()
    child = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, SUPERVISOR: str(parent)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        if how == "pipe":
            assert child.stdout.readline() == b"on\n"
            time.sleep(0.2)
            assert child.poll() is None
            child.stdin.close()
        assert child.wait(60) == -signal.SIGKILL
    finally:
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            pipe.close()
