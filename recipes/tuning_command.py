"""`recipes tune`: from a recipe and a budget to a better recipe."""

import sys

from recipes.commands import chosen
from recipes.errors import CheckFailedError, RecipeError
from recipes.options import add_recipe

SETTLED = ("recipe", "set", "seed", "seeds", "objective", "out", "overwrite")


def add(command):
    """Add the command.

    Args:
        command: Called with (name, what it does, words); returns its parser.
    """
    tuning = command(
        "tune",
        tune,
        "look for a better recipe in six steps, within a budget; exit code 3 "
        "if the check before it fails",
    )
    add_recipe(tuning, "?")
    tuning.add_argument(
        "--budget",
        metavar="TIME",
        help="of work: 90s, 10m (the default), 1h30m; all calls together",
    )
    tuning.add_argument("--seed", type=int, metavar="N")
    tuning.add_argument(
        "--seeds", type=int, metavar="N", help="of the best; by default 3"
    )
    tuning.add_argument(
        "--objective",
        metavar="NAME",
        help="val_loss (the default), val_accuracy, …",
    )
    tuning.add_argument("--out", metavar="DIR", help="the tune's folder")
    tuning.add_argument(
        "--force",
        action="store_true",
        help="go on in spite of a check that fails",
    )
    tuning.add_argument("--overwrite", action="store_true")
    tuning.add_argument(
        "--resume",
        metavar="DIR",
        help="go on with the tune in a folder, which knows all the rest; DATA "
        "beside it says where its data lie now",
    )
    tuning.set_defaults(epochs=None)


def tune(options):
    """Tune a recipe, or go on with it; 3 if the check before it fails."""
    try:
        if options.resume is None:
            _begun(options)
        else:
            _resumed(options)
    except CheckFailedError as error:
        print(f"recipes: {error}", file=sys.stderr)
        return 3
    return 0


def _begun(options):
    if options.data is None:
        raise RecipeError("recipes tune takes DATA, or --resume DIR.")
    names = ("budget", "seeds", "objective")
    given = {name: getattr(options, name) for name in names}
    chosen(options).tune(
        options.data,
        directory=options.out,
        force=options.force,
        overwrite=options.overwrite,
        **{name: value for name, value in given.items() if value is not None},
    )


def _resumed(options):
    from recipes.recipe import Recipe
    from recipes.six_steps.resuming import resume

    given = [name for name in SETTLED if getattr(options, name)]
    if given:
        said = ", ".join(f"--{name}" for name in given)
        raise RecipeError(
            f"--resume goes on with what {options.resume} says; leave out "
            f"{said}."
        )
    more = {"budget": options.budget, "force": options.force}
    resume(options.resume, Recipe.from_json, options.data, **more)
