"""The store of features: whole or not at all, checked, bounded."""

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from recipes.transfer.feature_store import CannotKeepError, FeatureStore

ROWS = np.arange(12, dtype="float32").reshape(4, 3)


def parts(path):
    return sorted(p.name.split(".")[0] for p in path.glob("*.npy"))


def in_a_process(script, *arguments, **options):
    """Start Python with this code after the imports it needs."""
    head = (
        "import os, sys, time, numpy as np\n"
        "from recipes.transfer.feature_store import *\n"
        "store = FeatureStore(sys.argv[1])\n"
    )
    command = [sys.executable, "-c", head + script, *map(str, arguments)]
    return subprocess.Popen(command, text=True, **options)


def test_what_was_put_is_found_by_another(tmp_path):
    put = FeatureStore(tmp_path).put("key", (4, 3), [ROWS[:3], ROWS[3:]])
    found = FeatureStore(tmp_path).get("key")
    assert isinstance(found, np.memmap) and (found == ROWS).all()
    assert (put == ROWS).all() and found.dtype == "float32"
    assert FeatureStore(tmp_path).get("ke") is None
    assert FeatureStore(tmp_path / "none").get("key") is None


def test_changed_bytes_are_not_served(tmp_path):
    store = FeatureStore(tmp_path)
    for change in (lambda b: b[:-3] + b"abc", lambda b: b[:-8], lambda b: b""):
        store.put("key", (4, 3), [ROWS])
        (path,) = tmp_path.glob("key.*.npy")
        path.write_bytes(change(path.read_bytes()))
        assert store.get("key") is None
        assert not list(tmp_path.iterdir())


def test_a_pass_that_breaks_off_leaves_nothing(tmp_path):
    store = FeatureStore(tmp_path)

    def broken():
        yield ROWS
        raise OSError("no such image")

    with pytest.raises(OSError, match="no such image"):
        store.put("key", (5, 3), broken())
    with pytest.raises(ValueError, match="4 rows in place of 5"):
        store.put("key", (5, 3), [ROWS])
    assert not list(tmp_path.iterdir())


def test_the_folder_stays_within_its_limit(tmp_path):
    store = FeatureStore(tmp_path, limit=9000)
    one = np.zeros((1, 1000), "float32")
    for key in "ab":
        store.put(key, one.shape, [one])
        (path,) = tmp_path.glob(f"{key}.*")
        os.utime(path, (1e9, 1e9))
    assert store.get("a") is not None  # used since
    store.put("c", one.shape, [one])
    assert parts(tmp_path) == ["a", "c"]
    big = np.zeros((1, 10_000), "float32")
    assert store.put("big", big.shape, [big]).shape == big.shape
    assert parts(tmp_path) == ["big"]


@pytest.mark.slow
def test_a_disk_that_takes_no_more_says_so(tmp_path):
    """A limit of the system on the size of files is a real refusal."""
    script = (
        "import resource\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))\n"
        "store.put('small', (1, 1000), [np.ones((1, 1000))])\n"
        "chunks = (np.ones((10, 1000)) for _ in range(4))\n"
        "try:\n"
        "    store.put('large', (40, 1000), chunks)\n"
        "except CannotKeepError as error:\n"
        "    print(error)\n"
    )
    process = in_a_process(script, tmp_path, stdout=subprocess.PIPE)
    assert "File too large" in process.communicate()[0]
    assert process.returncode == 0
    assert [p.name.split(".")[0] for p in tmp_path.iterdir()] == ["small"]
    file = tmp_path / "file"
    file.write_text("no folder")
    with pytest.raises(CannotKeepError):
        FeatureStore(file).put("key", (4, 3), [ROWS])


@pytest.mark.slow
def test_a_killed_process_leaves_nothing_to_read(tmp_path):
    script = (
        "def slow():\n"
        "    yield np.ones((1000, 3))\n"
        "    print('begun', flush=True)\n"
        "    time.sleep(60)\n"
        "store.put('key', (4000, 3), slow())\n"
    )
    process = in_a_process(script, tmp_path, stdout=subprocess.PIPE)
    assert process.stdout.readline() == "begun\n"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    (left,) = tmp_path.iterdir()
    assert left.name.startswith("key.") and left.suffix == ".partial"
    store = FeatureStore(tmp_path)
    assert store.get("key") is None
    store.put("other", (4, 3), [ROWS])
    assert left.exists()  # somebody may still be writing
    os.utime(left, (time.time() - 4000,) * 2)
    store.put("key", (4, 3), [ROWS])
    assert not left.exists() and (store.get("key") == ROWS).all()


def test_what_cannot_be_removed_still_counts(tmp_path, monkeypatch):
    store = FeatureStore(tmp_path, limit=9000)
    one = np.zeros((1, 1000), "float32")
    for age, key in enumerate("ab"):
        store.put(key, one.shape, [one])
        (path,) = tmp_path.glob(f"{key}.*")
        os.utime(path, (1e9 + age, 1e9 + age))
    remove = Path.unlink

    def refused(path, **given):
        if path.name.startswith("a."):
            raise PermissionError("read-only")
        remove(path, **given)

    monkeypatch.setattr(Path, "unlink", refused)
    store.put("c", one.shape, [one])
    assert parts(tmp_path) == ["a", "c"]


def test_two_threads_that_write_the_same_do_not_meet(tmp_path):
    """Each has written its first half when the other writes its second."""
    store, meet = FeatureStore(tmp_path), threading.Barrier(2, timeout=20)

    def halves(value):
        yield np.full((2, 3), value)
        meet.wait()
        yield np.full((2, 3), value)

    with ThreadPoolExecutor(2) as pool:
        found = pool.map(
            lambda value: store.put("key", (4, 3), halves(value)), (1.0, 2.0)
        )
        one, two = found
    assert (one == 1).all() and (two == 2).all()
    assert not list(tmp_path.glob("*.partial"))


@pytest.mark.slow
def test_two_processes_that_write_the_same_do_not_meet(tmp_path):
    """While they write over and over, what is read is whole, and one's own."""
    script = (
        "value = float(sys.argv[2])\n"
        "for _ in range(60):\n"
        "    chunks = (np.full((1, 999), value) for _ in range(20))\n"
        "    assert (store.put('key', (20, 999), chunks) == value).all()\n"
    )
    processes = [in_a_process(script, tmp_path, value) for value in (1, 1, 2)]
    store, seen = FeatureStore(tmp_path), 0
    while any(process.poll() is None for process in processes):
        found = store.get("key")
        if found is not None:
            assert (found == found[0, 0]).all() and found.shape == (20, 999)
            seen += 1
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert seen and not list(tmp_path.glob("*.partial"))
