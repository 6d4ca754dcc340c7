"""TensorFlow, where nobody asked for it: its remarks, and its import."""

import logging
import os
import sys
import tempfile
from contextlib import contextmanager
from importlib.util import find_spec

from recipes.errors import UserError

BACKENDS = ("tensorflow", "jax")


@contextmanager
def many_models():
    """Fit several models without TensorFlow's remarks that each is traced."""
    logger = logging.getLogger("tensorflow")

    def worth_saying(record):
        return "triggered tf.function retracing" not in record.getMessage()

    logger.addFilter(worth_saying)
    try:
        yield
    finally:
        logger.removeFilter(worth_saying)


def import_keras():
    """Import Keras; what its backend says meanwhile is shown only if it fails.

    TensorFlow's C++ parts write half a dozen lines about drivers and
    instruction sets straight to the file descriptor, whatever the log level.
    """
    backend = os.environ.get("KERAS_BACKEND", BACKENDS[0])
    if backend not in BACKENDS:
        raise UserError(
            f"KERAS_BACKEND must be one of {', '.join(BACKENDS)}. "
            f"Received: {backend!r}"
        )
    with hushed(show=True):
        import keras  # noqa: F401


def light_backend():
    """Return the backend for what computes nothing, or None: the usual.

    NumPy, which takes 3 s to import in place of 9; but Keras has it only
    where JAX is installed.
    """
    return "numpy" if find_spec("jax") else None


@contextmanager
def hushed(show=False):
    """Keep what is written to the descriptor of standard error to oneself.

    Args:
        show: Whether it is written after all if the code fails.
    """
    try:
        kept = os.dup(2)
    except OSError:  # no standard error at all
        yield
        return
    with tempfile.TemporaryFile() as said:
        sys.stderr.flush()
        os.dup2(said.fileno(), 2)
        try:
            yield
        except BaseException:
            if show:
                said.seek(0)
                os.write(kept, said.read())
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)


@contextmanager
def tensorflow_unasked():
    """Keep Keras on another backend from importing TensorFlow.

    To learn whether an object is a TensorFlow shape, Keras' serialization
    imports TensorFlow wherever it is installed: 5 seconds, and GPU memory. A
    TensorFlow that somebody has imported already is left alone.
    """
    import keras

    if keras.backend.backend() == "tensorflow" or "tensorflow" in sys.modules:
        yield
        return
    sys.modules["tensorflow"] = None  # importing it now fails at once
    try:
        yield
    finally:
        del sys.modules["tensorflow"]
        utilities = sys.modules.get("keras.src.utils.module_utils")
        asked = getattr(utilities, "tensorflow", None)
        if hasattr(asked, "_available"):
            asked._available = None  # let Keras ask again, later
