"""The page of a run, gathered, made, and written."""

from recipes.quiet import many_models
from recipes.report import file
from recipes.report.run_page import run_page
from recipes.training.reporting.gathered import Gathered


def report(run, path=None, data=None, model=True, overwrite=False):
    """Write the page of a run, and return its path; see `Run.report`."""
    where = file.place(path, run.directory, overwrite)
    with many_models():
        found = run_page(Gathered(run, data, model))
    return file.write(where, found)
