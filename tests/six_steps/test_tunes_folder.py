"""The folder of a finished tune, where it cannot be written or lacks some."""

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from recipes import cli
from tests.six_steps.conftest import folder_of


@contextmanager
def nobody():
    """Be a user who may write nowhere else, where this one is root."""
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="folders are writable")
def test_a_folder_that_cannot_be_written_is_said(small_tune, capsys):
    with tempfile.TemporaryDirectory() as above:  # nobody reads tmp_path
        os.chmod(above, 0o755)
        copy = folder_of(small_tune[0], Path(above))
        command = ["tune", "--resume", str(copy)]
        assert cli.main(command) == 0
        capsys.readouterr()
        os.chmod(copy, 0o555)
        with nobody():
            assert cli.main(command) == 2
        os.chmod(copy, 0o755)
    said = capsys.readouterr().err
    assert said.startswith(f"recipes: {copy} cannot be written: [Errno 13] ")
    assert said.count("\n") == 1 and "goes on in a copy" in said


def test_a_winner_that_is_gone_is_said_with_what_mends_it(
    small_tune, tmp_path, capsys
):
    copy = folder_of(small_tune[0], tmp_path)
    command = ["tune", "--resume", str(copy)]
    (copy / "best").rename(copy / "away")
    assert cli.main(command) == 2
    said = capsys.readouterr().err
    assert f"{copy / 'best'} holds no run" in said
    assert "Bring it back, or begin anew with overwrite=True (--over" in said
    (copy / "away").rename(copy / "best")
    assert cli.main(command) == 0, "that mends it"
