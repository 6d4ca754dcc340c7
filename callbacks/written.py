"""A checkpoint on disk: its file, and manifest.json, which tells of it."""

import json
from pathlib import Path

from callbacks.disk import write_whole
from callbacks.finite import non_finite
from callbacks.state_file import (
    MANIFEST,
    newest_first,
    place_of,
    write_state,
)


class CheckpointError(OSError):
    """A checkpoint that could not be written; those before it are whole."""


def write(directory, state, about):
    """Write a state and the manifest; one that has diverged is not written.

    The last one that was good stays: a fit can go on from that alone.

    Args:
        directory: The folder, which is made.
        state: As of `write_state`, with its `epoch` and `step`.
        about: For the manifest.

    Raises:
        CheckpointError: As of a full disk.
    """
    epoch = state["epoch"]
    kinds = "variables", "optimizer", "metrics"
    if non_finite(array for kind in kinds for array in state[kind]) is not None:
        return
    try:
        write_state(directory, epoch, state, state["step"])
        write_manifest(directory, about)
    except OSError as error:
        failure = CheckpointError(
            f"{directory}: the checkpoint of epoch {epoch} could not be "
            f"written: {error}"
        )
        failure.errno = error.errno
        raise failure from error


def lost(directory):
    """Return the paths of files that the manifest has and the folder lacks.

    Those are not said that a later one has pushed out.

    Args:
        directory: The folder, which need not be there.
    """
    directory = Path(directory)
    try:
        text = (directory / MANIFEST).read_text(encoding="utf-8")
        listed = [
            directory / each["file"] for each in json.loads(text)["files"]
        ]
        named = [path for path in listed if path.parent == directory]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return []  # no file is read by what it says
    newest = max(map(place_of, newest_first(directory)), default=(-1, 0))
    return [p for p in named if (place_of(p) or (-1, 0)) > newest]


def write_manifest(directory, about):
    """Say what the files are of, where they stand, and their hashes.

    It is for reading, and not waited for until it is on disk: a fit goes on
    without it, since each file holds all of it and has its hash in its name.

    Args:
        directory: The folder of the files.
        about: What they all share: versions, the backend, the identity.
    """
    directory = Path(directory)
    files = [
        {
            "file": path.name,
            "epoch": place_of(path)[0],
            "step": place_of(path)[1],
            "sha256": path.name.split(".")[1],
            "bytes": path.stat().st_size,
        }
        for path in newest_first(directory)
    ]
    text = json.dumps({**about, "files": files}, indent=2)
    write_whole(directory / MANIFEST, f"{text}\n", wait=False)
