"""The journal of a sweep: one line per event, never rewritten."""

import json
import os


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
        try:
            text = self.path.read_bytes()
        except FileNotFoundError:
            return []
        events, whole = [], 0
        for line in text.splitlines(keepends=True):
            try:
                event = json.loads(line)
            except ValueError:
                break
            if not line.endswith(b"\n") or not isinstance(event, dict):
                break
            events.append(event)
            whole += len(line)
        if whole < len(text):
            os.truncate(self.path, whole)
        return events

    def append(self, event):
        """Write one event, and wait until it is on disk."""
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps(event) + "\n")
            file.flush()
            os.fsync(file.fileno())
