"""Hostile HDF5 files of weights, for a layer of 3 by 2."""

import h5py
import numpy as np

from tests.strangers import archives

SHAPE = (3, 2)


def external_link(group, folder):
    group["0"] = h5py.ExternalLink(str(folder / "secret.h5"), "/x")


def soft_link(group, folder):
    group["0"] = h5py.SoftLink("/layers/dense/vars/1")


def external_storage(group, folder):
    place = [(str(folder / "secret.bin"), 0, h5py.h5f.UNLIMITED)]
    group.create_dataset("0", SHAPE, "float32", external=place)


def virtual(group, folder):
    layout = h5py.VirtualLayout(SHAPE, "float32")
    layout[:] = h5py.VirtualSource(str(folder / "secret.h5"), "x", SHAPE)
    group.create_virtual_dataset("0", layout)


def texts(group, folder):
    group.create_dataset("0", SHAPE, h5py.string_dtype())


def references(group, folder):
    group.create_dataset("0", SHAPE, h5py.ref_dtype)


def chunked(group, folder):
    group.create_dataset(
        "0", (10**6, 10**6), "float32", chunks=(10, 10), compression="gzip"
    )


def one_chunk(group, folder):
    made = group.create_dataset(
        "0",
        SHAPE,
        "float32",
        chunks=(2**10, 2**12),
        compression="gzip",
        maxshape=(None, None),
    )
    made[:] = 1


def never_written(group, folder):
    group.create_dataset("0", (10**6, 10**6), "float32")


def small_and_never_written(group, folder):
    group.create_dataset("0", SHAPE, "float32")


def named_type(group, folder):
    group["0"] = np.dtype("float32")


def infinite(group, folder):
    group["0"] = np.full(SHAPE, np.inf, "float32")


def circle(group, folder):
    group["0"] = group.parent


def deep(group, folder):
    for _ in range(300):
        group = group.create_group("a")


def nothing(group, folder):
    group["0"] = h5py.Empty("float32")


WEIGHTS = {
    "external link": external_link,
    "soft link": soft_link,
    "external storage": external_storage,
    "virtual storage": virtual,
    "texts": texts,
    "references": references,
    "10^12 in chunks": chunked,
    "a chunk of 16 MiB": one_chunk,
    "10^12 never written": never_written,
    "never written": small_and_never_written,
    "a named type": named_type,
    "infinite": infinite,
    "a circle": circle,
    "300 groups deep": deep,
    "an empty space": nothing,
}


def write(path, make):
    """Write a file of weights, with a secret beside it."""
    folder = path.parent
    with h5py.File(folder / "secret.h5", "w") as file:
        file["x"] = np.ones(SHAPE, "float32")
    (folder / "secret.bin").write_bytes(np.ones(SHAPE, "float32").tobytes())
    path.write_bytes(archives.weights(lambda group: make(group, folder)))
