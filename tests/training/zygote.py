"""Forks processes that have imported all and computed nothing.

TensorFlow takes 6 to 10 seconds to import: tests that need many processes let
this one do it once. What it may not have done before it forks: an operation,
by which a backend begins its threads. Read by lines: `{"code": …, "log": …,
"given": {…}}` begins a process, which runs the code with what is given as
`given`; a process's number asks for its exit code, as of
`subprocess.Popen.returncode`.
"""

import json
import os
import signal
import sys

import keras
import sklearn.datasets

import recipes.sweeps
import recipes.training.cross_validate
import recipes.training.fit
import recipes.training.going_on.unfinished  # noqa: F401

if __name__ == "__main__" and keras.backend.backend() == "jax":
    import jax

    # Each process compiles the same again.
    jax.config.update("jax_compilation_cache_dir", os.environ["JAX_CACHE"])
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)
elif __name__ == "__main__":
    import tensorflow  # noqa: F401

PIXELS, DIGITS = sklearn.datasets.load_digits(return_X_y=True)


def serve():
    """Return what a child has to run; the parent stays until it is told."""
    print("ready", flush=True)
    for line in sys.stdin:
        told = json.loads(line)
        if isinstance(told, int):
            pid, status = os.waitpid(told, os.WNOHANG)
            code = os.waitstatus_to_exitcode(status) if pid else None
            print(json.dumps(code), flush=True)
            continue
        pid = os.fork()
        if not pid:
            return told
        print(pid, flush=True)
    return None


def become(told):
    """Be as a process that was begun alone."""
    null = os.open(os.devnull, os.O_RDONLY)
    log = os.open(told["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for old, new in ((null, 0), (log, 1), (log, 2)):
        os.dup2(old, new)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


if __name__ == "__main__":
    job = serve()
    if job is not None:
        become(job)
        names = {"given": job["given"], "PIXELS": PIXELS, "DIGITS": DIGITS}
        exec(compile(job["code"], "job", "exec"), names)
