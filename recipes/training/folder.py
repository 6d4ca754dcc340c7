"""The run folder: chosen, refused when taken, cleared when told to."""

import json
import os
import shutil
from pathlib import Path

from recipes.errors import RunError

FILES = (
    "metrics.json",  # written last: its presence means "finished"
    "recipe.json",
    "environment.json",
    "history.csv",
    "model.keras",
    "curves.png",
    "confusion.png",
    "predictions.png",
)


def refuse_taken(directory, overwrite):
    """Refuse a folder that a run must not write to.

    Raises:
        RunError: For a finished run, or a folder that holds something else.
    """
    if directory is None:
        return
    path = Path(directory).expanduser()
    if path.exists() and not path.is_dir():
        raise RunError(f"{path} is a file; choose a folder for the run.")
    if not path.exists() or not any(path.iterdir()):
        return
    if not (path / "recipe.json").exists():
        raise RunError(
            f"{path} is not empty and holds no run; choose another folder."
        )
    if (path / "metrics.json").exists() and not overwrite:
        raise RunError(
            f"{path} holds a finished run; choose another folder, or replace "
            "it with overwrite=True (--overwrite on the command line)."
        )


def choose(directory, task, name):
    """Return the run folder, by default the next free `runs/TASK-DATA-N`."""
    if directory is not None:
        return Path(directory).expanduser()
    safe = "".join(c if c.isalnum() else "_" for c in name)[:40]
    number = 1
    while (path := Path("runs", f"{task}-{safe}-{number}")).exists():
        number += 1
    return path


def prepare(path):
    """Make the folder and remove the files of an earlier run, no others."""
    path.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        (path / name).unlink(missing_ok=True)
    shutil.rmtree(path / "tensorboard", ignore_errors=True)


def write_json(path, value):
    """Write JSON whole or not at all."""
    text = value if isinstance(value, str) else json.dumps(value, indent=2)
    partial = path.with_name(path.name + ".partial")
    with open(partial, "w", encoding="utf-8") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(partial, path)


def read_json(path):
    """Read a JSON file of a run.

    Raises:
        RunError: Naming the file that is missing or damaged.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise RunError(
            f"{path.parent} holds no finished run: {path.name} is missing."
        ) from error
    except (OSError, ValueError) as error:
        raise RunError(f"{path} cannot be read: {error}") from error
