"""How much memory the variables of a model may take while it is made."""

import contextlib
import contextvars
import math
import threading

import keras

from recipes.safety.refused import RefusedError

# Keras' class is changed once for all threads, and given back by the last.
_lock, _open = threading.RLock(), []
_left = contextvars.ContextVar("bytes that variables may still take")


@contextlib.contextmanager
def bounded(most):
    """Refuse variables of more bytes than these, before they are allocated.

    A file of a few bytes can ask for a layer of 10^12 weights, which Keras
    allocates before it looks whether the file has them. What other threads
    make meanwhile is not counted.

    Args:
        most: Bytes of all variables that are made inside.

    Raises:
        RefusedError: Of a variable that does not fit.
    """
    with _lock:
        give_back = _open[-1] if _open else _patch()
        _open.append(give_back)
    token = _left.set(most)
    try:
        yield
    finally:
        _left.reset(token)
        with _lock:
            _open.pop()
            if not _open:
                give_back()


def _patch():
    kind, before = keras.Variable, keras.Variable.__dict__.get("__init__")
    made = kind.__init__

    def counted(self, initializer, shape=None, dtype=None, *args, **kwargs):
        _count(shape, dtype)
        made(self, initializer, shape, dtype, *args, **kwargs)

    def give_back():
        if before is None:
            del kind.__init__
        else:
            kind.__init__ = before

    kind.__init__ = counted
    return give_back


def _count(shape, dtype):
    left = _left.get(None)
    if left is None or shape is None:
        return
    sides = [s for s in tuple(shape) if isinstance(s, int)]
    left -= math.prod(sides) * _width(dtype)
    if left < 0:
        raise RefusedError(
            f"it asks for weights of shape {tuple(shape)}, far more than it "
            "holds"
        )
    _left.set(left)


def _width(dtype):
    name = str(dtype or keras.config.floatx())
    bits = "".join(c for c in name.partition("_")[0] if c.isdigit())
    return max(1, int(bits or 32) // 8)
