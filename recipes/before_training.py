"""The commands that try before the training is paid for.

The options are those of `recipes fit`, as far as they matter here.
"""

from recipes import tuning_command
from recipes.commands import chosen
from recipes.options import add_recipe


def add(command):
    """Add the commands.

    Args:
        command: Called with (name, what it does, words); returns its parser.
    """
    trial = command(
        "check",
        check,
        "look and try before training; exit code 3 if something fails",
    )
    _add_recipe(trial)
    trial.add_argument(
        "--out", metavar="DIR", help="a folder for check.json and check.png"
    )
    test = command(
        "range-test",
        range_test,
        "find learning rates: a short training at rates that rise; exit code "
        "3 if nothing is suggested",
    )
    _add_recipe(test)
    test.add_argument("--seeds", type=int, default=1, metavar="N")
    test.add_argument(
        "--lowest", type=float, default=1e-7, metavar="RATE", help="the first"
    )
    test.add_argument(
        "--highest", type=float, default=10.0, metavar="RATE", help="the last"
    )
    test.add_argument("--steps", type=int, default=100, metavar="N")
    test.add_argument(
        "--out", metavar="DIR", help="folder for the picture and the numbers"
    )
    tuning_command.add(command)


def _add_recipe(command):
    add_recipe(command)
    command.add_argument("--seed", type=int, metavar="N")
    command.set_defaults(epochs=None)


def check(options):
    """Print the verdict and each check; 3 if one fails."""
    found = chosen(options).check(options.data, directory=options.out)
    return 3 if found.verdict == "fail" else 0


def range_test(options):
    """Find learning rates for a recipe on data; 3 if none is suggested."""
    found = chosen(options).range_test(
        options.data,
        seeds=options.seeds,
        lowest=options.lowest,
        highest=options.highest,
        steps=options.steps,
        directory=options.out,
    )
    return 3 if found.suggestion is None else 0
