"""The commands that try before the training is paid for."""

from recipes.options import DATA, add_set


def add(command):
    """Add `recipes check`.

    Args:
        command: (name, function of the options, words) → a parser.
    """
    parser = command(
        "check",
        check,
        "look and try before training; exit code 3 if something fails",
    )
    parser.add_argument("data", metavar="DATA", help=DATA)
    parser.add_argument("--recipe", metavar="NAME", help="see: recipes list")
    add_set(parser)
    parser.add_argument("--seed", type=int, metavar="N")
    parser.add_argument(
        "--out", metavar="DIR", help="a folder for check.json and check.png"
    )


def check(options):
    """Print the verdict and each check; 3 if one fails."""
    from recipes.commands import chosen

    options.epochs = None
    found = chosen(options).check(options.data, directory=options.out)
    return 3 if found.verdict == "fail" else 0
