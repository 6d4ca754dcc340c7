"""Files that are whole or not there, and hashes of their bytes."""

import hashlib
import os

import pytest

from callbacks.disk import sha256, sync_file, sync_folder, whole, write_whole


def names(folder):
    return {path.name for path in folder.iterdir()}


def test_a_text_is_written_as_it_is(tmp_path):
    path = tmp_path / "a.csv"
    for text in ("a,b\r\n1,é\n", "", "shorter\n"):
        write_whole(path, text)
        assert path.read_bytes() == text.encode()
    assert names(tmp_path) == {"a.csv"}


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
@pytest.mark.parametrize("partial", [None, "model.partial.keras"])
def test_what_is_cut_off_leaves_the_old_one(tmp_path, error, partial):
    path = tmp_path / "model.keras"
    path.write_text("old")
    with pytest.raises(error):
        with whole(path, partial and tmp_path / partial) as written:
            written.write_text("half of the ne")
            assert names(tmp_path) == {"model.keras", written.name}
            raise error
    assert path.read_text() == "old" and names(tmp_path) == {"model.keras"}


def test_what_cannot_be_put_in_place_leaves_its_room(tmp_path):
    path = tmp_path / "a.json"
    path.mkdir()
    for text in ("{}", "\ud800"):
        with pytest.raises((OSError, UnicodeEncodeError)):
            write_whole(path, text)
        assert names(tmp_path) == {"a.json"} and path.is_dir()


@pytest.mark.parametrize("wait", [True, False])
def test_it_is_on_disk_before_it_takes_its_place(tmp_path, monkeypatch, wait):
    told, path = [], tmp_path / "a.json"
    fsync, replace = os.fsync, os.replace

    def synced(number):
        told.append(os.fstat(number).st_size)
        fsync(number)

    def replaced(*names):
        told.append("replaced")
        replace(*names)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", replaced)
    write_whole(path, "new", wait=wait)
    assert told == ([3, "replaced"] if wait else ["replaced"])
    sync_file(path)
    sync_folder(tmp_path)
    assert told[-2:] == [3, os.stat(tmp_path).st_size]


def test_a_file_that_is_not_there(tmp_path):
    for call in (sync_file, sha256):
        with pytest.raises(FileNotFoundError):
            call(tmp_path / "none")
    sync_folder(tmp_path / "none")
    assert names(tmp_path) == set()


def test_a_hash_is_of_all_bytes(tmp_path):
    data = bytes(range(256)) * 5000
    (tmp_path / "a").write_bytes(data)
    assert sha256(tmp_path / "a") == hashlib.sha256(data).hexdigest()
