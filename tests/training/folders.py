"""What lies in a folder, to see that nothing in it has changed."""

import hashlib


def hashes(folder):
    """Return path → hash of every file below a folder."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(
            path.read_bytes()
        ).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }
