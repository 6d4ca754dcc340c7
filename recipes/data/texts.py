"""Texts in memory: one string per example."""

import hashlib

import numpy as np

from recipes.data.data import ArraySource
from recipes.data.raw import a_type
from recipes.errors import DataError

LONGEST_SHOWN = 60


class TextSource(ArraySource):
    """Texts in memory.

    Args:
        array: Strings, an object array of rank 1.
    """

    def digest(self):
        """Return what identifies the content, as bytes."""
        digest = hashlib.sha256(f"texts{self.array.shape}".encode())
        for text in self.array:
            body = str(text).encode("utf-8", "surrogatepass")
            digest.update(len(body).to_bytes(8, "little"))
            digest.update(body)
        return digest.digest()


def is_text(x):
    """Whether examples as they came are texts: strings along one axis.

    Example:

    >>> is_text(["a", None]), is_text(np.array([["1"], ["2"]])), is_text([1])
    (True, False, False)
    """
    x = x.to_numpy() if hasattr(x, "to_numpy") else x
    if isinstance(x, np.ndarray):
        if x.ndim != 1:
            return False
        return x.dtype.kind in "UST" or (x.dtype == object and _any_text(x))
    return isinstance(x, (list, tuple)) and _any_text(x)


def _any_text(values):
    return any(isinstance(value, (str, bytes)) for value in values)


def from_strings(x, role=None, places=None):
    """Return the source of a list or array of strings; bytes are UTF-8.

    Args:
        x: Strings or bytes, one per example.
        role: Split, for messages.
        places: File and line of each text, for messages.

    Raises:
        DataError: At the first that is missing, empty, or no text, or that
            UTF-8 cannot hold.
    """
    x = x.to_numpy() if hasattr(x, "to_numpy") else x
    texts = np.empty(len(x), object)
    for i, value in enumerate(x):
        try:
            value = value.decode() if isinstance(value, bytes) else value
        except UnicodeDecodeError as error:
            raise DataError(
                f"bytes that are no UTF-8 ({error.reason})",
                "texts, or their bytes in UTF-8",
                "decode them yourself, for instance with "
                "value.decode('latin-1')",
                split=role,
                index=i,
            ) from error
        texts[i] = str(value) if isinstance(value, str) else value
    source = TextSource(texts)
    check_texts(source, role, places)
    return source


def check_texts(source, role, places=None):
    """Refuse what is missing, empty, no string, or no UTF-8.

    Raises:
        DataError: With the split and index of the first.
    """
    for i, text in enumerate(source.array):
        expected = "a text with at least one word"
        mend = "drop the row or fill the value"
        if not isinstance(text, str):
            found = f"{str(text)[:LONGEST_SHOWN]!r}, {a_type(text)}"
        elif not text.strip():
            found = "an empty text"
        else:
            at = _surrogate(text)
            if at is None:
                continue
            found = f"half a character, {text[at]!r}, at position {at}"
            expected = "a text that UTF-8 can hold"
            mend = (
                "read the text again in its own encoding, or drop what is "
                "broken: text.encode('utf-8', 'ignore').decode()"
            )
        raise DataError(
            found,
            expected,
            mend,
            split=role,
            index=i,
            file=None if places is None else places[i],
        )


def _surrogate(text):
    """Return where a text has half of a surrogate pair, or None."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        return error.start
    return None
