"""Workers that hang, that grow old, and whose user was wrong; by hand too."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import recipes
from recipes.errors import RecipeError
from recipes.tuning import settings
from recipes.tuning.workers.devices import environments
from recipes.tuning.workers.supervisor import supervise

ROOT = Path(__file__).parents[2]
RECIPE = recipes.tabular_classifier(
    network=recipes.Part("mlp", units=(8,)),
    dropout=recipes.Float(0.0, 0.5),
    early_stopping=None,
    epochs=30,
)


@pytest.mark.slow
def test_a_worker_that_hangs_is_killed_and_an_old_one_replaced(tmp_path):
    path = tmp_path / "sweep"
    RECIPE.sweep("iris", max_trials=3, workers=0, directory=path, seed=0)
    stopped, pids, said = [], set(), []

    def stop_the_first(beats):
        beat = beats["worker-0"]
        if beat is not None and beat.trial is not None:
            pids.add(beat.pid)
            if not stopped:
                os.kill(beat.pid, signal.SIGSTOP)
                stopped.append(beat)

    about = settings.read(path, RECIPE.from_json)
    alone = environments(1, dict(os.environ))
    supervise(
        about,
        path,
        alone,
        deadline=10,
        recycle=2,
        max_crashes=9,
        tick=stop_the_first,
        say=said.append,
    )
    crashes = json.loads((path / "workers" / "crashes.json").read_text())
    assert "no sign of life for 10 s" in crashes[stopped[0].trial]["last"]
    assert said == [
        f"worker-0: no sign of life for 10 s in trial {stopped[0].trial}; "
        "it is started again"
    ]
    found = recipes_of(path)
    assert [trial["ended"] for trial in found] == ["completed"] * 3
    assert len(pids) >= 2  # the one that hung, and another


def recipes_of(path):
    """Return the results in a sweep's folder."""
    found = sorted(path.glob("trials/*/result.json"))
    return [json.loads(each.read_text()) for each in found]


@pytest.mark.slow
def test_the_user_s_error_in_a_worker_ends_the_sweep(tmp_path):
    wrong = recipes.Part("mlp", units=(8, -3))
    recipe = RECIPE.replace(network=wrong)
    path = tmp_path / "sweep"
    with pytest.raises(RecipeError, match="-3") as caught:
        recipe.sweep("iris", max_trials=3, workers=1, directory=path, seed=0)
    assert "In worker-0" in "".join(caught.value.__notes__)
    assert "mlp.py" in "".join(caught.value.__notes__)
    assert recipes_of(path) == []


def commands():
    """Return the shell commands of the page, the loop as the second worker."""
    page = (ROOT / "docs" / "sweeps-on-machines.md").read_text()
    chief, worker, loop = re.findall(r"```bash\n(.*?)```", page, re.S)
    exports = [x for x in worker.splitlines() if x.startswith("export")]
    second = "\n".join([*exports, loop]).replace("worker-0", "worker-1")
    return chief, worker, second


@pytest.mark.slow
def test_the_commands_for_several_machines(tmp_path):
    path = tmp_path / "sweep"
    RECIPE.sweep("iris", max_trials=4, workers=0, directory=path, seed=0)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    started = []
    for number, text in enumerate(commands()):
        text = text.replace("python", sys.executable).replace("25", "1")
        text = text.replace("10.0.0.1", "127.0.0.1").replace("8000", port)
        text = text.replace("/shared/sweeps/first", str(path))
        environ = {**os.environ, "PYTHONPATH": str(ROOT)}
        with open(tmp_path / f"{number}.log", "wb") as log:
            started.append(
                subprocess.Popen(
                    ["bash", "-c", text],
                    env=environ,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            )
    try:
        codes = [each.wait(180) for each in reversed(started)]
        assert codes[1:] == [0, 0]
    finally:
        for each in started:
            if each.poll() is None:
                os.killpg(each.pid, signal.SIGKILL)
            each.wait()
    assert [t["ended"] for t in recipes_of(path)] == ["completed"] * 4
