"""Printed characters, from the fonts that come with matplotlib."""

import string
from pathlib import Path
from typing import NamedTuple

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from recipes.backbones.strokes import axes, outlines
from recipes.errors import RecipeError

SIZE = 64  # pixels of a relief
INNER = 40  # pixels of the longer side of a character in it
POINTS = 240  # that a font is drawn at before it is scaled down

# Characters of one form, once their size is gone, are one class.
CLASSES = (
    *("0Oo", "1Il", "2", "3", "4", "5", "6", "7", "8", "9"),
    *("A", "B", "Cc", "D", "E", "F", "G", "H", "J", "Kk", "L", "M", "N"),
    *("Pp", "Q", "R", "Ss", "T", "Uu", "Vv", "Ww", "Xx", "Y", "Zz"),
    *("a", "b", "d", "e", "f", "g", "h", "i", "j", "m", "n", "q", "r"),
    *("t", "y"),
)
# Fonts with letters; the others hold symbols, or boxes for missing glyphs.
FAMILIES = {
    "DejaVu Sans": (
        "DejaVuSans",
        "DejaVuSans-Bold",
        "DejaVuSans-Oblique",
        "DejaVuSans-BoldOblique",
    ),
    "DejaVu Sans Mono": (
        "DejaVuSansMono",
        "DejaVuSansMono-Bold",
        "DejaVuSansMono-Oblique",
        "DejaVuSansMono-BoldOblique",
    ),
    "DejaVu Serif": (
        "DejaVuSerif",
        "DejaVuSerif-Bold",
        "DejaVuSerif-Italic",
        "DejaVuSerif-BoldItalic",
    ),
    "STIX General": (
        "STIXGeneral",
        "STIXGeneralBol",
        "STIXGeneralItalic",
        "STIXGeneralBolIta",
    ),
    "Computer Modern": (
        *("cmr10", "cmb10", "cmmi10", "cmss10", "cmti10", "cmtt10"),
    ),
}
VALIDATION = "DejaVu Serif"  # a family that no training picture comes from
# Unicode's mathematical alphabets, which STIXGeneral has: first capital
# letter (small ones follow) and first digit.
ALPHABETS = {
    "script": (0x1D49C, None),
    "bold script": (0x1D4D0, None),
    "double-struck": (0x1D538, 0x1D7D8),
    "sans": (0x1D5A0, 0x1D7E2),
    "sans bold": (0x1D5D4, 0x1D7EC),
    "sans italic": (0x1D608, None),
    "sans bold italic": (0x1D63C, None),
    "monospace": (0x1D670, 0x1D7F6),
}
# Letters that Unicode already had stand outside of their alphabet.
MOVED = {
    "script": dict(zip("BEFHILMRego", "ℬℰℱℋℐℒℳℛℯℊℴ", strict=True)),
    "double-struck": dict(zip("CHNPQRZ", "ℂℍℕℙℚℝℤ", strict=True)),
}


class Glyphs(NamedTuple):
    """Characters as reliefs.

    Args:
        reliefs: uint8 (n, 64, 64), as of `strokes.outlines`: from 128 up is
            ink.
        labels: Class numbers (n,), of `CLASSES`.
        characters: The n characters, as strings.
        faces: Names of their fonts (n,).
    """

    reliefs: np.ndarray
    labels: np.ndarray
    characters: np.ndarray
    faces: np.ndarray


def glyphs(split="train"):
    """Return every character of every font: 62 of them in 49 classes.

    Each comes twice, as its font prints it and as a pen writes it: a line of
    even width along the middle of the print. Deterministic; it takes 2
    seconds.

    Args:
        split: `"validation"` is the family DejaVu Serif, `"train"` all the
            others, so that a score on validation tells of fonts not seen.

    Raises:
        RecipeError: For another split, or if matplotlib lacks a font.

    Example:

    >>> len(CLASSES), sum(map(len, CLASSES))
    (49, 62)
    """
    if split not in ("train", "validation"):
        raise RecipeError(
            "`split` must be 'train' or 'validation'. Received: " + repr(split)
        )
    pictures, found = [], []
    for name, alphabet in _faces(split):
        font = _font(name)
        for label, group in enumerate(CLASSES):
            for character in group:
                printed = _printed(character, alphabet)
                if printed is not None:
                    pictures.append(_picture(font, printed))
                    face = f"{name} {alphabet}" if alphabet else name
                    found.append((label, character, face))
    pictures = np.stack(pictures)
    labels, characters, faces = map(np.array, zip(*found, strict=True))
    return Glyphs(
        np.concatenate([outlines(pictures), axes(pictures)]),
        *(np.concatenate([x, x]) for x in (labels, characters, faces)),
    )


def _faces(split):
    """Yield (font, alphabet or None) of a split."""
    for family, names in FAMILIES.items():
        if (family == VALIDATION) == (split == "validation"):
            yield from ((name, None) for name in names)
    if split == "train":
        yield from (("STIXGeneral", alphabet) for alphabet in ALPHABETS)


def _font(name):
    folder = Path(matplotlib.get_data_path(), "fonts", "ttf")
    try:
        # The other layout engine is not in every build of Pillow.
        return ImageFont.truetype(
            str(folder / f"{name}.ttf"),
            POINTS,
            layout_engine=ImageFont.Layout.BASIC,
        )
    except OSError as error:
        raise RecipeError(
            f"matplotlib {matplotlib.__version__} lacks the font {name!r}, "
            f"which belongs in {folder}. Install matplotlib with its data."
        ) from error


def _printed(character, alphabet):
    """Return a character's place in an alphabet, None where it has none."""
    if alphabet is None:
        return character
    letter, digit = ALPHABETS[alphabet]
    moved = MOVED.get(alphabet, {})
    if character in moved:
        return moved[character]
    if character in string.digits:
        return None if digit is None else chr(digit + int(character))
    order = string.ascii_uppercase + string.ascii_lowercase
    return chr(letter + order.index(character))


def _picture(font, character):
    """Return a character in the middle of a square, white on black."""
    left, top, right, bottom = font.getbbox(character)
    picture = Image.new("L", (right - left, bottom - top))
    draw = ImageDraw.Draw(picture)
    draw.text((-left, -top), character, fill=255, font=font)
    scale = INNER / max(picture.size)
    width, height = (max(1, round(n * scale)) for n in picture.size)
    small = picture.resize((width, height), Image.Resampling.BOX)
    square = Image.new("L", (SIZE, SIZE))
    square.paste(small, ((SIZE - width) // 2, (SIZE - height) // 2))
    return np.asarray(square)
