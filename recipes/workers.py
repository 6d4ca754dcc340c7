"""One process of a sweep: `python -m recipes.workers chief|worker FOLDER`."""

import argparse
import sys

from recipes.errors import UserError
from recipes.tuning.workers.lifeline import watch


def main(arguments=None):
    """Be the chief, or a worker, of the sweep in a folder.

    Returns:
        The code to leave with: 0 when nothing is left to do, 2 for a mistake
        of the caller's, 75 between two trials, to be started again, and 76
        for an error in a trial.
    """
    parser = argparse.ArgumentParser(prog="python -m recipes.workers")
    kinds = parser.add_subparsers(dest="kind", required=True)
    chief = kinds.add_parser("chief", help="hands out the trials")
    chief.add_argument("folder", help="the sweep's folder")
    chief.add_argument(
        "--workers",
        type=int,
        required=True,
        help="how many there are, called worker-0, worker-1, …",
    )
    chief.add_argument(
        "--until", type=float, help="time after which no trial is begun"
    )
    worker = kinds.add_parser("worker", help="fits trials")
    worker.add_argument("folder", help="the sweep's folder")
    worker.add_argument(
        "--recycle",
        type=int,
        default=None,
        help="leave after so many trials, to be started again",
    )
    worker.add_argument(
        "--max-crashes",
        type=int,
        default=3,
        help="crashes in all after which a trial has failed",
    )
    given = parser.parse_args(arguments)
    watch()  # before what takes seconds to import
    try:
        return _be(given)
    except UserError as error:
        print(f"recipes.workers: {error}", file=sys.stderr)
        return 2


def _be(given):
    if given.kind == "chief":
        from recipes.recipe import Recipe
        from recipes.tuning.workers.chief import serve

        return serve(given.folder, Recipe.from_json, given.workers, given.until)
    from recipes.quiet import import_keras

    import_keras()
    from recipes.recipe import Recipe
    from recipes.tuning.workers.worker import work

    return work(
        given.folder, Recipe.from_json, given.recycle, given.max_crashes
    )


if __name__ == "__main__":
    raise SystemExit(main())
