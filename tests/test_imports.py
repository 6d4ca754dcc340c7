"""The one-way imports of the house, held by reading the code."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# Lower rooms first: a room imports from the ones before it, never after.
FLOORS = [
    ["errors", "tasks", "quiet"],
    ["search_space"],
    ["part"],
    ["menu", "techniques", "codec", "plots"],
    ["registry"],
    ["constraints", "resolve"],
    ["network", "data"],
    ["training"],
    ["recipe"],
    ["image", "tabular", "runs", "setting"],
    ["__init__", "cli"],
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


def imported(path):
    """Yield (module, the code around it is a function) of every import."""
    tree = ast.parse(path.read_text())
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
            assert not node.level, f"{path}: relative import"
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


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_run_one_way(path):
    for module, _ in imported(path):
        assert "keras.src" not in module
        top = module.split(".")[0]
        if room_of(path) in ("augment", "callbacks"):
            assert top != "recipes"
            continue
        if top == "keras_tuner":
            assert room_of(path) == "tuning"
        target = recipes_room(module)
        if target is None or room_of(path) == target:
            continue
        lower = FLOOR[target] < FLOOR[room_of(path)]
        # The command line asks the public face, as a script would.
        face = target == "__init__" and room_of(path) == "cli"
        assert lower or face, f"{path} imports {module} from above"


def test_the_test_sees_a_wrong_import(tmp_path):
    """Negative control: an import from above is found."""
    wrong = tmp_path / "x.py"
    wrong.write_text("def f():\n    from recipes.training.fit import fit\n")
    ((module, inside),) = imported(wrong)
    assert inside
    assert FLOOR[recipes_room(module)] > FLOOR["data"]


def test_every_room_stands_on_a_floor():
    rooms = {room_of(p) for p in FILES if p.parts[-2] != "callbacks"}
    assert rooms - {"augment", "callbacks"} <= set(FLOOR)


@pytest.mark.parametrize(
    "path",
    [p for p in FILES if p.name != "tfds.py"],
    ids=lambda p: str(p.relative_to(ROOT)),
)
def test_tensorflow_stays_in_its_rooms(path):
    for module, inside in imported(path):
        if module.split(".")[0] in ("tensorflow", "tensorflow_datasets"):
            assert inside and path.name == "device.py"


def test_files_stay_short():
    for path in FILES:
        assert len(path.read_text().splitlines()) <= 250, path
