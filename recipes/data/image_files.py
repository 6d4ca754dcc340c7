"""Images that stay on disk, and are decoded when they are read."""

import hashlib

import numpy as np

from recipes.data.data import ArraySource
from recipes.data.images import decode, threaded


class _Files:
    """What sources of image files share: the files themselves."""

    def _keep_files(self, paths, size, channels, sizes, files):
        self.paths, self.size, self.channels = paths, size, channels
        self.files = files
        self.sizes = np.asarray(sizes, "float32").reshape(-1, 2)

    def originals(self, indices):
        """Return the images at `indices` in their own sizes, undecoded."""
        return Undecoded(self, np.asarray(indices))

    def digest(self):
        """Return what identifies the images: the bytes of their files."""
        shape = (len(self.paths), *self.size, self.channels)
        digest = hashlib.sha256(f"files{shape}".encode())
        for found in threaded(_file_digest, self.paths):
            digest.update(found)
        return digest.digest()


class FolderSource(_Files):
    """Images on disk, decoded when they are read.

    Args:
        paths: Files, in order.
        size: (height, width) that all are resized to.
        channels: 1 or 3.
        sizes: (height, width) of each file, upright, of shape (n, 2).
        files: Names of the files for people, or None.
    """

    dtype = np.dtype("uint8")

    def __init__(self, paths, size, channels, sizes, files=None):
        self._keep_files(paths, size, channels, sizes, files)

    def __len__(self):
        return len(self.paths)

    @property
    def shape(self):
        """Shape of one example."""
        return (*self.size, self.channels)

    def read(self, indices):
        """Return the images at `indices`, in that order."""
        if isinstance(indices, slice):
            indices = range(*indices.indices(len(self)))
        pictures = [
            decode(self.paths[i], self.channels, self.size) for i in indices
        ]
        return np.stack(pictures)


class DecodedFolder(_Files, ArraySource):
    """Images of files, decoded once and kept.

    Args:
        array: The images, at one size.
        paths: Their files; see `FolderSource` for the rest.
        size: See there.
        channels: See there.
        sizes: See there.
        files: See there.
    """

    def __init__(self, array, paths, size, channels, sizes, files=None):
        super().__init__(array)
        self._keep_files(paths, size, channels, sizes, files)


class Undecoded:
    """Images in their own sizes; each is decoded as it is asked for.

    Args:
        source: A `FolderSource`.
        indices: Which of its images.

    Attributes:
        sizes: (height, width) of each, of shape (n, 2).
        reduced: By how much each is reduced as it is decoded: 1, 2, 4 or 8.
    """

    def __init__(self, source, indices):
        self.source, self.indices = source, indices
        self.sizes = source.sizes[indices]
        self.reduced = np.ones(len(indices), int)
        self._last = None, None

    def __len__(self):
        return len(self.indices)

    def squashed(self):
        """Return the size that all have in the data: (n, 2), and its sides."""
        size = tuple(self.source.size)
        return np.tile(np.array(size, "float32"), (len(self), 1)), size

    def __getitem__(self, i):
        if self._last[0] != i:
            path = self.source.paths[self.indices[i]]
            pixels = decode(
                path, self.source.channels, reduced=int(self.reduced[i])
            )
            self._last = i, pixels
        return self._last[1]


def _file_digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
