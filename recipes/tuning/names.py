"""What a sweep's files are called, and in which words a trial ends."""

from pathlib import Path

SETTINGS, SETTINGS_COPY = "sweep.json", "sweep.copy.json"
JOURNAL = "journal.jsonl"
CHIEF_LOCK = "journal.lock"  # held by whoever writes the journal
LOCK = "sweep.lock"
BEST_OF = "best.json"  # of which trial the run in BEST is
TRIALS, BEST, WORKERS, DATA = "trials", "best", "workers", "data"
TENSORBOARD = "tensorboard"
TABLE = "trials.csv"
PICTURES = ("sweep.png", "parallel.png")
RESULT = "result.json"  # of a trial

# Keras Tuner's `trial.status`, as the journal has it too.
STATUS_COMPLETED, STATUS_FAILED = "COMPLETED", "FAILED"
STATUS_RUNNING, STATUS_STOPPED = "RUNNING", "STOPPED"
# Our own `ended` of a trial with a score, as result.json has it.
ENDED_COMPLETED = "completed"


def trial_folder(sweep, trial):
    """Return the folder of a trial by its id.

    >>> trial_folder("sweeps/first", "0007").as_posix()
    'sweeps/first/trials/trial_0007'
    """
    return Path(sweep) / TRIALS / f"trial_{trial}"
