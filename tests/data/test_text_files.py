"""Folders and CSV files of texts."""

import pytest

from recipes.data import load
from recipes.data.folds import cut

pytestmark = pytest.mark.both_backends
WORDS = {"news": "the minister said", "sport": "they scored again"}


@pytest.fixture
def text_folder(tmp_path):
    """A function: make class folders of ten files each below a folder."""

    def make(name="texts", suffix=".txt"):
        for label, words in WORDS.items():
            (tmp_path / name / label).mkdir(parents=True)
            for i in range(10):
                path = tmp_path / name / label / f"{i}{suffix}"
                path.write_text(f"{words} {i}", encoding="utf-8")
        return tmp_path / name

    return make


@pytest.fixture
def csv_of(tmp_path):
    """A function: write a CSV file and return its spec."""

    def write(head, row, count=20):
        lines = [head, *(row.format(i=i, y="ab"[i % 2]) for i in range(count))]
        path = tmp_path / "texts.csv"
        path.write_text("\n".join(lines), encoding="utf-8")
        return f"csv:{path}#label"

    return write


def test_a_folder_of_class_folders(text_folder):
    root = text_folder()
    (root / "news" / ".hidden").write_bytes(b"\xff")
    (root / "README.md").write_text("not an example")
    data = load(f"folder:{root}")
    assert (data.features, data.class_names) == ("text", ("news", "sport"))
    texts = data.train.source.array.tolist()
    assert texts == [f"{w} {i}" for w in WORDS.values() for i in range(10)]
    assert (data.train.labels == data.train.rows // 10).all()
    assert load(f"folder:{root}", features="text").fingerprint == (
        data.fingerprint
    )


def test_a_folder_of_splits(text_folder):
    for role in ("train", "val", "test"):
        root = text_folder(f"all/{role}").parent
    data = load(f"folder:{root}")
    assert data.features == "text" and [len(s) for s in data.splits] == [20] * 3
    assert data.test.files()[-1] == "test/sport/9.txt"
    fold = cut(data, 4, 0.15, seed=0)[0]
    for name, text in zip(fold.train.files(), fold.train.read(), strict=True):
        assert (root / name).read_text() == text


def test_files_of_any_name_are_texts_when_asked_for(text_folder):
    root = text_folder(suffix="")
    assert len(load(f"folder:{root}", features="text").train) > 0


def test_a_mark_at_the_beginning_is_no_letter(text_folder):
    root = text_folder()
    (root / "news" / "0.txt").write_bytes(b"\xef\xbb\xbfhello")
    assert load(f"folder:{root}").train.source.array[0] == "hello"


@pytest.mark.parametrize(
    "content, words",
    [
        (b"", "an empty text"),
        (b" \n", "an empty text"),
        ("Grüße".encode("latin-1"), "UTF-8"),
        (b"\0\0\0", "zero bytes"),
    ],
)
def test_a_bad_file_is_named(refusal, text_folder, content, words):
    path = text_folder() / "sport" / "3.txt"
    path.write_bytes(content)
    error = refusal(f"folder:{path.parent.parent}")
    assert error.file == path and words in str(error)
    assert error.index is None and "row" not in str(error)
    assert "file" in error.mend


@pytest.mark.parametrize("features", [None, "text"])
def test_a_stray_file_among_texts_is_refused(refusal, text_folder, features):
    root = text_folder()
    stray = root / "sport" / "README.md"
    stray.write_text("# What these are")
    error = refusal(f"folder:{root}", features=features)
    assert error.file == stray and "no .txt, beside 20" in str(error)
    stray.rename(root / "README.md")  # beside the classes it is no example
    assert len(load(f"folder:{root}", features=features).train.source) == 20


def test_an_image_recipe_is_told_that_these_are_texts(refusal, text_folder):
    error = refusal(f"folder:{text_folder()}", features="image")
    assert "text_classifier" in str(error)


def test_a_text_recipe_names_the_first_image(refusal, image_folder):
    error = refusal(f"folder:{image_folder()}", features="text")
    assert error.file.name == "00.png" and "UTF-8" in str(error)


def test_the_only_other_column_of_a_csv_holds_the_texts(csv_of):
    data = load(csv_of("review,label", '"well, {i}",{y}'), features="text")
    assert data.feature_names == ("review",)
    assert data.train.source.array[3] == "well, 3"


def test_or_the_one_called_text(csv_of):
    spec = csv_of("id,text,label", "{i},word {i},{y}")
    data = load(spec, features="text")
    assert data.feature_names == ("text",)
    assert data.train.source.array[3] == "word 3"


def test_two_columns_that_may_hold_it(refusal, csv_of):
    error = refusal(csv_of("id,body,label", "{i},b,{y}"), features="text")
    assert "id, body" in str(error) and "to text" in error.mend


def test_an_empty_cell_is_named_by_its_line(refusal, csv_of):
    spec = csv_of("text,label", "word {i},{y}")
    path = spec[4:].split("#")[0]
    with open(path, "a", encoding="utf-8") as file:
        file.write("\n,a")
    error = refusal(spec, features="text")
    assert "line 22" in str(error) and "an empty text" in str(error)
    assert error.index == 20


def test_a_csv_is_a_table_unless_texts_are_asked_for(refusal, csv_of):
    spec = csv_of("text,label", "word {i},{y}")
    assert "'word 0' in column 'text'" in str(refusal(spec))
