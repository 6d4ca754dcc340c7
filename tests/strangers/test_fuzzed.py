"""Random text and bytes: nothing but the errors of this library comes out.

A few hundred examples each, always the same ones. `FUZZ_EXAMPLES=20000` draws
so many new ones.
"""

import io
import json
import os
import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

import recipes
from recipes import json_text
from recipes.data import arguments
from recipes.data.load import load
from recipes.errors import DataError, UserError
from recipes.searching import search
from recipes.setting import change

MANY = int(os.environ.get("FUZZ_EXAMPLES", 0))
fuzzed = settings(
    max_examples=MANY or 200,
    derandomize=not MANY,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
few = settings(fuzzed, max_examples=MANY or 100)

RECIPES = [
    recipes.tabular_classifier(),
    recipes.image_classifier(
        dropout=recipes.Float(0, 0.5), augmentation="standard"
    ),
    recipes.image_fine_tuner(),
    recipes.text_classifier(),
]
VALUES = [json.loads(recipe.to_json()) for recipe in RECIPES]
FIELDS = sorted(VALUES[0])
WORDS = st.sampled_from(
    ["auto", "relu", "part", "range", "config", "Float", "Choice", "mlp", "cnn"]
    + ["values", "min_value", "__class__", "os.system", "1e999", "", "\0", "é"]
)
NUMBERS = st.one_of(
    st.integers(),
    st.integers(-2, 70),
    st.floats(),
    st.sampled_from([10**30, 2**63, -(2**64), 1e308, 5e-324, -0.0]),
)
PLAIN = st.one_of(st.none(), st.booleans(), NUMBERS, WORDS, st.text())
ANY = st.recursive(
    PLAIN,
    lambda below: st.one_of(
        st.lists(below, max_size=4),
        st.dictionaries(st.one_of(WORDS, st.text()), below, max_size=4),
        st.fixed_dictionaries(
            {"part": st.one_of(WORDS, below)},
            optional={
                "config": st.one_of(below, st.dictionaries(WORDS, below))
            },
        ),
        st.fixed_dictionaries(
            {"range": st.sampled_from(["Float", "Int", "Choice", "Boolean"])},
            optional={
                "min_value": below,
                "max_value": below,
                "step": below,
                "sampling": st.sampled_from(["linear", "log", 3]),
                "values": st.lists(below, max_size=3),
            },
        ),
    ),
    max_leaves=12,
)


def put_somewhere(draw, tree, value):
    """Put a value at a drawn place of plain values."""
    if isinstance(tree, dict) and tree and draw(st.integers(0, 3)):
        key = draw(st.sampled_from(sorted(tree)))
        return {**tree, key: put_somewhere(draw, tree[key], value)}
    if isinstance(tree, list) and tree and draw(st.integers(0, 3)):
        place = draw(st.integers(0, len(tree) - 1))
        below = put_somewhere(draw, tree[place], value)
        return [*tree[:place], below, *tree[place + 1 :]]
    return value


@st.composite
def mutated_recipes(draw):
    found = draw(st.sampled_from(VALUES))
    for _ in range(draw(st.integers(1, 3))):
        name = draw(st.sampled_from(sorted(found)))
        below = put_somewhere(draw, found[name], draw(ANY))
        found = {**found, name: below}
    return json.dumps(found)


@st.composite
def spliced_recipes(draw):
    text = json.dumps(draw(st.sampled_from(VALUES)))
    begin = draw(st.integers(0, len(text)))
    end = draw(st.integers(begin, min(len(text), begin + 20)))
    return text[:begin] + draw(st.text(max_size=8)) + text[end:]


def take(text):
    """Read a recipe; what is taken is written and read again the same."""
    try:
        recipe = recipes.Recipe.from_json(text)
    except UserError:
        return
    again = recipe.to_json()
    assert recipes.Recipe.from_json(again) == recipe
    assert recipes.Recipe.from_json(again).to_json() == again


@fuzzed
@given(mutated_recipes())
def test_mutated_recipes(text):
    take(text)


@few
@given(spliced_recipes())
def test_spliced_recipes(text):
    take(text)


@few
@given(st.one_of(ANY.map(json.dumps), st.text(), ANY))
def test_any_json_for_a_recipe(text):
    take(text)


@few
@given(st.one_of(st.text(), ANY.map(json.dumps), st.binary().map(repr)))
def test_json_text(text):
    try:
        found = json_text.loads(text)
    except ValueError:
        return
    assert json.loads(json.dumps(found, allow_nan=False)) == found


PATHS = st.one_of(
    st.sampled_from(FIELDS),
    st.sampled_from(
        [
            "network/units",
            "network/filters",
            "augmentation/0/factor",
            "/",
            "a//b",
        ]
        + ["network/__class__", "network/activation/alpha", "schedule/x/y/z"]
    ),
    st.text(string.ascii_letters + "/_0", max_size=12),
    st.text(max_size=8),
)
MARKS = st.text('0123456789.:|=[]{}",elogstep-+ \0', max_size=16)
SPECS = st.one_of(
    MARKS,
    st.text(max_size=8),
    ANY.map(json.dumps),
    st.tuples(NUMBERS, NUMBERS).map("{0[0]}..{0[1]}".format),
    st.tuples(NUMBERS, NUMBERS, st.sampled_from(["log", "step=2", "x"])).map(
        "{0[0]}..{0[1]}:{0[2]}".format
    ),
    st.lists(WORDS, max_size=4).map("|".join),
    st.lists(NUMBERS, max_size=4).map(lambda n: "|".join(map(str, n))),
)
ASSIGNMENTS = st.one_of(
    st.tuples(PATHS, SPECS).map("=".join), st.text(max_size=20)
)


@fuzzed
@given(st.sampled_from(RECIPES), st.lists(ASSIGNMENTS, min_size=1, max_size=2))
def test_settings(recipe, texts):
    try:
        found = change(recipe, texts)
    except UserError:
        return
    take(found.to_json())


@fuzzed
@given(st.sampled_from(RECIPES), st.lists(ASSIGNMENTS, min_size=1, max_size=2))
def test_searches(recipe, texts):
    try:
        found = search(recipe, texts)
    except UserError:
        return
    take(found.to_json())
    found.ranges()


# A name behind tfds: is downloaded if it is there: not one letter of these is.
DATA = st.one_of(
    st.text(),
    ANY,
    st.tuples(
        st.sampled_from(["folder:", "csv:", "tfds:/", "tfds:./", "pickle:"]),
        st.one_of(MARKS, st.text(max_size=20), st.text("/.~#\0", max_size=9)),
    )
    .map("".join)
    .filter(lambda text: not text.startswith(("folder:/", "folder:~"))),
).filter(lambda spec: not str(spec).startswith("tfds:/."))


@few
@given(spec=DATA)
def test_data_specs(spec, tmp_path_factory):
    place = tmp_path_factory.getbasetemp()
    before = os.getcwd()
    os.chdir(place)
    try:
        load(spec)
    except DataError:
        pass
    finally:
        os.chdir(before)


@few
@given(st.lists(ANY, min_size=7, max_size=7))
def test_arguments_of_load(given):
    try:
        arguments.check(*given)
    except DataError:
        pass


TABLES = st.one_of(
    st.binary(),
    st.lists(
        st.lists(
            st.one_of(NUMBERS.map(str), MARKS, st.text(max_size=5)),
            min_size=2,
            max_size=3,
        ).map(",".join),
        max_size=6,
    ).map(
        lambda rows: "\n".join(["a,label", *rows]).encode("utf-8", "replace")
    ),
)


@few
@given(content=TABLES)
def test_tables(content, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "fuzzed.csv"
    path.write_bytes(content)
    try:
        load(f"csv:{path}#label")
    except DataError:
        pass


def pictures():
    found = []
    for kind in (
        "PNG",
        "JPEG",
        "GIF",
        "BMP",
        "TIFF",
        "WEBP",
        "PPM",
        "ICO",
        "TGA",
    ):
        for mode in ("RGB", "L"):
            held = io.BytesIO()
            Image.linear_gradient("L").resize((9, 7)).convert(mode).save(
                held, kind
            )
            found.append(held.getvalue())
    return found


PICTURES = pictures()


@st.composite
def mutated_pictures(draw):
    content = bytearray(draw(st.sampled_from(PICTURES)))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(content) - 1))
        what = draw(st.sampled_from(["set", "cut", "put"]))
        if what == "set":
            content[at] = draw(st.integers(0, 255))
        elif what == "put":
            content[at:at] = draw(st.binary(max_size=6))
        else:
            del content[at : at + draw(st.integers(1, 6))]
        content = content or bytearray(b"\0")
    return bytes(content)


@fuzzed
@given(content=st.one_of(mutated_pictures(), st.binary()))
def test_pictures(content, tmp_path_factory):
    root = tmp_path_factory.getbasetemp() / "pictures"
    for name in ("cat", "dog"):
        (root / name).mkdir(parents=True, exist_ok=True)
        (root / name / "0.png").write_bytes(PICTURES[0])
    (root / "dog" / "1.png").write_bytes(content)
    try:
        recipes.data.folder.from_folder(root, image_size=(8, 8))
    except DataError as error:
        assert "1.png" in str(error)


def test_a_loose_parser_is_found_out(monkeypatch):
    """The negative control: with plain JSON, others' errors come out."""
    monkeypatch.setattr(
        json_text, "loads", lambda text, *more, **kwargs: json.loads(text)
    )
    with pytest.raises((ValueError, AssertionError, RecursionError)) as found:
        take("[" * 100_000)
    assert not isinstance(found.value, UserError)
