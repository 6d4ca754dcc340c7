"""The HParams view, read back as TensorBoard's own backend reads it."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

import recipes
from recipes import Choice, Float, Part
from recipes.tuning.ranges import places
from recipes.tuning.telling import hparams

_spec = importlib.util.spec_from_file_location(
    "sweep_folders", Path(__file__).with_name("folders.py")
)
folders = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(folders)

RECIPE = recipes.tabular_classifier(
    dropout=Float(0, 0.6),
    normalization=Choice(
        [None, Part("group_normalization", groups=Choice([4, 8]))]
    ),
)


@pytest.fixture(scope="module")
def sweep(tmp_path_factory):
    path = tmp_path_factory.mktemp("sweeps") / "s"
    found = folders.make(path, RECIPE, 6, fails=(2,), running=1)
    write(found)
    return found


def write(sweep):
    trials = sweep.trials
    hparams.write(sweep.directory, trials, places(RECIPE), sweep.settings)


def plugin(folder):
    """Return (context, request context) of the plugin on a folder."""
    from tensorboard import context
    from tensorboard.backend.event_processing import (
        data_provider,
        plugin_event_multiplexer,
    )
    from tensorboard.plugins import base_plugin
    from tensorboard.plugins.hparams import backend_context

    multiplexer = plugin_event_multiplexer.EventMultiplexer()
    multiplexer.AddRunsFromDirectory(str(folder))
    multiplexer.Reload()
    provider = data_provider.MultiplexerDataProvider(multiplexer, str(folder))
    about = base_plugin.TBContext(data_provider=provider)
    return backend_context.Context(about), context.RequestContext()


def session_groups(folder):
    from tensorboard.plugins.hparams import api_pb2, list_session_groups

    found, request = plugin(folder)
    asked = api_pb2.ListSessionGroupsRequest(
        start_index=0,
        slice_size=100,
        allowed_statuses=[
            api_pb2.STATUS_SUCCESS,
            api_pb2.STATUS_FAILURE,
            api_pb2.STATUS_UNKNOWN,
        ],
    )
    for name in ("dropout", "normalization"):
        asked.col_params.add(hparam=name)
    return list_session_groups.Handler(request, found, "", asked).run()


def test_every_ended_trial_is_a_session_with_values_and_score(sweep):
    groups = {
        g.name: g
        for g in session_groups(sweep.directory / "tensorboard").session_groups
    }
    ended = [trial for trial in sweep.trials if trial["ended"]]
    assert set(groups) == {trial["trial"] for trial in ended}
    for trial in ended:
        group = groups[trial["trial"]]
        assert (
            group.hparams["dropout"].number_value
            == (trial["values"]["dropout"])
        )
        chosen = group.hparams["normalization"].string_value
        assert chosen == trial["values"]["normalization"]
        inside = "normalization/group_normalization/groups"
        assert (inside in group.hparams) == (chosen != "None")
        scores = {m.name.tag: m.value for m in group.metric_values}
        if trial["ended"] == "completed":
            assert scores["validation_loss"] == pytest.approx(trial["score"])
        else:
            assert not scores


def test_the_experiment_names_ranges_and_score(sweep):
    found, request = plugin(sweep.directory / "tensorboard")
    metadata = found.hparams_metadata(request, "")
    experiment = found.experiment_from_metadata(
        request,
        "",
        True,
        metadata,
        found.hparams_from_data_provider(request, "", 50),
    )
    assert {info.name for info in experiment.hparam_infos} == {
        place.path for place in places(RECIPE)
    }
    assert [m.name.tag for m in experiment.metric_infos] == ["validation_loss"]


def test_what_is_written_is_not_written_again(sweep):
    file = next((sweep.directory / "tensorboard").glob("*/events*"))
    before = file.stat().st_ino
    write(sweep)
    assert file.stat().st_ino == before


def test_jax_needs_no_tensorflow_for_it():
    code = (
        "import sys, recipes.tuning.telling.hparams;"
        "sys.exit('tensorflow' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "KERAS_BACKEND": "jax"},
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0
