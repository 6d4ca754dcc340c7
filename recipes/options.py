"""The options that several commands share, and those of `recipes sweep`."""

import argparse

DATA = (
    "digits, iris, wine, breast_cancer, diabetes, docstrings, folder:PATH, "
    "csv:PATH#LABEL or tfds:NAME"
)


def add_fit(command, out, nargs=None):
    """Add the options of `recipes fit`."""
    add_recipe(command, nargs)
    command.add_argument("--epochs", type=int, metavar="N")
    command.add_argument("--seed", type=int, metavar="N")
    command.add_argument("--out", metavar="DIR", help=out)
    command.add_argument("--overwrite", action="store_true")


def add_going_on(command):
    """Add what `recipes fit` can be told of checkpoints."""
    command.add_argument(
        "--resume",
        nargs="?",
        const=True,
        metavar="DIR",
        help="go on with the unfinished run in DIR, which knows all the rest, "
        "or in that of --out",
    )
    command.add_argument(
        "--resume-anyway",
        action="store_true",
        help="also with what another major version has begun",
    )
    command.add_argument(
        "--save-freq",
        type=int,
        metavar="STEPS",
        help="write a checkpoint after so many steps too",
    )
    command.add_argument(
        "--on-divergence",
        choices=("stop", "rewind"),
        help="when numbers are not finite any more: stop with a report, the "
        "default, or go back to the last checkpoint with half the rate",
    )


def add_ensemble(command):
    """Add the options of `recipes ensemble`."""
    command.add_argument(
        "runs",
        nargs="+",
        metavar="RUN",
        help="a run folder, or the folder of a cross-validation",
    )
    command.add_argument("--out", metavar="DIR", help="the run folder")
    command.add_argument(
        "--data",
        metavar="DATA",
        help="what the runs were trained on, to score their common test split",
    )
    command.add_argument("--overwrite", action="store_true")


def add_rerun(command):
    """Add the options of `recipes rerun`."""
    command.add_argument("directory", metavar="RUN")
    command.add_argument(
        "--out", metavar="DIR", help="the new run; by default RUN-rerun-N"
    )
    command.add_argument(
        "--data",
        metavar="DATA",
        help="what the run was trained on, where it cannot be read again",
    )


def add_recipe(command, nargs=None):
    """Add DATA, --recipe and --set: on what, and which recipe.

    Args:
        command: The parser of a command.
        nargs: As argparse has it, of DATA: `"?"` where it may be left out.
    """
    command.add_argument("data", nargs=nargs, metavar="DATA", help=DATA)
    command.add_argument("--recipe", metavar="NAME", help="see: recipes list")
    add_set(command)


def add_set(command):
    """Add --set FIELD=VALUE."""
    command.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="FIELD=VALUE",
        help="a field, or an argument of a Part by its path: dropout=0.3, "
        "network=resnet, optimizer/learning_rate=0.01",
    )


def add_sweep(command):
    """Add the options of `recipes sweep`."""
    add_recipe(command, "?")
    command.add_argument(
        "--search",
        action="append",
        default=[],
        metavar="PATH=SPEC",
        help="a range for a field or an argument: dropout=0..0.6, "
        "optimizer/learning_rate=1e-4..1e-1:log, batch_size=16..64:step=16, "
        "'activation=relu|elu', 'network/filters=[[8, 16], [16, 32]]', "
        "'balanced_sampling=true|false'",
    )
    command.add_argument(
        "--space",
        action="store_true",
        help="print the ranges, and do nothing else",
    )
    command.add_argument(
        "--tuner", metavar="NAME", help="random, grid, bayesian or hyperband"
    )
    command.add_argument("--max-trials", type=int, metavar="N")
    command.add_argument(
        "--objective",
        metavar="NAME",
        help="val_loss (the default), val_accuracy, …",
    )
    command.add_argument(
        "--executions", type=int, metavar="N", help="fits of each trial"
    )
    command.add_argument(
        "--workers",
        type=_workers,
        default=argparse.SUPPRESS,
        metavar="N|gpus",
        help="processes beside each other; gpus: one for each GPU",
    )
    command.add_argument("--epochs", type=int, metavar="N")
    command.add_argument("--seed", type=int, metavar="N")
    command.add_argument("--out", metavar="DIR", help="the sweep's folder")
    command.add_argument("--overwrite", action="store_true")
    command.add_argument(
        "--tensorboard",
        action="store_true",
        default=argparse.SUPPRESS,
        help="write the HParams view too",
    )
    _add_how(command)
    command.add_argument(
        "--resume",
        metavar="DIR",
        help="go on with the sweep in a folder, which knows all the rest",
    )
    command.add_argument(
        "--data",
        dest="more_data",
        metavar="DATA",
        help="with --resume: the data, where no spec leads to them",
    )


def _add_how(command):
    """Add what a sweep may go on with in another way.

    What is not given is not among the options: then it is as it was, or as
    `Recipe.sweep` has it.
    """

    def add(name, **how):
        command.add_argument(name, default=argparse.SUPPRESS, **how)

    add(
        "--vectorize",
        choices=("auto", "true", "false"),
        help="on JAX, whether trials that differ in numbers only are trained "
        "as one; auto, the default: where that can be",
    )
    add(
        "--max-seconds",
        type=float,
        metavar="SECONDS",
        help="after which no trial is begun; --resume goes on",
    )
    add(
        "--keep",
        type=int,
        metavar="N",
        help="trials, the best, whose checkpoints stay; by default 3",
    )
    add(
        "--deadline",
        type=float,
        metavar="SECONDS",
        help="that a worker may be silent; by default 3600",
    )
    add(
        "--recycle",
        type=_recycle,
        metavar="N|never",
        help="trials after which a worker is started anew; by default 25",
    )
    add(
        "--max-crashes",
        type=int,
        metavar="N",
        help="of its process, after which a trial has failed; by default 3",
    )


def _recycle(text):
    return None if text == "never" else int(text)


def _workers(text):
    if text == "gpus" or text.isdecimal():
        return text if text == "gpus" else int(text)
    raise argparse.ArgumentTypeError(
        f"a whole number of processes from 0, or gpus. Received: {text!r}"
    )


def add_explain(explain):
    """Add the options of `recipes explain`."""
    explain.add_argument("directory", metavar="RUN")
    explain.add_argument("images", nargs="+", metavar="IMAGE")
    explain.add_argument(
        "--class",
        dest="classes",
        metavar="NAME",
        help="a class or label; by default what is predicted for each",
    )
    explain.add_argument(
        "--layer",
        metavar="NAME",
        help="whose feature maps; by default the last of at least 4×4",
    )
    explain.add_argument(
        "--out",
        default="explained.png",
        metavar="FILE",
        help="a .png or .svg",
    )
