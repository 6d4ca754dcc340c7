"""Why a fit failed: the user's error, its memory, its numbers, the backend.

The kinds are told by the names of the backends' own types, so that neither
backend is imported for it.
"""

import gc
from contextlib import contextmanager

import keras_tuner

from recipes.errors import DivergedError, UserError

MEMORY, DIVERGED, CRASHED, USER = (
    "out_of_memory",
    "diverged",
    "crashed",
    "user",
)
MAX_CRASHES = 3  # of a trial in all, after which it has failed

# With which TensorFlow and XLA say that memory was all, whatever the type.
ALL_MEMORY = (
    "RESOURCE_EXHAUSTED",
    "OOM when allocating",
    "Dst tensor is not initialized",
    "CUDA_ERROR_OUT_OF_MEMORY",
    "CUBLAS_STATUS_ALLOC_FAILED",
    "CUDNN_STATUS_ALLOC_FAILED",
)
TENSORFLOW_CRASHES = (
    "InternalError",
    "UnknownError",
    "AbortedError",
    "UnavailableError",
)
XLA = ("XlaRuntimeError", "JaxRuntimeError")
XLA_CRASHES = ("INTERNAL", "UNKNOWN", "ABORTED", "UNAVAILABLE")


class TrialError(keras_tuner.errors.FatalError):
    """The user's own error in a trial; its `__cause__` is the original.

    Keras Tuner lets only this kind through; `own_errors` raises the original
    again, outside of it.
    """


class GaveUp(Exception):
    """A fit that ends its trial, and no other.

    Args:
        ended: `"diverged"`, `"out_of_memory"` or `"crashed"`.
        message: What happened, and how to mend it.
        crashes: How many there are by then.
    """

    def __init__(self, ended, message, crashes=0):
        super().__init__(message)
        self.ended, self.crashes = ended, crashes


def kind_of(error):
    """Return why a fit failed.

    Args:
        error: The exception.

    Returns:
        `"out_of_memory"`, `"diverged"`, `"crashed"` or `"user"`.

    Example:

    >>> kind_of(MemoryError()), kind_of(ValueError("impossible shape"))
    ('out_of_memory', 'user')
    """
    if isinstance(error, DivergedError):
        return DIVERGED
    if isinstance(error, UserError) and error.__cause__ is not None:
        return kind_of(error.__cause__)  # as a builder's errors are told
    if isinstance(error, MemoryError):
        return MEMORY
    names, message = _backend_types(error), str(error)
    if "ResourceExhaustedError" in names:
        return MEMORY
    if names and any(words in message for words in ALL_MEMORY):
        return MEMORY
    if "Traceback (most recent call last)" in message:
        return USER  # Python code that TensorFlow called
    if any(name in TENSORFLOW_CRASHES for name in names):
        return CRASHED
    if any(name in XLA for name in names):
        status = message.lstrip().partition(":")[0]
        return CRASHED if status in XLA_CRASHES else USER
    return USER


def _backend_types(error):
    """Return the names of the types that are TensorFlow's or JAX' own."""
    return [
        kind.__name__
        for kind in type(error).__mro__
        if kind.__module__.split(".")[0] in ("tensorflow", "jax", "jaxlib")
    ]


def endure(fit, memory, clear, most=MAX_CRASHES, crashes=0):
    """Fit, with less at once where memory is all, and again after a crash.

    Args:
        fit: Called without arguments; fits `memory.recipe`.
        memory: The `Memory` of the trial.
        clear: Removes what a fit of larger batches has left.
        most: Crashes in all after which it is not tried again, from 1.
        crashes: How many of these there were before.

    Returns:
        (what `fit` returned, how many crashes there are by now).

    Raises:
        GaveUp: For what ends this trial alone.
        Exception: The user's own, as it was.
    """
    while True:
        try:
            return fit(), crashes
        except Exception as error:
            kind, message = kind_of(error), f"{type(error).__name__}: {error}"
            if kind == USER:
                raise
            if kind == DIVERGED:
                raise GaveUp(DIVERGED, str(error), crashes) from None
        # Here no traceback holds the failed model any more.
        gc.collect()
        if kind == CRASHED:
            crashes += 1
            if crashes >= most:
                raise GaveUp(
                    CRASHED,
                    f"The trial crashed {crashes} times. The last: {message}",
                    crashes,
                )
        elif not memory.halve():
            raise GaveUp(
                MEMORY,
                "Out of memory with batches of "
                f"{memory.recipe.batch_size}, and no smaller one can be had. "
                f"{message}",
                crashes,
            )
        else:
            clear()


@contextmanager
def fatal(trial_id, values):
    """Let a user's error through Keras Tuner, with the trial's name."""
    try:
        yield
    except Exception as error:
        said = ", ".join(f"{name}={value!r}" for name, value in values.items())
        error.add_note(f"In trial {trial_id} of the sweep: {said}")
        raise TrialError(f"trial {trial_id}: {error}") from error


@contextmanager
def own_errors():
    """Raise the user's error as it was, with its own traceback."""
    original = None
    try:
        yield
    except TrialError as error:
        original = error.__cause__
    if original is not None:
        raise original
