"""csv:PATH#LABEL."""

import numpy as np
import pytest

from recipes.data import load

pytestmark = pytest.mark.both_backends


def rows(change=None, count=20):
    """Return a sound table as text; `change` maps a line to its new text."""
    lines = ["height,width,kind"]
    lines += [f"{i},{i / 4},{'ab'[i % 2]}" for i in range(count)]
    for number, text in (change or {}).items():
        lines[number - 1] = text
    return "\n".join(lines) + "\n"


@pytest.fixture
def csv(tmp_path):
    def write(text, label="kind", encoding="utf-8"):
        (tmp_path / "plants.csv").write_text(text, encoding=encoding)
        return f"csv:{tmp_path / 'plants.csv'}#{label}"

    return write


@pytest.mark.parametrize(
    "text, encoding",
    [
        (rows(), "utf-8"),
        (rows(), "utf-8-sig"),
        (rows().replace("\n", "\r\n"), "utf-8"),
        (rows().replace(",", " , "), "utf-8"),
        (rows().replace("\n", "\n\n"), "utf-8"),
        (rows({3: '"1","0.25","b"'}), "utf-8"),
    ],
)
def test_a_table_is_read(csv, text, encoding):
    data = load(csv(text, encoding=encoding))
    assert data.name == "plants" and data.features == "table"
    assert data.feature_names == ("height", "width")
    assert data.class_names == ("a", "b")
    expected = [[i, i / 4] for i in range(20)]
    np.testing.assert_array_equal(data.train.source.array, expected)
    np.testing.assert_array_equal(data.train.labels, data.train.rows % 2)


def test_the_label_column_may_be_any(csv):
    text = "y,a,b\n" + "".join(f"{i % 2},{i},{-i}\n" for i in range(20))
    assert load(csv(text, "y")).class_names == ("0", "1")
    number = load(csv(text, "a"), target="number")
    assert number.train.labels[:, 0].tolist() == number.train.rows.tolist()
    assert number.feature_names == ("y", "b")
    fractions = "y,a\n" + "".join(f"{i / 8},{i}\n" for i in range(20))
    assert load(csv(fractions, "y")).target == "number"


def test_a_path_from_home(csv, tmp_path, monkeypatch):
    csv(rows())
    monkeypatch.setenv("HOME", str(tmp_path))
    assert load("csv:~/plants.csv#kind").num_outputs == 2


def labeled(*labels, count=20):
    lines = [f"{i},{labels[i % len(labels)]}" for i in range(count)]
    return "\n".join(["a,y", *lines]) + "\n"


@pytest.mark.parametrize(
    "labels, names",
    [
        (("1", "2"), ("1", "2")),
        (("1", "-1"), ("-1", "1")),
        (("10", "9", "2"), ("2", "9", "10")),
        (("01234", "98765"), ("01234", "98765")),
        (("1.0", "2.0"), ("1", "2")),
        (("1.0", "+2", "01", "2."), ("1", "2")),
        (("0", "2"), ("0", "2")),
        (("1_0", "1_1"), ("1_0", "1_1")),
        (("1", "b"), ("1", "b")),
        (("none", "mild"), ("mild", "none")),
    ],
)
def test_whole_numbers_can_be_names_of_classes(csv, labels, names):
    data = load(csv(labeled(*labels), "y"))
    assert data.target == "class" and data.class_names == names
    by_value = [{"01": "1"}.get(text, text) for text in labels]
    if names == ("1", "2"):
        by_value = [str(int(float(text))) for text in labels]
    found = [names[y] for y in data.train.labels]
    assert found == [by_value[row % len(labels)] for row in data.train.rows]


@pytest.mark.parametrize("labels", [("1", "-1"), ("01234", "7.0"), ("1e30",)])
def test_whole_numbers_can_be_numbers(csv, labels):
    text = labeled(*labels, "3")
    data = load(csv(text, "y"), target="number")
    values = [float(label) for label in (*labels, "3")]
    expected = [values[row % len(values)] for row in data.train.rows]
    assert data.train.labels[:, 0].tolist() == expected


@pytest.mark.parametrize(
    "label", ["NaN", "nan", "NA", "n/a", "", " ", "<NA>", "null"]
)
@pytest.mark.parametrize("target", ["class", "number"])
def test_missing_labels(refusal, csv, label, target):
    others = "ab" if target == "class" else "12"
    error = refusal(csv(labeled(*others, label), "y"), target=target)
    assert error.index == 2 and "column 'y', line 4" in str(error)


@pytest.mark.parametrize(
    "labels, words",
    [
        (("1", str(2**70)), "1.18059"),
        (("1", "0.5"), "0.5"),
        (("1", "inf"), "inf"),
    ],
)
def test_numbers_that_are_no_classes(refusal, csv, labels, words):
    error = refusal(csv(labeled(*labels), "y"), target="class")
    assert error.index in (0, 1) and words in str(error)


def test_names_with_a_hash(csv, tmp_path):
    for label in ("y#", "#", "#y", "a#b"):
        text = labeled("u", "v").replace("a,y", f"a,{label}", 1)
        assert load(csv(text, label)).class_names == ("u", "v")
    path = tmp_path / "a#b" / "t#y.csv"
    path.parent.mkdir()
    path.write_text(labeled("u", "v"))
    assert load(f"csv:{path}#y").class_names == ("u", "v")


@pytest.mark.parametrize("mark", [";", "\t", "|"])
@pytest.mark.parametrize("decimal", [".", ","])
def test_other_separators(refusal, csv, mark, decimal):
    text = rows().replace(",", mark).replace(".", decimal)
    error = refusal(csv(text))
    assert repr(mark) in str(error) and "commas between" in str(error)


def test_decimal_commas(refusal, csv):
    error = refusal(csv(rows({5: '"1,5",1,a'})))
    assert error.index == 3 and "write 1.5 for 1,5" in str(error)
    error = refusal(csv(rows({5: "1,5,1,a"})))
    assert "needs quotes" in str(error)
    error = refusal(csv(labeled("1", '"2,5"'), "y"))
    assert error.index == 1 and "write 1.5" in str(error)


@pytest.mark.parametrize(
    "cell, expected",
    [
        ("1e39", "expected a number that fits float32"),
        ("inf", "expected a finite number"),
        ("tall", "expected a number. "),
        ("1_000", "expected a number. "),
        ("1_0", "expected a number. "),
    ],
)
def test_the_right_reason_is_given(refusal, csv, cell, expected):
    assert expected in str(refusal(csv(rows({5: f"{cell},1,a"}))))


@pytest.mark.parametrize(
    "change, index, words",
    [
        ({5: "tall,1,a"}, 3, "'tall' in column 'height', line 5"),
        ({5: "3,,a"}, 3, "an empty cell in column 'width', line 5"),
        ({5: "3,1,"}, 3, "an empty cell in column 'kind', line 5"),
        ({5: "3,nan,a"}, 3, "'nan' in column 'width', line 5"),
        ({5: "-inf,1,a"}, 3, "'-inf' in column 'height', line 5"),
        ({5: "1e39,1,a"}, 3, "'1e39' in column 'height', line 5"),
        ({5: "3,1"}, 3, "2 cells in line 5"),
        ({5: "3,1,a,4"}, 3, "4 cells in line 5"),
        ({5: '"3,1,a'}, 3, "1 cells in line"),
        ({1: "height,height,kind"}, None, "stand twice: height"),
        ({1: ",width,kind"}, None, "index=False"),
    ],
)
def test_bad_cells(refusal, csv, tmp_path, change, index, words):
    error = refusal(csv(rows(change)))
    assert error.index == index and words in str(error)
    assert str(error.file) == str(tmp_path / "plants.csv")


def test_the_line_is_counted_with_blank_lines(refusal, csv):
    text = rows({4: "\n\n2,x,a"})
    error = refusal(csv(text))
    assert error.index == 2 and "line 6" in str(error)


@pytest.mark.parametrize(
    "text, label, words",
    [
        (rows(), "knd", "Did you mean 'kind'?"),
        (rows(), "color", "height, width, kind"),
        (rows().replace(",", ";"), "kind", "height;width;kind"),
        ("kind\na\nb\n", "kind", "no column but the label"),
        ("height,kind\n", "kind", "found 1 line;"),
        ("", "kind", "0 lines"),
    ],
)
def test_bad_tables(refusal, csv, text, label, words):
    error = refusal(csv(text, label))
    assert words in str(error) and error.file
    assert "?." not in str(error)


def test_bad_files(refusal, tmp_path):
    for spec in ("csv:plants.csv", "csv:#kind", "csv:plants.csv#"):
        assert "csv:PATH#LABEL" in str(refusal(spec))
    assert "plants.csv" in str(refusal(f"csv:{tmp_path}/plants.csv#kind"))
    error = refusal(f"csv:{tmp_path}#kind")  # a folder
    assert str(tmp_path) in str(error) and "save it" not in error.mend
    korean = rows().replace("kind", "한국어", 1).encode("cp949")
    for text in (rows().encode("utf-16"), bytes(range(256)), korean):
        (tmp_path / "plants.csv").write_bytes(text)
        error = refusal(f"csv:{tmp_path}/plants.csv#kind")
        assert "save it as UTF-8" in error.mend and "plants.csv" in str(error)
