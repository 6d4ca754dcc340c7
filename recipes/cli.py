"""The command line: a thin face over the same functions."""

import argparse
import os
import sys

from recipes import (
    __version__,
    before_training,
    commands,
    diagnosing,
    reporting,
    studying,
)
from recipes.errors import UserError
from recipes.options import (
    DATA,
    add_ensemble,
    add_explain,
    add_fit,
    add_going_on,
    add_rerun,
    add_set,
    add_sweep,
)
from recipes.quiet import import_keras
from recipes.training.going_on.signals import none_lost


def main(arguments=None):
    """Run the command line and return its exit code.

    0: done; 2: the user's mistake, told in one line; 1: ours; 3: `lint`,
    `check`, `tune` or `diagnose` has found something, `range-test` nothing to
    suggest, or `rerun` has made something else.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    options = parser().parse_args(arguments)
    try:
        with none_lost():
            if options.keras:
                with none_lost(stops=True):
                    import_keras()
            code = options.run(options)
        sys.stdout.flush()
        return code or 0
    except UserError as error:
        print(f"recipes: {told(error)}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader has seen enough, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt as stop:
        words = ["interrupted", *getattr(stop, "__notes__", ())]
        print(f"recipes: {'. '.join(words)}", file=sys.stderr)
        return 130
    return 0


def told(error):
    """Return the words of an error with its notes, as they are printed.

    A note of one line, such as the trial's name, follows on the error's own;
    one of several, such as a worker's traceback, stands below.
    """
    notes = getattr(error, "__notes__", ())
    line = [str(error), *(note for note in notes if "\n" not in note)]
    return "\n".join([" ".join(line), *(n for n in notes if "\n" in n)])


def parser():
    """Return the parser of the command line."""
    top = argparse.ArgumentParser(
        prog="recipes", description="Training recipes for Keras."
    )
    top.add_argument("--version", action="version", version=__version__)
    verbs = top.add_subparsers(required=True, metavar="COMMAND")

    def command(name, run, words, keras=True):
        found = verbs.add_parser(name, help=words, description=words)
        found.set_defaults(run=run, keras=keras)
        return found

    fit = command("fit", commands.fit, "train a recipe on data")
    add_fit(fit, "the run folder; an unfinished run in it goes on", "?")
    add_going_on(fit)
    fit.add_argument("--tensorboard", action="store_true")
    folds = command(
        "cross-validate",
        commands.cross_validate,
        "fit once per fold: mean and deviation of the scores",
    )
    add_fit(folds, "the folder of all folds; finished ones are kept")
    folds.add_argument("--folds", type=int, default=5, metavar="N")
    sweep = command(
        "sweep",
        commands.sweep,
        "search ranges with Keras Tuner, and fit the best recipe",
        False,
    )
    add_sweep(sweep)
    ensemble = command(
        "ensemble",
        commands.ensemble,
        "make one run of several: the mean of their predictions",
    )
    add_ensemble(ensemble)
    words = "make a run again, and compare; exit code 3 if it differs"
    add_rerun(command("rerun", commands.rerun, words))
    listing = command(
        "list",
        commands.listing,
        "list recipes and techniques, or find one",
        False,
    )
    listing.add_argument(
        "words",
        nargs="*",
        metavar="KIND|WORD",
        help="a kind (field, network, optimizer, …), or what to look for: "
        "drop_connect, label smoothing",
    )
    listing.add_argument(
        "--markdown", action="store_true", help="as docs/techniques.md has it"
    )
    lint = command(
        "lint",
        commands.lint,
        "say what is known to hurt in a recipe; exit code 3 if anything does",
    )
    lint.add_argument(
        "name", metavar="NAME", help="a recipe, a recipe.json, a run folder"
    )
    add_set(lint)
    lint.add_argument("--data", metavar="DATA", help=DATA)
    before_training.add(command)
    augment = command(
        "augment",
        commands.augment,
        "draw a contact sheet of what an augmentation does to data",
        False,
    )
    augment.add_argument("data", metavar="DATA", help=DATA)
    augment.add_argument(
        "--preset", metavar="NAME", help="short for --set augmentation=NAME"
    )
    add_set(augment)
    augment.add_argument("--seed", type=int, default=0, metavar="N")
    augment.add_argument(
        "--epochs", type=int, default=4, metavar="N", help="columns"
    )
    augment.add_argument(
        "--images", type=int, default=6, metavar="N", help="rows"
    )
    augment.add_argument(
        "--out", default="sheet.png", metavar="FILE", help="a .png or .svg"
    )
    show = command(
        "show",
        commands.show,
        "print a recipe as JSON; of a fine-tuning also what each stage moved",
    )
    show.add_argument(
        "name", metavar="NAME", help="a recipe, a recipe.json, a run folder"
    )
    show.add_argument(
        "--variables",
        action="store_true",
        help="of a fine-tuning every variable, not a line for each rate",
    )
    add_set(show)
    evaluate = command("evaluate", commands.evaluate, "score a run on data")
    evaluate.add_argument("directory", metavar="RUN")
    evaluate.add_argument("data", metavar="DATA", help=DATA)
    evaluate.add_argument(
        "--split", metavar="NAME", help="train, validation, test or all"
    )
    evaluate.add_argument(
        "--views",
        metavar="NAME",
        help="for images: mean over mirrored, five_crop, ten_crop, scales or "
        "mirrored_scales",
    )
    mistakes = command(
        "mistakes",
        commands.mistakes,
        "print and draw the largest losses of a run, and the classes that it "
        "confuses most",
    )
    mistakes.add_argument("directory", metavar="RUN")
    mistakes.add_argument(
        "--data",
        metavar="DATA",
        help="what the run was trained on, if it cannot be read again",
    )
    mistakes.add_argument(
        "--split",
        default="validation",
        metavar="NAME",
        help="validation (the default), train, test, or all rows of any data",
    )
    mistakes.add_argument(
        "--number", type=int, default=9, metavar="N", help="rows of each"
    )
    mistakes.add_argument(
        "--out", metavar="DIR", help="the pictures' folder; by default RUN"
    )
    diagnosing.add(command)
    reporting.add(command)
    words = "draw where in images a convolutional network finds what it says"
    add_explain(command("explain", commands.explain, words))
    pretrain = command(
        "pretrain", commands.pretrain, "make the embedded backbone's weights"
    )
    pretrain.add_argument("backbone", choices=("glyphnet",))
    pretrain.add_argument("--out", default="glyphnet", metavar="DIR")
    pretrain.add_argument("--seed", type=int, default=0, metavar="N")
    pretrain.add_argument("--epochs", type=int, default=30, metavar="N")
    export = command(
        "export", commands.export, "write a run's model for other runtimes"
    )
    export.add_argument("directory", metavar="RUN")
    export.add_argument(
        "path", metavar="PATH", help="a folder, or a file .onnx or .tflite"
    )
    export.add_argument(
        "--format",
        default="savedmodel",
        metavar="NAME",
        help="savedmodel, onnx or litert",
    )
    export.add_argument("--overwrite", action="store_true")
    studying.add(command)
    predict = command("predict", commands.predict, "predict files with a run")
    predict.add_argument("directory", metavar="RUN")
    predict.add_argument("files", nargs="+", metavar="FILE")
    return top
