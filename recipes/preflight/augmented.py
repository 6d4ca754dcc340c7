"""What the augmentation leaves to be recognized."""

import numpy as np

from augment import Policy
from recipes.data.augmenting import Pictures, build_steps
from recipes.preflight import simple_model
from recipes.preflight.finding import Finding, skipped
from recipes.preflight.referee import referee

NAME = "augmentation"
KNOWN = 0.7  # score on plain examples, from which on the check can be made
IMAGES, VIEWS = 400, 3
WARN, FAIL = 0.6, 0.3  # of the score that is left
PAIR = 0.12  # of a class's views that are taken for another, each way


def check(bench):
    """Compare what a quickly fitted network tells of plain and drawn images.

    A convolutional network (`referee`), after 60 steps without augmentation,
    predicts up to 400 examples of train as they are, and three draws of each.
    Number: score of the draws / score as they are (`simple_model.score`).
    Fails below 0.3, and where two classes are drawn into each other: more than
    0.12 of each one's views, beyond those of the plain examples, are taken for
    the other. Warns below 0.6. What mixes images is left out.

    Args:
        bench: The `Bench`, with the weights of its short training.
    """
    if not bench.given.augmentation:
        return skipped(NAME, "The recipe has none.")
    if bench.data.features != "image":
        return skipped(NAME, "Only that of images is looked at.")
    if all(step.mixes for step in build_steps(bench.given, bench.data)):
        return skipped(NAME, "It mixes images, and their labels with them.")
    bench = referee(bench)
    draw = drawing(bench)
    split = bench.data.train
    rows = np.random.default_rng(0).permutation(len(split))[:IMAGES]
    truth = split.labels[rows]
    plain = bench.guesses(split.read(rows))
    known = simple_model.score(bench.data, truth, plain)
    if known < KNOWN:
        why = "The network does not tell the plain images well enough yet."
        return skipped(NAME, why)
    views = np.stack([draw(rows, epoch) for epoch in range(VIEWS)])
    scores = [simple_model.score(bench.data, truth, view) for view in views]
    left = float(np.mean(scores) / known)
    pair = None
    if bench.data.target == "class":
        pair = into_each_other(truth, plain, views, bench.data.num_outputs)
    return _finding(bench.data, left, pair)


def _finding(data, left, pair):
    told = f"above {WARN}"
    if pair is not None:
        (first, second), share = pair
        names = data.class_names[first], data.class_names[second]
        return Finding(
            NAME,
            "fail",
            left,
            told,
            f"{names[0]!r} and {names[1]!r} are drawn into each other: "
            f"{share:.0%} or more of the views of each are taken for the "
            "other.",
            "leave out the step that turns one into the other, such as a flip "
            "or a rotation by 180 degrees",
            {"augmentation": None},
        )
    words = "Of what the network tells of plain images, left in the draws."
    if left >= WARN:
        return Finding(NAME, "pass", left, told, words)
    return Finding(
        NAME,
        "fail" if left < FAIL else "warn",
        left,
        told,
        words,
        "look at the contact sheet: could you tell them? Else draw less",
        {"augmentation": None},
    )


def drawing(bench):
    """Return a function (rows, epoch) → what is guessed of views."""
    given, data = bench.given, bench.data
    steps = [step for step in build_steps(given, data) if not step.mixes]
    height, width = bench.recipe.image_size
    policy = Policy(
        steps,
        height=height,
        width=width,
        fill_mode=given.augmentation_fill_mode,
    )
    pictures = Pictures(policy, given.seed, data.value_scale)

    def guessed(rows, epoch):
        images = pictures.read(data.train, rows)
        drawn, _ = pictures(images, None, epoch, rows)
        return bench.guesses(drawn)

    return guessed


def into_each_other(truth, plain, views, count):
    """Return the pair of classes that are most taken for one another.

    For classes a and b: min(p(b | a), p(a | b)) of the views, less the same of
    the plain images.

    Returns:
        ((a, b), share), or None below 0.12.

    Example:

    >>> truth = np.array([0, 0, 1, 1, 2, 2])
    >>> views = np.array([[0, 1, 1, 0, 2, 2]])
    >>> into_each_other(truth, truth, views, 3)
    ((0, 1), 0.5)
    """
    more = _table(np.tile(truth, len(views)), views.reshape(-1), count)
    more -= _table(truth, plain, count)
    both = np.minimum(more, more.T)
    np.fill_diagonal(both, 0)
    first, second = np.unravel_index(both.argmax(), both.shape)
    share = float(both[first, second])
    if share < PAIR:
        return None
    return tuple(sorted((int(first), int(second)))), share


def _table(truth, guessed, count):
    found = np.zeros((count, count))
    np.add.at(found, (truth, guessed), 1)
    return found / np.maximum(found.sum(axis=1, keepdims=True), 1)
