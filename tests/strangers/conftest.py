"""What a file from a stranger must leave alone."""

import hashlib
import re
import resource
import socket
import sys
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

MEMORY = 400 * 2**20  # bytes that opening a file may take at its height


@pytest.fixture
def connections(monkeypatch):
    """No connection can be made; those that were tried are listed."""
    tried = []

    def refuse(self, address, *more):
        tried.append(address)
        raise OSError(f"no connections in this test: {address}")

    def unknown(host, *more, **kwargs):
        tried.append(host)
        raise OSError(f"no names in this test: {host}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    return tried


@pytest.fixture
def safely(tmp_path, connections, monkeypatch):
    """A context in which nothing may happen but an error.

    It looks for the canary, for connections, for files that changed, for
    modules of the test's own folder, and at the memory.
    """
    place = tmp_path / "path"
    monkeypatch.syspath_prepend(str(place))
    canary = tmp_path / "canary"

    @contextmanager
    def watch():
        before = contents(tmp_path)
        had = forget_peak()
        known = set(sys.modules)
        yield canary
        assert not canary.exists(), "code was run"
        assert not connections, "the network was asked"
        assert contents(tmp_path) == before, "files have changed"
        new = set(sys.modules) - known
        assert not any(m.startswith("keras_cv") for m in new), "an import"
        assert peak_memory() - had < MEMORY, "memory was taken"

    watch.canary = canary
    return watch


def forget_peak():
    """Return the bytes that this process has; its peak begins anew there.

    The peak of `resource` is that of all the tests before, too.
    """
    with suppress(OSError):  # only Linux can; else that one has to do
        Path("/proc/self/clear_refs").write_text("5")
    return peak_memory()


def peak_memory():
    """Return the most bytes that this process has had, since it forgot."""
    with suppress(OSError):
        status = Path("/proc/self/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def contents(folder):
    """Return what lies below a folder: hashes, links and kinds."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            found[path] = path.readlink()
        elif path.is_file():
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            found[path] = digest, path.stat().st_mtime_ns
        else:
            found[path] = path.is_dir()
    return found
