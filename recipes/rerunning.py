"""rerun: a finished run made again from its folder alone, and compared."""

from pathlib import Path
from typing import NamedTuple

from callbacks import SteadyConsole
from recipes.runs import load_run
from recipes.training import folder
from recipes.training.fit import fit
from recipes.training.rerun import again, place
from recipes.training.rerun.comparison import Comparison, compare, results
from recipes.training.run import Run

NAME = folder.RERUN


class Rerun(NamedTuple):
    """What `rerun` returns.

    Args:
        run: The new `Run`.
        comparison: With the one before: `same`, `verdict`, `table()`,
            `metrics`, `parts`.
        otherwise: What the new one was made with in another way, a line each.
    """

    run: Run
    comparison: Comparison
    otherwise: list

    @property
    def same(self):
        """Whether nothing differs by more than rounding does."""
        return self.comparison.same

    @property
    def verdict(self):
        """One line: how far the two are the same."""
        return self.comparison.verdict


def rerun(directory, out=None, data=None, *, verbose=True):
    """Make a finished run again from its folder alone, and compare the two.

    Use it to prove that a result can be had again, here or on another
    machine. The resolved recipe of `recipe.json` is fitted on the data that
    `environment.json` names, split as they were. What was otherwise (versions,
    device) is said first. Then each metric, each epoch of the history and each
    weight are compared. On a machine that computes the same again they are
    the same to the last bit, of a run that was resumed too.

    Callbacks of your own are known by their names alone: it is fitted without
    them, and says so.

    Args:
        directory: The folder of a finished run, of a fold too.
        out: The folder of the new run, or None for the next free one beside
            the old, `DIRECTORY-rerun-N`. One in which a rerun of it was cut
            off goes on, or is only compared. It gets rerun.json.
        data: What the run was trained on, where no spec leads to it, or in
            another place than it was.
        verbose: Whether to print what a fit prints, the table and the verdict.

    Returns:
        A `Rerun`: `run`, `comparison`, `same`, `verdict`.

    Raises:
        RunError: For a folder without a finished run, an ensemble, a run of
            another backend, and data that no spec leads to.
        DataError: For data of another fingerprint.

    On the command line: `recipes rerun runs/first`; its exit code is 3 if
    anything differs by more than rounding does, 1e-4.

    Example:

    >>> import recipes
    >>> recipes.rerun("runs/none")
    Traceback (most recent call last):
    ...
    recipes.errors.RunError: runs/none holds no run: recipe.json is missing.
    """
    console = SteadyConsole.plain(quiet=not verbose)
    again.refuse_no_run(directory)
    before = load_run(directory)
    again.refuse_unlike(before)
    found = again.data_of(before, data)
    command = place.command(before, out, data)
    made = False
    if out is not None:
        out = Path(out).expanduser()
        made = place.is_made(out, before)
        if not made:
            folder.refuse_taken(out, overwrite=False)
    old = results(before)  # a damaged file is found before the fit
    how = again.told(before)
    now = again.environment_now(before, found)
    unknown = again.unknown(before)
    for line in [*again.made_otherwise(before.environment, now), *unknown]:
        console.print(line)
    how |= {"verbose": verbose, "command": command}
    if out is None:
        out = place.beside(before, found)
        made = place.is_made(out, before)
    if made:
        console.print(f"{out} holds a rerun already: it is compared")
    else:
        fit(before.recipe, found, directory=out, **how)
    after = load_run(out)  # as it lies on disk
    comparison = compare(old, results(after))
    otherwise = again.made_otherwise(before.environment, after.environment)
    about = {
        "of": str(before.directory),
        **comparison.to_dict(),
        "otherwise": otherwise,
        "unknown": unknown,
    }
    folder.write_json(out / NAME, about)
    console.print(comparison.table())
    console.print(comparison.verdict)
    return Rerun(after, comparison, otherwise)
