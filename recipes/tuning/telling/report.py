"""The page of a sweep, gathered, made, and written."""

from recipes.quiet import many_models
from recipes.report import file
from recipes.report.sweep_page import sweep_page
from recipes.tuning.telling.gathered import GatheredSweep


def report(sweep, from_json, path, data, model, overwrite):
    """Write the page of a sweep, and return its path; see `Sweep.report`."""
    where = file.place(path, sweep.directory, overwrite)
    with many_models():
        found = sweep_page(GatheredSweep(sweep, from_json, data, model))
    return file.write(where, found)
