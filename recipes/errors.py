"""The mistakes a user can make, each with its mend.

Every message says what was found, what was expected and how to mend it. The
command line prints it as one line and exits with 2.
"""

import difflib


class UserError(ValueError):
    """Base of all errors that the caller, not the library, has to mend."""


class RecipeError(UserError):
    """A recipe that cannot be: a misspelt name, an illegal value, a clash."""


class CheckFailedError(RecipeError):
    """A check before training that fails, so that no tuning is begun."""


class RunError(UserError):
    """A run folder that cannot be used, or a run that went wrong."""


class DivergedError(RunError):
    """A run whose loss or weights are no finite numbers any more."""


class DataError(UserError):
    """Data that cannot be trained on; it says where, what, and the mend.

    Args:
        found: What is wrong, as found.
        expected: What would be right.
        mend: What the caller can do about it.
        split: `"train"`, `"validation"`, `"test"`, or None before splitting.
        index: Row within that split (or within the source), from 0.
        file: The file at fault.

    Example:

    >>> raise DataError("NaN", "finite numbers", "drop the row",
    ...                 split="train", index=3)
    Traceback (most recent call last):
    ...
    recipes.errors.DataError: train split, index 3: found NaN; expected \
finite numbers. To mend it: drop the row.
    """

    def __init__(
        self, found, expected, mend, *, split=None, index=None, file=None
    ):
        self.found, self.expected, self.mend = found, expected, mend
        self.split, self.index, self.file = split, index, file
        places = [
            f"{split} split" if split else "",
            f"index {index}" if index is not None else "",
            str(file) if file is not None else "",
        ]
        where = ", ".join(place for place in places if place) or "data"
        super().__init__(
            f"{where}: found {found}; expected {expected}. To mend it: {mend}."
        )

    def __reduce__(self):
        """Survive the trip between processes with every field."""
        place = {"split": self.split, "index": self.index, "file": self.file}
        return (_rebuild, (self.found, self.expected, self.mend, place))


def _rebuild(found, expected, mend, place):
    return DataError(found, expected, mend, **place)


def suggest(wrong, right):
    """Return ' Did you mean …?' where a legal name is near, else ''.

    Example:

    >>> suggest("rezu", ["relu", "elu"])
    " Did you mean 'relu'?"
    """
    near = difflib.get_close_matches(str(wrong), [str(r) for r in right], n=1)
    return f" Did you mean {near[0]!r}?" if near else ""
