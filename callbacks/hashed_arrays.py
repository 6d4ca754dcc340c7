"""Arrays into a file, hashed on their way: nothing is read again.

The bytes are those of an `.npz` that is not compressed. A zip file usually
goes back to fill in the sizes; one that cannot puts them behind each array, so
that what was hashed stays as it was written.
"""

import hashlib
import io
import zipfile

import numpy as np

CHUNK = 2**18  # bytes at a time: they stay in the processor's cache


def write_arrays(file, arrays):
    """Write an `.npz`, and return the sha256 of its bytes as hexadecimals.

    No array is copied. Other threads run while a large one is hashed and
    written.

    Args:
        file: Open for writing bytes, at its beginning.
        arrays: Name → array of numbers or booleans.

    Example:

    >>> file = io.BytesIO()
    >>> digest = write_arrays(file, {"a": np.arange(3)})
    >>> hashlib.sha256(file.getvalue()).hexdigest() == digest
    True
    >>> _ = file.seek(0)
    >>> np.load(file)["a"]
    array([0, 1, 2])
    """
    hashed = _Hashed(file)
    with zipfile.ZipFile(hashed, "w") as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                _write_array(member, np.asarray(array, order="C"))
    return hashed.sha256.hexdigest()


class _Hashed(io.RawIOBase):
    """A file that only grows, and hashes what it is given."""

    def __init__(self, file):
        super().__init__()
        self.file, self.sha256 = file, hashlib.sha256()

    def writable(self):
        return True

    def write(self, content):
        self.sha256.update(content)
        return self.file.write(content)


def _write_array(file, array):
    header = np.lib.format.header_data_from_array_1_0(array)
    np.lib.format.write_array_header_1_0(file, header)
    content = array.reshape(-1).view("uint8").data
    for begin in range(0, len(content), CHUNK):
        file.write(content[begin : begin + CHUNK])
