"""A page read by other means than it was written by: what is wrong in it."""

import re
from html.parser import HTMLParser

VOID = {"meta", "img", "br"}
KNOWN = VOID | set(
    "html head title style body header h1 h2 h3 h4 p nav ul ol li a main "
    "section div span strong b bdi figure figcaption table caption thead "
    "tbody tr th td code pre dl dt dd details summary footer "
    "svg desc g defs path use text tspan clippath rect image".split()
)
ONE = r"(--share|[a-z-]+): ?[\w.,%() #-]+"  # no address: no colon, no slash
STYLED = re.compile(rf"({ONE}; ?)*({ONE})?")


class Page(HTMLParser):
    """A page's elements: `rows` of (name, attributes, text within)."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.faults, self.rows, self._open = [], [], []
        self.source = text
        self.feed(text)
        self.close()
        self.faults += [f"never closed: {row[0]}" for row in self._open]
        self._look()

    def handle_starttag(self, tag, attrs):
        row = [tag, dict(attrs), "", tuple(each[0] for each in self._open)]
        if len(row[1]) != len(attrs):
            self.faults.append(f"an attribute twice in {tag}")
        self.rows.append(row)
        if tag not in VOID:
            self._open.append(row)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag):
        if not self._open or self._open[-1][0] != tag:
            self.faults.append(f"closed out of order: {tag}")
        else:
            self._open.pop()

    def handle_data(self, data):
        for row in self._open:
            row[2] += data

    def handle_comment(self, data):
        self.faults.append(f"a comment: {data[:40]}")

    def _look(self):
        ids = [row[1]["id"] for row in self.rows if "id" in row[1]]
        self.faults += [f"an id twice: {i}" for i in ids if ids.count(i) > 1]
        for tag, given, inside, _ in self.rows:
            if tag not in KNOWN:
                self.faults.append(f"an element of no page: {tag}")
            for name, value in given.items():
                self.faults += list(_wrong(tag, name, value or "", set(ids)))
            if tag == "img" and not given.get("alt"):
                self.faults.append("a picture without words")
            if tag == "svg":
                named = given.get("aria-labelledby", "").split()
                if given.get("role") != "img" or len(named) != 2:
                    self.faults.append("a plot without words")
            if tag in ("title", "desc", "figcaption") and not inside.strip():
                self.faults.append(f"an empty {tag}")
            if tag == "style" and "@import" in inside:
                self.faults.append("a style sheet from elsewhere")
        bad = re.findall(
            r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]",
            self.source,
        )
        self.faults += [f"a control character: {each!r}" for each in bad]
        if sum(row[0] == "style" for row in self.rows) != 1:
            self.faults.append("more than one style sheet")

    def all(self, tag, **given):
        """Return the rows of elements with these attributes."""
        wanted = {k.rstrip("_").replace("_", "-"): v for k, v in given.items()}
        return [
            row
            for row in self.rows
            if row[0] == tag and wanted.items() <= row[1].items()
        ]

    def words(self, section):
        """Return all text of a section, by its anchor."""
        found = [
            row[2]
            for row in self.rows
            if row[0] == "section"
            and section in (row[1].get("id"), row[1].get("aria-labelledby"))
        ]
        assert len(found) == 1, section
        return " ".join(found[0].split())

    def cells(self, caption):
        """Return the texts of a table's body whose box is called so."""
        at = next(
            i
            for i, row in enumerate(self.rows)
            if row[1].get("role") == "region"
            and caption in row[1]["aria-label"]
        )
        lines, depth = [], len(self.rows[at][3])
        for tag, _, inside, above in self.rows[at + 1 :]:
            if len(above) <= depth:
                break
            if tag == "tr" and "tbody" in above:
                lines.append([])
            elif tag in ("td", "th") and "tbody" in above:
                lines[-1].append(" ".join(inside.split()))
        return lines


def _wrong(tag, name, value, ids):
    if name.startswith("on") or name in ("srcdoc", "formaction", "action"):
        yield f"a handler: {name}"
    if name in ("href", "xlink:href"):
        if not (value.startswith("#") and value[1:] in ids):
            yield f"a link to elsewhere: {value[:60]}"
    if name == "src" and not value.startswith("data:image/png;base64,"):
        yield f"a source elsewhere: {value[:60]}"
    for each in re.findall(r"url\(([^)]*)\)", value):
        if name != "alt" and each[1:] not in ids and tag not in ("th", "code"):
            yield f"an address: {each[:60]}"
    if name == "style" and not STYLED.fullmatch(value):
        yield f"a style: {value[:200]}"
    if name == "aria-labelledby":
        yield from (f"no {i}" for i in value.split() if i not in ids)


def read(path):
    """Return the `Page` in a file."""
    return Page(path.read_text("utf-8"))
