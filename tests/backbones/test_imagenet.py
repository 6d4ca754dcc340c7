"""ImageNet's weights: from the cache, or an error at once."""

import http.server
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from recipes.backbones.families import FAMILIES, application, imagenet_file
from recipes.backbones.imagenet import cache, unreachable
from recipes.errors import RecipeError

ROOT = Path(__file__).parents[2]


@pytest.fixture
def no_network(monkeypatch, tmp_path):
    """An empty cache, and a proxy that nobody is behind: nothing gets out."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
        monkeypatch.setenv(name.upper(), "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "models").mkdir()
    return tmp_path / "models"


@pytest.mark.parametrize("name", FAMILIES)
def test_without_a_network_it_fails_at_once(name, no_network):
    file, address = imagenet_file(name)
    start = time.perf_counter()
    with pytest.raises(RecipeError, match="server cannot be reached") as error:
        application(name)
    assert time.perf_counter() - start < 2
    for said in (name, address, str(no_network / file), "weights=None"):
        assert said in str(error.value)


def test_a_damaged_file_in_the_cache(no_network):
    file = no_network / imagenet_file("ResNet50")[0]
    file.write_bytes(b"\x89HDF\r\n\x1a\n and no more")
    with pytest.raises(RecipeError, match="not a whole HDF5 file") as error:
        application("ResNet50")
    assert str(file) in str(error.value)


# Keras reads KERAS_HOME as it is imported.
SCRIPT = """
import os, sys
import numpy as np
from recipes.backbones.families import application
from recipes.backbones.imagenet import cache

saved = application("MobileNet", weights=None).model
cache().mkdir()
saved.save("whole.h5")
os.rename("whole.h5", cache() / "mobilenet_1_0_224_tf_no_top.h5")
found = application("MobileNet", input_shape=(96, 96, 3))
for a, b in zip(saved.get_weights(), found.model.get_weights(), strict=True):
    assert np.array_equal(a, b)
assert found.origin["weights"] == "imagenet" and found.origin["sha256"]
assert found.origin["file"] == os.environ["EXPECTED"], found.origin
"""


@pytest.mark.slow
def test_a_file_in_the_cache_is_taken(tmp_path):
    home = tmp_path / "keras home"
    home.mkdir()
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    kept |= {
        "KERAS_HOME": str(home),
        "PYTHONPATH": str(ROOT),
        "EXPECTED": str(home / "models" / "mobilenet_1_0_224_tf_no_top.h5"),
        "https_proxy": "http://127.0.0.1:9",
    }
    command = [sys.executable, "-W", "error::UserWarning", "-c", SCRIPT]
    subprocess.run(command, check=True, env=kept, cwd=tmp_path)


def test_where_the_cache_is(monkeypatch, tmp_path):
    monkeypatch.delenv("KERAS_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".keras").mkdir()
    assert cache() == tmp_path / ".keras" / "models"


class Server(http.server.BaseHTTPRequestHandler):
    def do_HEAD(self):
        self.send_response(200 if self.path == "/here.h5" else 404)
        self.end_headers()

    def log_message(self, *_):
        pass


def test_a_server_is_asked(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    server = http.server.HTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        address = f"http://127.0.0.1:{server.server_port}"
        assert unreachable(f"{address}/here.h5") is None
        assert "404" in str(unreachable(f"{address}/gone.h5"))
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert unreachable(f"{address}/here.h5") is not None
