"""Pictures of examples with words below them, drawn without a display."""

import math

import cv2
import numpy as np
from matplotlib import colormaps
from matplotlib.cm import ScalarMappable
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from rich.cells import cell_len

from recipes.lettering import AS_IS, families, one_line

MOST = 100  # pictures in a figure
SIDE = 1.5  # inches of a picture's longer side
LINE, LETTER = 0.16, 0.056  # inches of a line of words, and of a letter
FINE = 160  # pixels of a heat map's longer side, at least half of them


def sheet(images, captions, title, columns=None, of=None):
    """Draw images in rows, each with its caption below.

    Args:
        images: Array (n, height, width, 1 or 3) in [0, 1]; of more than 100
            the first.
        captions: Texts, of one line or several.
        title: Of the figure.
        columns: Images in a row; None chooses.
        of: How many there are, if `images` are the first of them: the title
            says it of those that are not shown.

    Returns:
        A `matplotlib.figure.Figure`.
    """
    count = min(len(images), MOST)
    if columns is None:
        columns = min(count, max(3, math.isqrt(count - 1) + 1), 8)
    rows = math.ceil(count / columns)
    room = _room(captions[:count])
    title = _first(title, count, of or len(images))
    figure, cells = _grid(rows, columns, images[0].shape, room, title)
    for place, axes in enumerate(cells.flat):
        if place >= count:
            axes.axis("off")
            continue
        _picture(axes, images[place])
        _words(axes.set_xlabel, captions[place])
    return figure


def rows(groups, title):
    """Draw a row of images for each group, with its name before them.

    Args:
        groups: (name, images, captions) of each row, images as of `sheet`.
        title: Of the figure.

    Returns:
        A `matplotlib.figure.Figure`.
    """
    if not groups:
        figure, _ = _grid(0, 0, (1, 1), (0, 0), f"{title}: nothing")
        return figure
    columns = max(len(images) for _, images, _ in groups)
    shape = groups[0][1][0].shape
    room = _room([c for _, _, captions in groups for c in captions])
    figure, cells = _grid(len(groups), columns, shape, room, title, 1.2, 1.1)
    for (name, images, captions), row in zip(groups, cells, strict=True):
        for axes in row[len(images) :]:
            axes.axis("off")
        for axes, image, caption in zip(row, images, captions, strict=False):
            _picture(axes, image)
            _words(axes.set_xlabel, caption)
        side = {"rotation": 0, "ha": "right", "va": "center", "labelpad": 6}
        _words(row[0].set_ylabel, name, **side)
    return figure


def overlays(images, maps, captions, title):
    """Draw images, and beside each the same one under its heat map.

    Args:
        images: As of `sheet`; of more than 50 the first.
        maps: Array (n, height, width) in [0, 1].
        captions: A text for each image.
        title: Of the figure.

    Returns:
        A `matplotlib.figure.Figure`, with a bar that tells the colors.
    """
    count = min(len(images), MOST // 2)
    pairs = min(count, 3)
    rows = math.ceil(count / pairs)
    room = _room(captions[:count])
    shape = images[0].shape
    title = _first(title, count, len(images))
    figure, cells = _grid(rows, 2 * pairs, shape, room, title, 0.7)
    for place, (left, right) in enumerate(cells.reshape(-1, 2)):
        if place >= count:
            left.axis("off")
            right.axis("off")
            continue
        _picture(left, images[place])
        _words(left.set_xlabel, captions[place])
        _picture(right, overlay(images[place], maps[place]))
    bar = figure.colorbar(
        ScalarMappable(cmap=_heat_colors()),
        ax=cells,
        shrink=0.6,
        pad=0.01,
        ticks=(0, 1),
    )
    bar.ax.set_yticklabels(["none", "most"], fontsize=7)
    return figure


def overlay(image, heat):
    """Lay a heat map over an image, which is grayed for it.

    Small images are enlarged, so that the map is smooth and the pixels show.

    Args:
        image: (height, width, 1 or 3) in [0, 1].
        heat: (height, width) in [0, 1].

    Returns:
        (height, width, 3) in [0, 1], the sides as often as large as it takes.

    >>> overlay(np.ones((80, 80, 1)), np.zeros((80, 80))).shape
    (160, 160, 3)
    """
    times = max(1, FINE // max(heat.shape))
    height, width = (side * times for side in heat.shape)
    gray = np.repeat(np.repeat(image.mean(axis=-1), times, 0), times, 1)
    smooth = cv2.resize(heat.astype("float32"), (width, height))
    return _blend(gray, np.clip(smooth, 0, 1))


def _blend(gray, heat):
    """Color an array of gray values, the more the hotter."""
    share = 0.8 * heat[..., None] ** 0.7
    colors = colormaps["plasma"](heat)[..., :3]
    return (1 - share) * 0.8 * gray[..., None] + share * colors


def _heat_colors():
    heat = np.linspace(0, 1, 256)
    return ListedColormap(_blend(np.full_like(heat, 0.4), heat))


def _room(captions):
    """Return (inches of the widest line, most lines) of captions."""
    lines = [caption.split("\n") for caption in captions]
    widest = max(cell_len(line) for each in lines for line in each)
    return LETTER * widest, max(map(len, lines))


def _first(title, shown, count):
    """Say before a title what is not shown.

    >>> _first("top losses", 100, 200), _first("top losses", 9, 9)
    ('the first 100 of 200: top losses', 'top losses')
    """
    if shown == count:
        return title
    return f"the first {shown} of {count}: {one_line(title, '', 60)}"


def _grid(rows, columns, shape, room, title, extra=0.0, longer=SIDE):
    """Return a figure and its axes, (rows, columns), as large as they need."""
    title = one_line(title, "", 90)
    wide, lines = room
    height, width = (longer * side / max(shape[:2]) for side in shape[:2])
    width = max(width, wide) + 0.15
    figure = Figure(
        (
            max(columns * width + extra, 1.3 * LETTER * len(title)),
            rows * (height + LINE * lines + 0.1) + 0.4,
        ),
        layout="constrained",
    )
    figure.suptitle(title, fontsize=9, family=families(), **AS_IS)
    if not rows:
        return figure, None
    return figure, figure.subplots(rows, columns, squeeze=False)


def _picture(axes, image):
    gray = image.shape[-1] == 1
    axes.imshow(
        image[..., 0] if gray else image,
        cmap="gray" if gray else None,
        vmin=0,
        vmax=1,
    )
    axes.set_xticks([])
    axes.set_yticks([])


def _words(write, text, **style):
    write(text, fontsize=7, family=families(), **AS_IS, **style)
