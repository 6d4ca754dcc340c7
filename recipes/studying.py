"""`recipes study`: a textbook claim, measured and drawn."""

from recipes.errors import RecipeError
from recipes.quiet import import_keras
from recipes.studies import NAMES


def add(command):
    """Add the command to the command line."""
    words = "measure a textbook claim, judge it, and draw it"
    found = command("study", study, words, False)
    found.add_argument("name", nargs="?", metavar="NAME", help=", ".join(NAMES))
    found.add_argument(
        "--list", action="store_true", help="print the studies, do nothing else"
    )
    found.add_argument(
        "--out", default="studies", metavar="DIR", help="by default studies"
    )
    found.add_argument(
        "--seeds", type=int, metavar="N", help="how many; by default its own"
    )


def study(options):
    """Run a study, or print all there are.

    The exit code is 0 whether the claim holds here or not.
    """
    if options.list:
        width = max(map(len, NAMES))
        for name, words in NAMES.items():
            print(f"{name.ljust(width)}  {words}")
        return
    if options.name is None:
        raise RecipeError(
            f"name a study: {', '.join(NAMES)}; or give --list. Received: "
            "no name"
        )
    from recipes.studies.study import study

    if options.name in NAMES:
        import_keras()
    study(options.name, directory=options.out, seeds=options.seeds)
