"""Hostile and damaged files of run folders, and of what is read as data."""

import json
import os
import struct
import zlib

import recipes
from tests.strangers import archives

DEEP = "[" * 100_000 + "]" * 100_000
MANY = "[" + "0," * 1_100_000 + "0]"


def run_folder(path):
    """Write a finished run by hand: no fit is needed."""
    path.mkdir()
    recipe = recipes.tabular_classifier()
    (path / "recipe.json").write_text(recipe.to_json())
    epochs = '"best_epoch": 1, "model_epoch": 1'
    (path / "metrics.json").write_text(f'{{"test_loss": 0.5, {epochs}}}')
    about = {"data": {"name": "x", "class_names": ["a", "b"]}}
    (path / "environment.json").write_text(json.dumps(about))
    (path / "history.csv").write_text("epoch,loss\n0,1.0\n")
    archives.write(path / "model.keras")


def everything(path):
    """Open a run folder and read all that is in it."""
    run = recipes.load_run(path)
    run.plot()
    return run.recipe, run.history, run.model, repr(run)


def text(name, content):
    return lambda path: (path / name).write_text(content)


def outside(name):
    """Let a file be a link to one beside the folder."""

    def build(path):
        os.replace(path / name, path.parent / f"outside-{name}")
        (path / name).symlink_to(path.parent / f"outside-{name}")

    return build


def pipe(name):
    def build(path):
        (path / name).unlink()
        os.mkfifo(path / name)

    return build


def gone(name):
    return lambda path: (path / name).unlink()


def part(name, **config):
    found = json.loads(recipes.tabular_classifier().to_json())
    found["network"] = {"part": name, "config": config}
    return json.dumps(found)


def field(**changes):
    found = json.loads(recipes.tabular_classifier().to_json())
    return json.dumps({**found, **changes})


def environment(**changes):
    found = {"data": {"class_names": None}, **changes}
    return text("environment.json", json.dumps(found))


RUNS = {
    "recipe.json: not JSON": text("recipe.json", "{"),
    "recipe.json: an import path": text("recipe.json", part("os.system")),
    "recipe.json: a class of Keras": text(
        "recipe.json", part("keras.layers.Lambda", function="x")
    ),
    "recipe.json: a dunder": text("recipe.json", part("mlp", __class__="x")),
    "recipe.json: a pickle tag": text(
        "recipe.json", field(network={"py/object": "os.system"})
    ),
    "recipe.json: an unknown range": text(
        "recipe.json", field(dropout={"range": "__import__", "x": "os"})
    ),
    "recipe.json: NaN": text("recipe.json", field(dropout=float("nan"))),
    "recipe.json: infinite": text(
        "recipe.json", field(batch_size=32).replace("32", "1e999")
    ),
    "recipe.json: a huge number": text("recipe.json", field(epochs=10**400)),
    "recipe.json: a huge layer": text(
        "recipe.json", field(dropout=10**30, seed=-1)
    ),
    "recipe.json: 10,000 digits": text("recipe.json", "9" * 10_000),
    "recipe.json: a name twice": text(
        "recipe.json", field()[:-1] + ', "task": "tabular_classifier"}'
    ),
    "recipe.json: deep": text("recipe.json", DEEP),
    "recipe.json: large": text("recipe.json", " " * 2**21 + "{}"),
    "recipe.json: a link out": outside("recipe.json"),
    "recipe.json: gone": gone("recipe.json"),
    "metrics.json: a pipe": pipe("metrics.json"),
    "stages.json: a list": text("stages.json", "[]"),
    "stages.json: numbers": text("stages.json", '{"stages": [5]}'),
    "stages.json: no epochs": text(
        "stages.json", '{"stages": [{"stage": "a", "epochs": []}]}'
    ),
    "metrics.json: nothing": text("metrics.json", "{}"),
    "metrics.json: a text for an epoch": text(
        "metrics.json", '{"best_epoch": 1.5, "model_epoch": 1}'
    ),
    "environment.json: no class names": text(
        "environment.json", '{"data": {}}'
    ),
    "environment.json: class names that are numbers": environment(
        data={"class_names": [5]}
    ),
    "environment.json: callbacks of 5": environment(fit={"callbacks": 5}),
    "environment.json: steps of text": environment(steps_per_execution="7"),
    "environment.json: steps below 1": environment(steps_per_execution=-3),
    "environment.json: half a step": environment(steps_per_execution=0.5),
    "environment.json: true steps": environment(steps_per_execution=True),
    "metrics.json: NaN": text("metrics.json", '{"test_loss": NaN}'),
    "metrics.json: infinite": text("metrics.json", '{"test_loss": 1e999}'),
    "metrics.json: a name twice": text("metrics.json", '{"a": 1, "a": 2}'),
    "metrics.json: texts": text("metrics.json", '{"test_loss": "best"}'),
    "metrics.json: a million values": text("metrics.json", MANY),
    "metrics.json: 100 digits": text("metrics.json", "1" * 100),
    "environment.json: deep": text("environment.json", DEEP),
    "environment.json: a list": text("environment.json", "[]"),
    "environment.json: a link out": outside("environment.json"),
    "environment.json: no UTF-8": lambda path: (
        path / "environment.json"
    ).write_bytes(b"\xff\xfe"),
    "history.csv: a long cell": text(
        "history.csv", "epoch,loss\n0," + "1" * 200_000
    ),
    "history.csv: a link out": outside("history.csv"),
    "model.keras: a link out": outside("model.keras"),
    "model.keras: a pipe": pipe("model.keras"),
    "model.keras: gone": gone("model.keras"),
}


def chunk(kind, content):
    checked = zlib.crc32(kind + content)
    return (
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", checked)
    )


def png(width, height, kind=2):
    """Return a PNG that claims a size, and holds one byte."""
    header = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0"))
        + chunk(b"IEND", b"")
    )


POSTSCRIPT = """%!PS-Adobe-3.0 EPSF-3.0
%%BoundingBox: 0 0 8 8
(CANARY) (w) file closefile showpage
"""
IMAGES = {
    "60,000 x 60,000": lambda c: png(60_000, 60_000),
    "10,000 x 10,000": lambda c: png(10_000, 10_000),
    "9,000 x 9,000 of one byte": lambda c: png(9_000, 9_000, 0),
    "no pixels": lambda c: png(0, 0),
    "PostScript": lambda c: POSTSCRIPT.replace("CANARY", str(c)).encode(),
    "a script": lambda c: b"<svg onload='alert(1)'/>",
    "a GIF cut off": lambda c: b"GIF89a\x10\0\x10\0\xf7\0\0",
    "a BMP of 2^31": lambda c: (
        b"BM"
        + struct.pack(
            "<IHHIIiiHHIIiiII",
            70,
            0,
            0,
            54,
            40,
            2**31 - 1,
            2**31 - 1,
            1,
            24,
            0,
            0,
            1,
            1,
            0,
            0,
        )
    ),
}
TABLES = {
    "zero bytes": b"a,label\n1\0,2\n3,4\n",
    "a long cell": b"a,label\n" + b"1" * 200_000 + b",1\n",
    "infinite": b"a,label\n1e999,0\n2,1\n",
    "NaN": b"a,label\nnan,0\n2,1\n",
    "hexadecimal": b"a,label\n0x10,0\n2,1\n",
    "a formula": b"a,label\n=cmd|' /C calc'!A0,0\n2,1\n",
    "no UTF-8": b"\xff\xfe\x00a,label\n",
    "one column": b"label\n" * 5,
    "nothing": b"",
}  # fmt: skip
