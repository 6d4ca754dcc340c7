"""The one-way imports of the house, held by reading the code."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# Lower rooms first: a room imports from the ones before it, never after.
FLOORS = [
    ["errors", "tasks"],
    ["plain", "quiet", "json_text"],
    ["search_space"],
    ["part"],
    ["menu", "techniques", "codec", "lettering", "defaults"],
    ["plots", "galleries"],
    ["report"],
    ["entry"],
    ["registry"],
    ["safety"],
    ["constraints", "resolve"],
    ["fields", "together"],
    ["backbones"],
    ["transfer"],
    ["network", "data"],
    ["lint"],
    ["training"],
    ["preflight", "range_test"],
    ["tuning"],
    ["six_steps"],
    ["pretraining", "sweeps", "checks", "tunes"],
    ["actions"],
    ["recipe"],
    [
        "image",
        "fine_tuning",
        "tabular",
        "text",
        "tables",
        "runs",
        "setting",
        "workers",
    ],
    [
        "searching",
        "ensembles",
        "drawing",
        "diagnosing",
        "reporting",
        "options",
        "resuming",
        "rerunning",
    ],
    ["sweeping"],
    ["__init__", "commands"],
    ["tuning_command"],
    ["before_training", "studies"],
    ["studying"],
    ["cli"],
    ["__main__"],
]
FLOOR = {room: i for i, rooms in enumerate(FLOORS) for room in rooms}
FILES = sorted(
    path
    for package in ("recipes", "callbacks", "augment")
    for path in (ROOT / package).rglob("*.py")
)


def room_of(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return parts[1] if parts[0] == "recipes" else parts[0]


def imported(text):
    """Yield (module, the code around it is a function) of every import."""
    tree = ast.parse(text)
    inside = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "a relative import"
            names = [f"{node.module}.{a.name}" for a in node.names]
        else:
            continue
        for name in names:
            yield name, id(node) in inside


def recipes_room(module):
    parts = module.split(".")
    if parts[0] != "recipes":
        return None
    name = parts[1] if len(parts) > 1 else "__init__"
    return name if name in FLOOR else "__init__"


def violations(text, room):
    """Return the modules that a file of this room must not import."""
    found = []
    for module, _ in imported(text):
        top = module.split(".")[0]
        target = recipes_room(module)
        if room in ("augment", "callbacks"):
            wrong = top == "recipes"
        elif target is None or target == room:
            wrong = top == "keras_tuner" and room != "tuning"
        else:
            # The command line asks the public face, as a script would.
            face = target == "__init__" and room in ("commands", "cli")
            wrong = FLOOR[target] >= FLOOR[room] and not face
        if wrong:
            found.append(module)
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_run_one_way(path):
    assert violations(path.read_text(), room_of(path)) == []
    if path.name != "quiet.py":  # says why, and test_saving.py watches it
        assert "keras.src" not in path.read_text()


@pytest.mark.parametrize(
    "text, room",
    [
        ("def f():\n    from recipes.training.fit import fit", "data"),
        ("import recipes.recipe", "training"),
        ("from recipes import image", "recipe"),
        ("from recipes.errors import DataError", "callbacks"),
        ("import recipes", "augment"),
        ("import keras_tuner", "training"),
        ("from recipes.data import load", "network"),
    ],
)
def test_a_wrong_import_is_found(text, room):
    assert violations(text, room)


def test_every_room_stands_on_a_floor():
    rooms = {room_of(p) for p in FILES if p.parts[-2] != "callbacks"}
    assert rooms - {"augment", "callbacks"} <= set(FLOOR)


# Where it is the data, the device, the runtime of an export, or gradients
# beside JAX.
TENSORFLOW = ("device.py", "tf_data.py", "exported.py", "gradients.py")


@pytest.mark.parametrize(
    "path",
    [p for p in FILES if p.name != "tfds.py"],
    ids=lambda p: str(p.relative_to(ROOT)),
)
def test_tensorflow_stays_in_its_rooms(path):
    for module, inside in imported(path.read_text()):
        if module.split(".")[0] in ("tensorflow", "tensorflow_datasets"):
            assert inside and path.name in TENSORFLOW


def test_files_stay_short():
    for path in FILES:
        assert len(path.read_text().splitlines()) <= 250, path
