"""What sections are made of: paragraphs, tables, pictures in a grid."""

import itertools
import math

from recipes.report.markup import Markup, clean, joined, tag, text

MOST = 100  # rows of names and values; no folder of ours has more


def number(value, digits=4):
    """Return a number as it is shown; "undefined" for what is not finite.

    >>> number(0.98765), number(12), number(float("nan")), number(23456.7)
    ('0.9877', '12', 'undefined', '23457')
    """
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return "undefined"
    if not isinstance(value, float):
        return str(value)
    if value == 0 or 1e-3 <= abs(value) < 10:
        return f"{value:.{digits}f}"
    if 1e3 <= abs(value) < 1e8:
        return f"{value:.0f}"
    return f"{value:.{digits}g}"


def paragraph(*parts, class_=None):
    """Return a paragraph."""
    return tag("p", *parts, class_=class_)


def code(words):
    """Return a line of code that wraps and can be copied whole."""
    return tag("pre", tag("code", clean(words, 4000)))


def table(heads, rows, caption, numeric=(), class_=None):
    """Return a table in a box of its own, that scrolls where it is too wide.

    Args:
        heads: Of the columns.
        rows: Of cells: strings, or `Markup`; the first is the row's head.
        caption: What it is a table of.
        numeric: Places of the columns of numbers.
        class_: Of the table.
    """
    top = [
        tag("th", head, scope="col", class_=_side(place, numeric))
        for place, head in enumerate(heads)
    ]
    lines = []
    for row in rows:
        cells = [
            tag(
                "td" if place else "th",
                cell,
                scope=None if place else "row",
                class_=_side(place, numeric),
            )
            for place, cell in enumerate(row)
        ]
        lines.append(tag("tr", *cells))
    whole = tag(
        "table",
        tag("caption", caption),
        tag("thead", tag("tr", *top)),
        tag("tbody", *lines),
        class_=class_,
    )
    return box(whole, caption)


def _side(place, numeric):
    return "number" if place in numeric else None


def box(content, label):
    """Return content that scrolls sideways within itself, by keys too."""
    return tag(
        "div",
        content,
        class_="box",
        role="region",
        aria_label=clean(label, 120),
        tabindex="0",
    )


def pairs(rows):
    """Return names and values as a list."""
    found = (
        tag("div", tag("dt", key), tag("dd", value))
        for key, value in rows
        if value is not None
    )
    return tag("dl", *itertools.islice(found, MOST))


def grid(*items, class_="grid"):
    """Return items beside each other, as many as there is room for."""
    return tag("div", *items, class_=class_)


def figure(picture, caption, class_=None):
    """Return a picture with the words below it."""
    return tag("figure", picture, tag("figcaption", caption), class_=class_)


def listed(items):
    """Return items as a list of points."""
    return tag("ul", *(tag("li", item) for item in items))


def note(*parts):
    """Return words on what is not here, and why."""
    return tag("p", *parts, class_="note")


def sentences(*parts):
    """Return parts with a space between them; None and "" are left out.

    >>> sentences("One.", None, "Two.")
    'One. Two.'
    """
    return Markup(" ".join(text(p, 2000) for p in parts if p))


def fold(summary, *content):
    """Return content that opens when it is asked for; printed it is open."""
    return tag("details", tag("summary", summary), joined(*content))
