"""The journal of a sweep: one line per event, never rewritten."""

import json
import os
import re

KEYS = {
    "create": {"tuner", "trial", "values"},
    "adopt": {"tuner", "from"},
    "end": {"trial", "status", "message", "metrics"},
}


class Journal:
    """An append-only file of JSON lines, each on disk before it counts.

    A process that is killed while it writes leaves half a line at the end at
    most, which is cut off when the journal is opened again.

    Args:
        path: The file; it is made at the first event.
    """

    def __init__(self, path):
        self.path = path

    def read(self):
        """Return the events, and cut off what is no whole line."""
        events, whole, size = self._whole()
        if whole < size:
            os.truncate(self.path, whole)
        return events

    def look(self):
        """Return the events, and leave the file alone: its owner may live."""
        return self._whole()[0]

    def _whole(self):
        """Return (events, bytes of their lines, bytes of the file)."""
        try:
            text = self.path.read_bytes()
        except FileNotFoundError:
            return [], 0, 0
        events, whole, known = [], 0, set()
        for line in text.splitlines(keepends=True):
            try:
                event = json.loads(line)
            except (ValueError, RecursionError):
                break
            if not line.endswith(b"\n") or not _is_sound(event, known):
                break
            events.append(event)
            whole += len(line)
        return events, whole, len(text)

    def append(self, event):
        """Write one event, and wait until it is on disk.

        What cannot be written whole, as on a full disk, leaves nothing behind
        that the next event would be joined to.
        """
        line = (json.dumps(event) + "\n").encode()
        with open(self.path, "ab", buffering=0) as file:
            before = file.seek(0, os.SEEK_END)
            try:
                while line:
                    line = line[file.write(line) :]
                os.fsync(file.fileno())
            except BaseException:
                file.truncate(before)
                os.fsync(file.fileno())
                raise


def _is_name(trial):
    """Whether a trial's id leads nowhere but to its folder."""
    return isinstance(trial, str) and bool(re.fullmatch(r"[\w-]{1,64}", trial))


def _is_sound(event, known):
    """Whether an event is whole, and of a trial that was created before."""
    if not isinstance(event, dict) or event.get("event") not in list(KEYS):
        return False
    if not KEYS[event["event"]] <= set(event):
        return False
    if not all(
        isinstance(event.get(n, {}), dict) for n in ("values", "metrics")
    ):
        return False
    if event["event"] != "adopt" and not _is_name(event["trial"]):
        return False
    if event["event"] == "create":
        known.add(event["trial"])
    return event["event"] == "adopt" or event["trial"] in known
