"""The whole page: a head, a line of links, and sections that stand alone."""

import html
import re
from typing import NamedTuple

import numpy as np

from recipes.errors import UserError
from recipes.report.blocks import note
from recipes.report.markup import Markup, clean, joined, tag
from recipes.report.style import STYLE

GENERATOR = "Keras Recipes report"
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)
# What files that are not of this library can lead to; a RuntimeError is that
# of values that lie too deep in one another, too, and of a device.
ODD = (
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)
# Of them those that only say in Python's words what a damaged file lacks.
DAMAGED = (AttributeError, LookupError, RecursionError, TypeError)
LEFT_OUT = r'<p class="note">Left out: ([^<]*)</p>'
OTHER = "a file of this part holds something else than recipes writes"
LARGEST = 6_000_000  # letters of a section; pictures of ours need 2 million


class Section(NamedTuple):
    """A part of the page.

    Args:
        key: Its anchor.
        title: Its head.
        build: Called without arguments; returns its content, or None if the
            page has no such section.
    """

    key: str
    title: str
    build: object


def page(tab, title, under, sections):
    """Return the whole page.

    Args:
        tab: What the browser's tab says: plain words.
        title: Of the page.
        under: The line below the title.
        sections: List of `Section`; the first has no head of its own.
    """
    made = [(each, content(each.build)) for each in sections]
    made = [(each, body) for each, body in made if body is not None]
    links = [
        tag("li", tag("a", each.title, href=f"#{each.key}"))
        for each, _ in made[1:]
    ]
    blocks = [
        tag(
            "section",
            tag("h2", each.title, id=each.key) if place else None,
            body,
            id=None if place else each.key,
            aria_label=None if place else each.title,
            aria_labelledby=each.key if place else None,
        )
        for place, (each, body) in enumerate(made)
    ]
    head = [
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("meta", name="generator", content=GENERATOR),
        tag(
            "meta",
            name="viewport",
            content="width=device-width, initial-scale=1",
        ),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", clean(tab, 120)),
        tag("style", STYLE),
    ]
    top = tag(
        "header",
        tag("h1", title),
        tag("p", under, class_="under"),
        tag("nav", tag("ul", *links), aria_label="sections"),
    )
    foot = tag(
        "footer",
        "Written by Keras Recipes. Everything shown lies in this one file.",
    )
    body = joined(top, tag("main", *blocks), foot)
    whole = tag("html", tag("head", *head), tag("body", body), lang="en")
    return f"<!DOCTYPE html>\n{whole}\n"


def left_out(page):
    """Return reason → titles of the sections of a page that say so.

    >>> made = page("t", "t", "u", [Section("a", "One", lambda: [][0])])
    >>> left_out(made)
    {'a file of this part holds something else than recipes writes.': \
['Verdict']}
    """
    found = {}
    for block in page.split("<section")[1:]:
        head = re.search(r"<h2[^>]*>(.*?)</h2>", block, re.DOTALL)
        title = html.unescape(head[1]) if head else "Verdict"
        for why in re.findall(LEFT_OUT, block, re.DOTALL):
            titles = found.setdefault(html.unescape(why), [])
            if title not in titles:
                titles.append(title)
    return found


def lacking(*words):
    """Return why something is left out, as `left_out` finds it again."""
    return note("Left out: ", *words)


def content(build):
    """Return what a builder makes; where it cannot be made, why."""
    try:
        with np.errstate(all="ignore"):  # of losses that are about to diverge
            found = build()
        if found is not None and len(found) > LARGEST:
            raise ValueError(f"{len(found)} letters would be too many")
        return found
    except UserError as error:
        return lacking(clean(error, 1000))
    except ODD as error:
        if isinstance(error, DAMAGED):
            return lacking(f"{OTHER}.")
        words = f"what lies there cannot be read ({type(error).__name__}: "
        return lacking(words, clean(error, 200), ").")


def parts(*builders):
    """Return what builders make, one after another; each may fail alone."""
    found = [content(build) for build in builders]
    return Markup("".join(each for each in found if each is not None))
