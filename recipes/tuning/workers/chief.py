"""The chief: the one process that holds the oracle and writes the journal."""

import os
from contextlib import ExitStack
from pathlib import Path

from recipes.errors import RecipeError
from recipes.training.going_on.lock import held
from recipes.tuning import settings
from recipes.tuning.names import CHIEF_LOCK, JOURNAL, LOCK
from recipes.tuning.tuner import Tuner
from recipes.tuning.workers.lifeline import SUPERVISOR

VARIABLES = (
    "KERASTUNER_TUNER_ID",
    "KERASTUNER_ORACLE_IP",
    "KERASTUNER_ORACLE_PORT",
)
PATIENCE = 20.0  # seconds for a chief that is about to end


def names(workers):
    """Return the tuner ids of so many workers.

    >>> names(2)
    ['worker-0', 'worker-1']
    """
    return [f"worker-{number}" for number in range(workers)]


def serve(directory, from_json, workers, until=None):
    """Hand out trials until all are done; it loads no data.

    Args:
        directory: The sweep's folder.
        from_json: From the text of a recipe to the recipe.
        workers: How many workers there are. A trial that another one was at
            is given to the next that asks.
        until: Of the clock, `time.time()`: then no trial is begun. None: as
            long as there are trials.
    """
    path = Path(directory)
    check_variables(["chief"])
    about = settings.read(path, from_json)
    with ExitStack() as locks:
        if SUPERVISOR not in os.environ:  # which holds it itself
            locks.enter_context(held(path / LOCK, "sweeps into this folder"))
        locks.enter_context(
            held(path / CHIEF_LOCK, "is this sweep's chief", PATIENCE)
        )
        tuner = Tuner(about, path, None, None)
        tuner.oracle.open(path / JOURNAL, names(workers))
        tuner.oracle.until = until
        tuner.search()


def check_variables(legal):
    """Refuse Keras Tuner's three variables where they are not as they must be.

    Args:
        legal: What KERASTUNER_TUNER_ID may be; None: any worker's.

    Raises:
        RecipeError: Naming the variable.
    """
    for name in VARIABLES:
        if not os.environ.get(name):
            raise RecipeError(f"The variable {name} is not set.")
    found = os.environ[VARIABLES[0]]
    right = found.startswith("worker-") if legal is None else found in legal
    if not right:
        raise RecipeError(
            f"{VARIABLES[0]} must be {legal or 'worker-0, worker-1, …'}. "
            f"Received: {found!r}"
        )
