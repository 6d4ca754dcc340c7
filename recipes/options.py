"""The options that several commands share, and those of `recipes sweep`."""

DATA = (
    "digits, iris, wine, breast_cancer, diabetes, docstrings, folder:PATH, "
    "csv:PATH#LABEL or tfds:NAME"
)


def add_fit(command, out):
    """Add the options of `recipes fit`."""
    command.add_argument("data", metavar="DATA", help=DATA)
    command.add_argument("--recipe", metavar="NAME", help="see: recipes list")
    add_set(command)
    command.add_argument("--epochs", type=int, metavar="N")
    command.add_argument("--seed", type=int, metavar="N")
    command.add_argument("--out", metavar="DIR", help=out)
    command.add_argument("--overwrite", action="store_true")


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
    command.add_argument("data", nargs="?", metavar="DATA", help=DATA)
    command.add_argument("--recipe", metavar="NAME", help="see: recipes list")
    add_set(command)
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
        metavar="N|gpus",
        help="processes beside each other; gpus: one for each GPU",
    )
    command.add_argument("--epochs", type=int, metavar="N")
    command.add_argument("--seed", type=int, metavar="N")
    command.add_argument("--out", metavar="DIR", help="the sweep's folder")
    command.add_argument("--overwrite", action="store_true")
    command.add_argument(
        "--tensorboard", action="store_true", help="write the HParams view too"
    )
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


def _workers(text):
    return text if text == "gpus" else int(text)
