"""What each worker computes on: a share of the cores, or a GPU of its own."""

import os
import re
import subprocess
from pathlib import Path

from recipes.errors import RecipeError

THREADS = ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS")


def environments(workers, environ, cores=None, gpus=None):
    """Return the variables of each worker.

    On CPUs each gets a share of the cores, for as many threads as a lone
    process would start get in one another's way; what is set already stays.
    Another number of threads adds in another order: a trial here is not to
    the last digit what it is in one process, and after many epochs not to the
    second.
    With `"gpus"` each sees one device, whose memory grows as needed.

    Args:
        workers: Whole number from 0, or `"gpus"`.
        environ: The variables to begin with.
        cores: How many there are; None: those of this process.
        gpus: Names of the devices; None: those that the driver tells.

    Raises:
        RecipeError: For anything else, and for "gpus" without a GPU.

    Example:

    >>> for each in environments("gpus", {}, gpus=["0", "1"]):
    ...     print(each["CUDA_VISIBLE_DEVICES"])
    0
    1
    """
    if workers == "gpus":
        gpus = find_gpus(environ) if gpus is None else gpus
        if not gpus:
            raise RecipeError(
                "workers='gpus': no NVIDIA GPU is visible here (nvidia-smi -L "
                "lists them; CUDA_VISIBLE_DEVICES hides them). Say how many "
                "workers there shall be, for instance workers=2."
            )
        return [_on_gpu(environ, gpu) for gpu in gpus]
    whole = isinstance(workers, int) and not isinstance(workers, bool)
    if not whole or workers < 0:
        raise RecipeError(
            "`workers` must be a whole number of processes, 'gpus' (one for "
            "each), or None for this process; 0 prepares the folder alone. "
            f"Received: {workers!r}"
        )
    cores = _cores() if cores is None else cores
    share = max(1, cores // max(1, workers))
    own = dict.fromkeys(THREADS, str(share))
    if share == 1:
        own["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
    return [{**own, **environ} for _ in range(workers)]


def _on_gpu(environ, gpu):
    order = {}
    if "CUDA_VISIBLE_DEVICES" not in environ:
        order["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID"  # as nvidia-smi counts
    return {
        **environ,
        **order,
        "CUDA_VISIBLE_DEVICES": gpu,
        "TF_FORCE_GPU_ALLOW_GROWTH": "true",
        "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
    }


def _cores():
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def find_gpus(environ):
    """Return the names of the NVIDIA GPUs, without touching one.

    `CUDA_VISIBLE_DEVICES` is the answer where it is set; as CUDA does, what
    follows a negative number is not looked at.

    >>> find_gpus({"CUDA_VISIBLE_DEVICES": "2,0,-1,1"})
    ['2', '0']
    """
    given = environ.get("CUDA_VISIBLE_DEVICES")
    if given is not None:
        found = []
        for name in filter(None, (each.strip() for each in given.split(","))):
            if name.startswith("-"):
                break
            found.append(name)
        return found
    try:
        said = subprocess.run(
            ["nvidia-smi", "-L"], capture_output=True, text=True, timeout=60
        )
        return listed(said.stdout if said.returncode == 0 else "")
    except (OSError, subprocess.TimeoutExpired):
        known = Path("/proc/driver/nvidia/gpus")
        count = len(list(known.iterdir())) if known.is_dir() else 0
        return [str(number) for number in range(count)]


def listed(text):
    """Return the names in what `nvidia-smi -L` says; parts of a GPU by name.

    >>> listed("GPU 0: NVIDIA A100 (UUID: GPU-1f)")
    ['0']
    >>> listed('''GPU 0: NVIDIA A100 (UUID: GPU-1f)
    ...   MIG 1g.5gb Device 0: (UUID: MIG-2a)
    ...   MIG 1g.5gb Device 1: (UUID: MIG-2b)''')
    ['MIG-2a', 'MIG-2b']
    """
    found = []
    for line in text.splitlines():
        gpu = re.match(r"GPU (\d+):", line)
        part = re.match(r"\s+MIG .*\(UUID: (MIG-[^)]+)\)", line)
        if gpu:
            found.append([gpu[1], []])
        elif part and found:
            found[-1][1].append(part[1])
    return [name for gpu, parts in found for name in parts or [gpu]]
