"""TensorBoard's HParams view of a sweep, written without TensorFlow.

`tensorboard --logdir SWEEP/tensorboard`: one session per trial, with the
values it had and its scores, in the format of tensorboard.plugins.hparams.
"""

import time

from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.plugins.hparams import api_pb2, metadata, plugin_data_pb2
from tensorboard.plugins.scalar import metadata as scalars
from tensorboard.summary.writer.record_writer import RecordWriter
from tensorboard.util import tensor_util

from callbacks.disk import whole
from recipes.tuning.names import ENDED_COMPLETED, TENSORBOARD

NAME = "events.out.tfevents.0.sweep"  # what TensorBoard looks for


def write(path, trials, places, about):
    """Write the space, and every trial that has ended and is not there yet.

    Args:
        path: The sweep's folder.
        trials: Dicts, as `Sweep.trials` has them.
        places: The `Place` of each range.
        about: The sweep's `Settings`.
    """
    root = path / TENSORBOARD
    if not (root / NAME).exists():
        _write(root, [_experiment(places, about)])
    for trial in trials:
        folder = root / trial["trial"]
        if trial["ended"] and not (folder / NAME).exists():
            _write(folder, _session(trial, places))


def _experiment(places, about):
    """Return the summary that names the ranges and the score."""
    found = api_pb2.Experiment(
        description=f"{about.tuner} search on {about.data['name']}",
        time_created_secs=time.time(),
    )
    for place in places:
        info = found.hparam_infos.add(name=place.path)
        if place.options is None:
            info.type = api_pb2.DATA_TYPE_FLOAT64
            info.domain_interval.min_value = place.range.min_value
            info.domain_interval.max_value = place.range.max_value
            continue
        kinds = {bool: "BOOL", int: "FLOAT64", float: "FLOAT64"}
        kind = kinds.get(type(place.options[0]), "STRING")
        info.type = getattr(api_pb2, f"DATA_TYPE_{kind}")
        for option in place.options:
            _put(info.domain_discrete.values.add(), option)
    found.metric_infos.add(
        name=api_pb2.MetricName(tag=about.objective),
        display_name=about.objective,
    )
    content = plugin_data_pb2.HParamsPluginData(experiment=found)
    return _about(metadata.EXPERIMENT_TAG, content)


def _session(trial, places):
    """Return the summaries of one trial."""
    ended = time.time()
    start = plugin_data_pb2.SessionStartInfo(
        start_time_secs=ended - (trial.get("seconds") or 0),
        group_name=trial["trial"],
    )
    for place in places:
        value = place.value(trial["values"])
        if value is not None:
            _put(start.hparams[place.path], value)
    good = trial["ended"] == ENDED_COMPLETED
    status = api_pb2.STATUS_SUCCESS if good else api_pb2.STATUS_FAILURE
    end = plugin_data_pb2.SessionEndInfo(status=status, end_time_secs=ended)
    data = plugin_data_pb2.HParamsPluginData
    return [
        _about(metadata.SESSION_START_INFO_TAG, data(session_start_info=start)),
        *(
            _scalar(name, value)
            for name, value in (trial.get("metrics") or {}).items()
            if isinstance(value, (int, float))
        ),
        _about(metadata.SESSION_END_INFO_TAG, data(session_end_info=end)),
    ]


def _put(message, value):
    """Write a value into a google.protobuf.Value."""
    if isinstance(value, bool):
        message.bool_value = value
    elif isinstance(value, (int, float)):
        message.number_value = value
    else:
        message.string_value = str(value)


def _about(tag, content):
    return summary_pb2.Summary.Value(
        tag=tag,
        metadata=metadata.create_summary_metadata(content),
        tensor=metadata.NULL_TENSOR,
    )


def _scalar(name, value):
    return summary_pb2.Summary.Value(
        tag=name,
        metadata=scalars.create_summary_metadata(name, ""),
        tensor=tensor_util.make_tensor_proto(value, dtype="float32"),
    )


def _write(folder, summaries):
    """Write an event file whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    now = time.time()
    events = [event_pb2.Event(wall_time=now, file_version="brain.Event:2")]
    for value in summaries:
        summary = summary_pb2.Summary(value=[value])
        events.append(event_pb2.Event(wall_time=now, step=0, summary=summary))
    # TensorBoard reads every file that has "tfevents" in its name.
    partial = folder / "partial"
    with whole(folder / NAME, partial, wait=False), open(partial, "wb") as file:
        writer = RecordWriter(file)
        for event in events:
            writer.write(event.SerializeToString())
