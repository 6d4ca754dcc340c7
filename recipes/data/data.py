"""Data: three splits with their roles, and sources readable at any index."""

import hashlib
import math
from dataclasses import dataclass, field

import numpy as np

ROLES = ("train", "validation", "test")
CHUNK = 4 * 2**20  # bytes of raw examples


class ArraySource:
    """Examples in memory.

    Args:
        array: Examples along the first axis.
    """

    files = None  # a name for each example, of a source that knows of files

    def __init__(self, array):
        self.array = array

    def __len__(self):
        return len(self.array)

    @property
    def shape(self):
        """Shape of one example."""
        return self.array.shape[1:]

    @property
    def dtype(self):
        """NumPy type of the examples."""
        return self.array.dtype

    def read(self, indices):
        """Return the examples at `indices`, in that order."""
        return self.array[indices]

    def digest(self):
        """Return what identifies the content, as bytes."""
        head = f"{self.array.dtype}{self.array.shape}".encode()
        body = np.ascontiguousarray(self.array).view(np.uint8).reshape(-1)
        return hashlib.sha256(head + body.data).digest()


@dataclass(frozen=True, eq=False)
class Split:
    """One role's examples.

    Args:
        role: `"train"`, `"validation"` or `"test"`.
        source: Where the examples are read, at any index.
        rows: Which of the source's rows belong to this split.
        labels: Class numbers (rows,), int8 rows of 0 and 1 (rows, labels), or
            float64 numbers (rows, targets).
    """

    role: str
    source: object
    rows: np.ndarray
    labels: np.ndarray

    def __len__(self):
        return len(self.rows)

    def read(self, positions=slice(None)):
        """Return the raw examples at these positions of the split."""
        return self.source.read(self.rows[positions])

    def files(self):
        """Return the name of each example's file, or None without files."""
        names = getattr(self.source, "files", None)
        return None if names is None else [names[row] for row in self.rows]

    def chunks(self, size=None):
        """Yield the examples in order, at most `size` at a time.

        By default as many as take 4 MiB, and no more than 1024.
        """
        if size is None:
            kind = getattr(self.source, "dtype", np.dtype("float64"))
            each = kind.itemsize * math.prod(self.source.shape)
            size = max(1, min(1024, CHUNK // max(1, each)))
        for start in range(0, len(self), size):
            yield self.read(slice(start, start + size))


@dataclass(frozen=True, eq=False)
class Data:
    """Everything a fit may know about its data.

    Args:
        name: What the user called it.
        train: Parameters learn from this split.
        validation: Hyperparameters are chosen on this one.
        test: Read once, at the end.
        features: `"image"`, `"table"` or `"text"`.
        target: `"class"`, `"labels"` or `"number"`.
        class_names: Names in the order of the class numbers, or of the
            columns of label rows, or None.
        feature_names: Names of a table's columns, or the one of a column of
            texts, or None.
        value_scale: What raw image values are multiplied with to lie in
            [0, 1].
        fold: Of a fold of cross-validation, whose `test` is what it holds
            out: its `number` from 1, how many `folds` there are, and the
            fingerprint of the data that it is a fold `of`.
        spec: The text that it was read by, to read it again, or None.
        target_names: Names of the numbers to predict, or None.
    """

    name: str
    train: Split
    validation: Split
    test: Split
    features: str
    target: str
    class_names: tuple | None = None
    feature_names: tuple | None = None
    value_scale: float = 1.0
    fold: dict | None = None
    spec: str | None = None
    target_names: tuple | None = None
    _cache: dict = field(default_factory=dict, repr=False, init=False)

    @property
    def splits(self):
        """The three splits, in the order of their roles."""
        return (self.train, self.validation, self.test)

    @property
    def input_shape(self):
        """Shape of one raw example."""
        return tuple(self.train.source.shape)

    @property
    def num_outputs(self):
        """Number of classes, of labels, or of numbers to predict."""
        if self.target == "class":
            return len(self.class_names)
        return self.train.labels.shape[1]

    @property
    def fingerprint(self):
        """Hash of the examples, the labels and who is in which split."""
        if "fingerprint" not in self._cache:
            digest = hashlib.sha256(str(self.class_names).encode())
            seen = {}
            for split in self.splits:
                source = split.source
                if id(source) not in seen:
                    seen[id(source)] = source.digest()
                digest.update(seen[id(source)])
                digest.update(np.ascontiguousarray(split.rows).tobytes())
                digest.update(np.ascontiguousarray(split.labels).tobytes())
            self._cache["fingerprint"] = digest.hexdigest()
        return self._cache["fingerprint"]
