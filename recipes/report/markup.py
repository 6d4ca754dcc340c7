"""HTML from strings that may hold anything: all of them pass `text`."""

import html
import re
import unicodedata

LONGEST = 2000  # letters of a value; more are cut
VOID = ("meta", "img", "br")
# They turn the order of what follows around, also beyond their own line.
TURNING = {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}


class Markup(str):
    """A string that is HTML already."""


def clean(value, longest=LONGEST):
    r"""Return a value as a string that HTML and XML can hold, on one line.

    What no document may hold (control characters, lone surrogates, what
    Unicode calls noncharacters), and what turns the order of letters around,
    becomes U+FFFD.

    Example:

    >>> clean("a\x00b\n c") == "a\ufffdb c"
    True
    >>> clean("x" * 9, longest=4)
    'xxx…'
    """
    words = re.sub(r"\s+", " ", str(value)[: 20 * longest])
    if len(words) > longest:
        words = words[: longest - 1] + "…"
    return "".join("\ufffd" if _unfit(c) else c for c in words)


def _unfit(letter):
    place = ord(letter)
    nothing = place & 0xFFFE == 0xFFFE or 0xFDD0 <= place <= 0xFDEF
    control = unicodedata.category(letter) in ("Cc", "Cs")
    return control or nothing or place in TURNING


def text(value, longest=LONGEST):
    """Return any value as HTML that shows it, and does nothing else.

    Example:

    >>> text("<script>")
    '&lt;script&gt;'
    """
    if isinstance(value, Markup):
        return value
    return Markup(html.escape(clean(value, longest), quote=True))


def tag(name, /, *children, **attributes):
    """Return an element.

    Args:
        name: Of the element.
        *children: Its content: `Markup` as it is, all else through `text`;
            None is left out.
        **attributes: By name, through `text` too, `src` at any length;
            `class_` is `class`, other underscores are hyphens. None is left
            out.

    Example:

    >>> tag("a", "1 < 2", href="#x", class_="link")
    '<a href="#x" class="link">1 &lt; 2</a>'
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{text(value, _longest(key))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in VOID:
        return Markup(f"<{name}{given}>")
    inside = joined(*children)
    return Markup(f"<{name}{given}>{inside}</{name}>")


def _longest(key):
    return 10**8 if key == "src" else LONGEST


def joined(*parts):
    """Return parts one after another; None is left out.

    >>> joined("<", tag("br"), None)
    '&lt;<br>'
    """
    return Markup("".join(text(part) for part in parts if part is not None))


def name(value, longest=80):
    """Return a name that a user chose, whichever way its letters run.

    >>> name("cat")
    '<bdi>cat</bdi>'
    """
    return tag("bdi", clean(value, longest).strip())
