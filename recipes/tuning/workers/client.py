"""Keras Tuner's client of the chief's oracle, with patience."""

import os
import time

import grpc
from keras_tuner.engine import trial as trials

BETWEEN = 0.3  # seconds until a chief that has no trial yet is asked again
TRIES = 60
OPTIONS = [
    ("grpc.enable_http_proxy", 0),  # the chief is near
    # By itself gRPC waits longer and longer, up to two minutes.
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.min_reconnect_backoff_ms", 1000),
    ("grpc.max_reconnect_backoff_ms", 1000),
]


class PatientClient:
    """An `OracleClient` whose chief may be restarted at any moment.

    A call that was under way when the chief ended is made again: each may be
    made twice. And a chief that has no trial for us yet is not asked without
    pause, as Keras Tuner does.

    Args:
        client: Keras Tuner's.
        waiting: Called while there is nothing to do.
    """

    def __init__(self, client, waiting):
        self._client, self._waiting = client, waiting
        self._updated = None
        ip, port = (
            os.environ[f"KERASTUNER_ORACLE_{x}"] for x in ("IP", "PORT")
        )
        channel = grpc.insecure_channel(f"{ip}:{port}", OPTIONS)
        client.stub = type(client.stub)(channel)

    def __getattr__(self, name):
        found = getattr(self._client, name)
        return _again(found) if callable(found) else found

    def create_trial(self, tuner_id):
        """Ask for a trial."""
        trial = _again(self._client.create_trial)(tuner_id)
        if trial.status == trials.TrialStatus.IDLE:
            self._waiting()
            time.sleep(BETWEEN)
        return trial

    def update_trial(self, trial_id, metrics, step=0):
        """Report metrics."""
        update = _again(self._client.update_trial)
        self._updated = update(trial_id, metrics, step=step)
        return self._updated

    def end_trial(self, trial):
        """Report the end of a trial, with the metrics once more.

        A chief that has been restarted since the update lacks them.
        """
        if self._updated and self._updated.trial_id == trial.trial_id:
            trial.metrics = self._updated.metrics
        _again(self._client.end_trial)(trial)


def _again(call):
    """Return the call, made again while the chief is away."""

    def patient(*args, **kwargs):
        for _ in range(TRIES):
            try:
                return call(*args, **kwargs)
            except grpc.RpcError as error:
                if error.code() != grpc.StatusCode.UNAVAILABLE:
                    raise
            time.sleep(1)
        return call(*args, **kwargs)

    return patient
