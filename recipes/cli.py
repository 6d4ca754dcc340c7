"""The command line: a thin face over the same functions."""

import argparse
import json
import os
import sys

from recipes import __version__, registry
from recipes.errors import RecipeError, UserError, suggest
from recipes.quiet import import_keras

# Listed without loading anything; a test holds this list to recipes.TASKS.
RECIPES = {
    "image_classifier": "classes of images, convolutional network",
    "tabular_classifier": "classes of rows of numbers, dense network",
    "tabular_regressor": "numbers from rows of numbers, dense network",
}
DEFAULT_FOR = {
    "digits": "image_classifier",
    "iris": "tabular_classifier",
    "wine": "tabular_classifier",
    "breast_cancer": "tabular_classifier",
    "diabetes": "tabular_regressor",
}


def main(arguments=None):
    """Run the command line and return its exit code.

    0: done; 2: the user's mistake, told in one line; 1: ours.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    options = parser().parse_args(arguments)
    try:
        if options.keras:
            import_keras()
        options.run(options)
        sys.stdout.flush()
    except UserError as error:
        print(f"recipes: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader has seen enough, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        print("recipes: interrupted", file=sys.stderr)
        return 130
    return 0


def parser():
    """Return the parser of the command line."""
    top = argparse.ArgumentParser(
        prog="recipes", description="Training recipes for Keras."
    )
    top.add_argument("--version", action="version", version=__version__)
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    def command(name, run, words, keras=True):
        found = commands.add_parser(name, help=words, description=words)
        found.set_defaults(run=run, keras=keras)
        return found

    fit = command("fit", _fit, "train a recipe on data")
    fit.add_argument("data", metavar="DATA", help=_DATA)
    fit.add_argument("--recipe", metavar="NAME", help="see: recipes list")
    _add_set(fit)
    fit.add_argument("--epochs", type=int, metavar="N")
    fit.add_argument("--seed", type=int, metavar="N")
    fit.add_argument("--out", metavar="DIR", help="the run folder")
    fit.add_argument("--overwrite", action="store_true")
    fit.add_argument("--tensorboard", action="store_true")
    listing = command("list", _list, "list recipes and techniques", False)
    listing.add_argument("kind", nargs="?", metavar="KIND")
    show = command("show", _show, "print a recipe as JSON")
    show.add_argument("name", metavar="NAME")
    _add_set(show)
    evaluate = command("evaluate", _evaluate, "score a run on data")
    evaluate.add_argument("directory", metavar="RUN")
    evaluate.add_argument("data", metavar="DATA", help=_DATA)
    evaluate.add_argument(
        "--split", metavar="NAME", help="train, validation, test or all"
    )
    predict = command("predict", _predict, "predict files with a run")
    predict.add_argument("directory", metavar="RUN")
    predict.add_argument("files", nargs="+", metavar="FILE")
    return top


_DATA = (
    "digits, iris, wine, breast_cancer, diabetes, folder:PATH, "
    "csv:PATH#LABEL or tfds:NAME"
)


def _add_set(command):
    command.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="FIELD=VALUE",
        help="a field, or an argument of a Part by its path: dropout=0.3, "
        "network=resnet, optimizer/learning_rate=0.01",
    )


def _fit(options):
    name = options.recipe or _recipe_for(options.data)
    changes = list(options.set)
    if options.epochs is not None:
        changes.append(f"epochs={options.epochs}")
    if options.seed is not None:
        changes.append(f"seed={options.seed}")
    _recipe(name, changes).fit(
        options.data,
        directory=options.out,
        overwrite=options.overwrite,
        tensorboard=options.tensorboard,
    )


def _recipe_for(data):
    if data.startswith("csv:"):
        raise RecipeError(
            "a table can be learned as classes or as numbers: add --recipe "
            "tabular_classifier or --recipe tabular_regressor"
        )
    return DEFAULT_FOR.get(data, "image_classifier")


def _recipe(name, changes):
    """Return the recipe `name` with `FIELD=VALUE` texts applied."""
    import recipes
    from recipes.setting import change

    if name not in RECIPES:
        raise RecipeError(
            f"no recipe {name!r}.{suggest(name, RECIPES)} "
            f"Legal: {', '.join(RECIPES)}"
        )
    return change(getattr(recipes, name)(), changes)


def _list(options):
    from rich.console import Console

    kinds = registry.kinds()
    if options.kind not in (None, "recipe", *kinds):
        raise RecipeError(
            f"no kind {options.kind!r}.{suggest(options.kind, kinds)} "
            f"Legal: recipe, {', '.join(kinds)}"
        )
    console = Console()
    with console.capture() as text:
        _print_tables(console, options.kind)
    print(text.get(), end="")


def _print_tables(console, wanted):
    from rich.table import Table

    for kind in ("recipe", *registry.kinds()):
        if wanted not in (None, kind):
            continue
        table = Table(title=kind, title_justify="left", show_header=False)
        for name, words in _rows(kind):
            table.add_row(name, words)
        console.print(table)


def _rows(kind):
    if kind == "recipe":
        return RECIPES.items()
    names = registry.names(kind)
    return [(name, registry.lookup(kind, name).summary) for name in names]


def _show(options):
    print(_recipe(options.name, options.set).to_json())


def _evaluate(options):
    import recipes

    run = recipes.load_run(options.directory)
    print(json.dumps(run.evaluate(options.data, options.split), indent=2))


def _predict(options):
    import recipes
    from recipes.training.predict_files import predict_file

    run = recipes.load_run(options.directory)
    for line in (r for f in options.files for r in predict_file(run, f)):
        print(line)
