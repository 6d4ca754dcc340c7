"""A matplotlib figure as SVG within the page: in its ink, on its ground."""

import io
import re
from xml.etree import ElementTree

import matplotlib

from recipes.report.markup import Markup, clean

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
HREF = f"{{{XLINK}}}href"
INK = ("#000000", "#555555")  # of words, axes and marks: as the page's own
GROUND = ("#ffffff",)  # as of what lies behind words
PALE = {"#bbbbbb": "#868b94"}  # lost on a white ground
SETTINGS = {"svg.fonttype": "none", "svg.image_inline": True}
NO_METADATA = {"Date": None, "Creator": None, "Format": None, "Type": None}
MANY = 120  # points of a line, above which they are not marked one by one


def svg(figure, key, title, words):
    """Return a figure as an element that reads on light and dark grounds.

    Black and gray become the page's own ink, white its ground; words stay
    words, in the page's own fonts. The same figure gives the same letters.

    Args:
        figure: A `matplotlib.figure.Figure`.
        key: What tells its ids from those of other plots in the page: letters,
            digits and hyphens.
        title: What it shows.
        words: The same with its numbers, for those who do not see it.
    """
    _lighten(figure)
    file = io.BytesIO()
    with matplotlib.rc_context({**SETTINGS, "svg.hashsalt": key}):
        figure.savefig(
            file, format="svg", transparent=True, metadata=NO_METADATA
        )
    for prefix, space in (("", SVG), ("xlink", XLINK)):
        ElementTree.register_namespace(prefix, space)
    root = ElementTree.fromstring(file.getvalue())
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag.split("}")[-1] in ("metadata", "style"):
                parent.remove(child)
    _rename(root, key)
    for element in root.iter():
        _recolor(element)
        if element.tag.split("}")[-1] not in ("text", "tspan"):
            element.text = None  # no more than the file's own indents
        element.tail = None
    _say(root, key, title, words)
    return Markup(ElementTree.tostring(root, encoding="unicode"))


def _lighten(figure):
    """Take away the marks that would be too many, and what makes them pale."""
    for axes in figure.axes:
        legend = axes.get_legend()
        for line in [*axes.lines, *(legend.get_lines() if legend else [])]:
            line.set_alpha(None)
            if len(line.get_xdata()) > MANY:
                line.set_marker("")


def _rename(root, key):
    """Keep the ids that something refers to, under names of this plot."""
    references = r"url\(#([^)]+)\)"
    used = set()
    for element in root.iter():
        for name, value in element.attrib.items():
            if name == HREF and value.startswith("#"):
                used.add(value[1:])
            used.update(re.findall(references, value))
    names = {each: f"{key}-{n}" for n, each in enumerate(sorted(used))}
    for element in root.iter():
        own = element.attrib.pop("id", None)
        if own in names:
            element.set("id", names[own])
        for name, value in list(element.attrib.items()):
            if name == HREF:
                del element.attrib[HREF]
                inner = value.startswith("#")
                element.set("href", f"#{names[value[1:]]}" if inner else value)
            elif "url(#" in value:
                element.set(
                    name,
                    re.sub(references, lambda m: f"url(#{names[m[1]]})", value),
                )


def _recolor(element):
    for name in ("style", "fill", "stroke"):
        value = element.get(name)
        if value is None:
            continue
        for color in INK:
            value = value.replace(color, "currentColor")
        for color, better in PALE.items():
            value = value.replace(color, better)
        for color in GROUND:
            value = value.replace(color, "var(--ground)")
        value = re.sub(r"font-family: [^;]*;? ?", "", value)
        element.set(name, value)


def _say(root, key, title, words):
    """Give the picture its alternative text."""
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    root.set("class", "plot")
    root.set("role", "img")
    root.set("aria-labelledby", f"{key}-title {key}-desc")
    for place, (name, said) in enumerate((("title", title), ("desc", words))):
        element = ElementTree.Element(f"{{{SVG}}}{name}")
        element.set("id", f"{key}-{name}")
        element.text = clean(said)
        root.insert(place, element)
