"""A split of the data that a run was trained on, read again."""

from recipes.data import catalog
from recipes.data.data import ROLES
from recipes.data.embedded import NAMES
from recipes.errors import DataError, suggest
from recipes.training.evaluate import all_rows, load_again, refuse_leak

ALL_ROWS = ", or take all rows of this: split='all'"
OWN_AGAIN = (
    "bring it back as it was, or hand over a copy of it: data=… (--data on "
    "the command line)"
)


def own_split(run, spec, split):
    """Return a split as the run drew it, or all rows of any data.

    Args:
        run: A `Run`.
        spec: A data spec, see `recipes.data.load`; None reads the run's own
            data again, where a name or a path leads to them.
        split: `"train"`, `"validation"` or `"test"`, of the data that the run
            was trained on; or `"all"` rows of any data.

    Raises:
        DataError: For data that cannot be read again, a named split of other
            data, and rows that a member of an ensemble was trained on.
    """
    if split not in (*ROLES, "all"):
        legal = (*ROLES, "all")
        raise DataError(
            f"the split {split!r}",
            ", ".join(legal),
            suggest(split, legal).strip() or "name one",
        )
    if split == "all":
        return all_rows(run, _own_spec(run) if spec is None else spec)
    return getattr(own_data(run, spec, split, ALL_ROWS), split)


def own_data(run, spec=None, split="train", more=""):
    """Return the `Data` that a run was trained on, split as it was.

    Args:
        run: A `Run`.
        spec: As of `own_split`.
        split: The one that will be looked at.
        more: What else the caller can do than to hand over that data.

    Raises:
        DataError: As of `own_split`.
    """
    given, spec = spec, _own_spec(run) if spec is None else spec
    refuse_leak(run, spec, split)
    mend = OWN_AGAIN if given is None else "hand over that data"
    about = run.environment["data"]
    known = f"{about['name']} as it was, whose {split} split is known"
    try:
        data = load_again(run.environment, spec)
    except DataError as error:  # of other data too: say so, if it is any
        name = None if given is None else _name(given)
        if name is None or spec == about.get("spec"):
            raise
        words = f"{name}, other data than the run was trained on: {error.found}"
        raise DataError(words, known, f"{mend}{more}") from error
    if data.fingerprint != about["fingerprint"]:
        words = f"{data.name}, other data than the run was trained on"
        raise DataError(words, known, f"{mend}{more}")
    return data


def _name(spec):
    """Return what data is called, or None if it cannot be read at all."""
    try:
        return catalog.read(spec).name
    except DataError:
        return None


def _own_spec(run):
    """Return the text that the run's data was read by.

    Raises:
        DataError: For arrays and the like, which no text leads to.
    """
    about = run.environment["data"]
    found = about.get("spec")
    if found is None and about["name"] in NAMES:
        found = about["name"]  # a run from before specs were kept
    if found is None:
        raise DataError(
            f"no text that leads to {about['name']!r}, which was handed over",
            "the data that the run was trained on",
            "hand it over again: data=…",
        )
    return found
