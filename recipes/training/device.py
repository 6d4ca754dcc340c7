"""The device: what it is, how its memory grows, which precision suits it."""

import os
from typing import NamedTuple

import keras


class Device(NamedTuple):
    """What a run computes on.

    Args:
        kind: `"cpu"`, `"gpu"` or `"tpu"`.
        name: As the vendor calls it.
        capability: (major, minor) of an NVIDIA GPU, else None.
    """

    kind: str
    name: str
    capability: tuple | None = None


def find_device():
    """Return the first device, letting GPU memory grow as needed."""
    if keras.backend.backend() == "jax":
        return _jax_device()
    if keras.backend.backend() == "tensorflow":
        return _tensorflow_device()
    return Device("cpu", keras.backend.backend())


def choose_policy(policy, device):
    """Return the dtype policy for `"auto"`, or the one that was given.

    A GPU with bfloat16 units (compute capability 8.0 and up) gets
    `mixed_bfloat16`, one with float16 units (7.0 and up) `mixed_float16`,
    everything else float32.

    >>> choose_policy("auto", Device("gpu", "A100", (8, 0)))
    'mixed_bfloat16'
    >>> choose_policy("auto", Device("cpu", "x86"))
    'float32'
    """
    if policy != "auto":
        return policy
    if device.kind != "gpu" or device.capability is None:
        return "mixed_bfloat16" if device.kind == "tpu" else "float32"
    if device.capability >= (8, 0):
        return "mixed_bfloat16"
    return "mixed_float16" if device.capability >= (7, 0) else "float32"


def _jax_device():
    # Read when the first array is made; a user's own setting is kept.
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
    import jax

    device = jax.devices()[0]
    capability = getattr(device, "compute_capability", None)
    if capability is not None:
        capability = tuple(int(part) for part in str(capability).split("."))
    return Device(device.platform, device.device_kind, capability)


def _tensorflow_device():
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    if not gpus:
        return Device("cpu", "CPU")
    for gpu in gpus:
        try:
            tf.config.experimental.set_memory_growth(gpu, True)
        except RuntimeError:
            pass  # the process has used the GPU before: its setting stands
    details = tf.config.experimental.get_device_details(gpus[0])
    return Device(
        "gpu",
        details.get("device_name", gpus[0].name),
        details.get("compute_capability"),
    )
