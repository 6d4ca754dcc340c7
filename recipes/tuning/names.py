"""What a sweep's files are called, and in which words a trial ends."""

SETTINGS, SETTINGS_COPY = "sweep.json", "sweep.copy.json"
JOURNAL = "journal.jsonl"
CHIEF_LOCK = "journal.lock"  # held by whoever writes the journal
LOCK = "sweep.lock"
BEST_OF = "best.json"  # of which trial the run in BEST is
TRIALS, BEST, WORKERS, DATA = "trials", "best", "workers", "data"
TENSORBOARD = "tensorboard"
TABLE = "trials.csv"
PICTURES = ("sweep.png", "parallel.png")

# Keras Tuner's `trial.status`, as the journal has it too.
STATUS_COMPLETED, STATUS_FAILED = "COMPLETED", "FAILED"
STATUS_RUNNING = "RUNNING"
# Our own `ended` of a trial with a score, as result.json has it.
ENDED_COMPLETED = "completed"
