"""A split of the data that a run was trained on, read again."""

from recipes.data.data import ROLES
from recipes.data.embedded import NAMES
from recipes.errors import DataError, suggest
from recipes.training.evaluate import all_rows, load_again, refuse_leak


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
    return getattr(own_data(run, spec, split), split)


def own_data(run, spec=None, split="train"):
    """Return the `Data` that a run was trained on, split as it was.

    Args:
        run: A `Run`.
        spec: As of `own_split`.
        split: The one that will be looked at.

    Raises:
        DataError: As of `own_split`.
    """
    spec = _own_spec(run) if spec is None else spec
    refuse_leak(run, spec, split)
    data = load_again(run.environment, spec)
    about = run.environment["data"]
    if data.fingerprint != about["fingerprint"]:
        raise DataError(
            f"{data.name}, other data than the run was trained on",
            f"{about['name']} as it was, whose {split} split is known",
            "hand over that data, or take all rows of this: split='all'",
        )
    return data


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
