"""A contact sheet: the originals, several epochs, and what was drawn."""

import textwrap

import numpy as np

from augment import checks, limits
from augment.host import render
from augment.mix import mix, own_share, places
from augment.step import percent

_INCHES = 1.6  # of a picture's side
_LINE = 0.11  # inches of a line of words
_WRAP = 28  # letters of a line below it


def show(policy, images, *, indices=None, epochs=4, seed=0, renderer=render):
    """Draw a contact sheet of a policy.

    A row for each image: the image itself, then what it becomes in the first
    epochs, with the drawn parameters in words; what rounds to no change is
    left out. Where images are mixed, each is with the one below it, the last
    with the first, and the words name its index and its share of the label.

    Args:
        policy: A `Policy`, a step, or the name of a preset, such as
            `"standard"`: see `preset`.
        images: As `Policy` takes them; at most 16 are sensible.
        indices: Of the images in their data set, or None: 0, 1, ….
        epochs: How many epochs are drawn, at least 1.
        seed: Whole number from 0.
        renderer: Called with (images, drawn, policy), gives the pictures; in
            place of `augment.host.render`.

    Returns:
        A matplotlib figure; `figure.savefig("sheet.png")`.

    Raises:
        ValueError: For images that a policy does not take, or the name of
            no preset.

    Example:

    >>> from augment import RandomRotation
    >>> images = np.zeros((2, 8, 8, 1), "uint8")
    >>> figure = show(RandomRotation(0.1), images, epochs=2)
    >>> len(figure.axes)
    6
    """
    from matplotlib.figure import Figure

    from augment.policy import Policy
    from augment.presets import preset

    epochs = limits.whole("show", "epochs", epochs, 1, 100)
    images, _ = checks.images(images)
    if isinstance(policy, str):
        policy = preset(policy, channels=images[0].shape[-1])
    policy = policy if isinstance(policy, Policy) else Policy(policy)
    indices = checks.indices(indices, len(images), False)
    columns = [(images, [None] * len(images))]
    for epoch in range(epochs):
        columns.append(
            _augmented(policy, images, indices, seed, epoch, renderer)
        )
    lines = max(_wrapped(w).count("\n") + 1 for _, ws in columns for w in ws)
    height = _INCHES + _LINE * lines
    figure = Figure(
        figsize=(_INCHES * len(columns), height * len(images) + 0.5),
        layout="constrained",
    )
    grid = figure.subplots(len(images), len(columns), squeeze=False)
    for column, (pictures, words) in enumerate(columns):
        title = f"epoch {column - 1}" if column else "original"
        grid[0][column].set_title(title, fontsize=9)
        for row, axes in enumerate(grid[:, column]):
            _draw(axes, pictures[row])
            said = f"index {indices[row]}" if not column else words[row]
            axes.set_xlabel(_wrapped(said), fontsize=6)
    return figure


def _augmented(policy, images, indices, seed, epoch, renderer):
    """Return the pictures of an epoch, and words on each."""
    sizes, output = checks.sizes(images)
    drawn, found = policy.draw(
        sizes, output, seed=seed, epoch=epoch, indices=indices
    )
    checks.one_size(drawn.output, policy.steps)
    pictures = renderer(images, drawn, policy)
    words = [
        [s.describe(v, i) for s, v in zip(policy.steps, found, strict=True)]
        for i in range(len(images))
    ]
    if policy.mixes:
        nothing = np.zeros((len(images), 1), "float32")
        pictures, _ = mix(pictures, nothing, drawn)
        for said, mixed in zip(words, _mixed(drawn, indices), strict=True):
            said.append(mixed)
    return pictures, [", ".join(filter(None, said)) for said in words]


def _mixed(drawn, indices):
    """Yield in words what each image has of its partner, or None."""
    share, blend, boxes = own_share(drawn)
    others = places(None, len(indices))
    for i, j in enumerate(others):
        ways = ["blended"] if percent(1 - blend[i]) else []
        if any((box[i, 2:] > box[i, :2]).all() for box in boxes):
            ways.append("box pasted")
        said = f"{' and '.join(ways)}: {percent(1 - share[i])}"
        yield f"{said} of index {indices[j]}" if ways and i != j else None


def _wrapped(said):
    """Return lines that end between phrases, unless one is longer itself."""
    phrases = [
        phrase if len(phrase) >= _WRAP else phrase.replace(" ", "\xa0")
        for phrase in (said or "unchanged").split(", ")
    ]
    lines = textwrap.wrap(", ".join(phrases), _WRAP, break_on_hyphens=False)
    return "\n".join(lines).replace("\xa0", " ")


def _draw(axes, image):
    gray = image.shape[-1] == 1
    top = 255 if image.dtype == np.uint8 else 1
    axes.imshow(
        image[..., 0] if gray else image,
        cmap="gray" if gray else None,
        vmin=0,
        vmax=top,
        interpolation="nearest",
    )
    axes.set_xticks([])
    axes.set_yticks([])
