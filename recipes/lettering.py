"""Names in pictures: in fonts that have their letters, on one line."""

import functools

from matplotlib import font_manager

# For names in other scripts: those of these that are installed.
FONTS = (
    "Noto Sans CJK KR",
    "Noto Sans CJK JP",
    "Noto Sans CJK SC",
    "Noto Sans KR",
    "NanumGothic",
    "Apple SD Gothic Neo",
    "AppleGothic",
    "Hiragino Sans",
    "PingFang SC",
    "Malgun Gothic",
    "Yu Gothic",
    "Microsoft YaHei",
    "Arial Unicode MS",
)

AS_IS = {"parse_math": False}  # a name with $ in it is no formula


def one_line(name, otherwise, longest=20):
    """Return a name on one line, cut; or `otherwise` if no font has it."""
    text = " ".join(str(name).split())
    if len(text) > longest:
        text = text[: longest - 1] + "…"
    drawable = all(ord(letter) in _letters() for letter in text)
    return text if drawable else otherwise


@functools.cache
def families():
    """Return the fonts that are installed, the usual one first."""
    installed = {font.name for font in font_manager.fontManager.ttflist}
    return ["DejaVu Sans", *(name for name in FONTS if name in installed)]


@functools.cache
def _letters():
    """Return the code of every letter that can be drawn."""
    letters = set()
    for family in families():
        file = font_manager.findfont(family)
        letters.update(font_manager.get_font(file).get_charmap())
    return letters
