"""Arrays of an `.npz` file, none larger than what is stored of it."""

import math
import zipfile

import numpy as np

_MOST = 200_000  # arrays


def check_arrays(path):
    """Refuse an `.npz` file that would take more memory than it has bytes.

    `numpy.load` allocates what a header claims before it reads, and unpacks
    what was compressed. `numpy.savez` does not compress.

    Args:
        path: Of the file; headers alone are read.

    Raises:
        ValueError: Naming the array.
        zipfile.BadZipFile: For what is no zip file.

    Example:

    >>> import io
    >>> file = io.BytesIO()
    >>> np.savez(file, zeros=np.zeros(3))
    >>> check_arrays(file)
    """
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        names = {member.filename for member in members}
        if len(names) != len(members) or len(members) > _MOST:
            raise ValueError("a name stands twice, or too many do")
        for member in members:
            stored = member.compress_type == zipfile.ZIP_STORED
            if not stored or member.file_size != member.compress_size:
                raise ValueError(f"{member.filename} is compressed")
            with archive.open(member) as file:
                _check_array(file, member)
        end = max((m.header_offset + m.file_size for m in members), default=0)
        whole = sum(member.file_size for member in members)
        if whole > end:
            raise ValueError("its arrays lie upon each other")


def _check_array(file, member):
    version = np.lib.format.read_magic(file)
    if version == (1, 0):
        read = np.lib.format.read_array_header_1_0
    else:
        read = np.lib.format.read_array_header_2_0
    shape, _, dtype = read(file)
    if dtype.hasobject or dtype.kind not in "biufcSUV":
        raise ValueError(f"{member.filename} holds objects")
    if math.prod(shape) * dtype.itemsize > member.file_size:
        raise ValueError(f"{member.filename} claims more than is there")
