"""TextPolicy: what happens to the words of texts."""

from itertools import chain

import numpy as np

from augment import checks, limits
from augment.config import to_plain
from augment.counter import pairs
from augment.step import Arguments, TextStep
from augment.words import RandomWordDrop, RandomWordMove, RandomWordSwap

_STEPS = RandomWordDrop, RandomWordMove, RandomWordSwap
_LONGEST = 2**24  # words of a text: each step has as many counters


class TextPolicy(Arguments):
    """Steps in a row, carried out on the words of texts.

    Words are what whitespace separates, in any language. What a text gets is
    a pure function of (seed, epoch, index) and the number of its words: not
    of the other texts, the batch size or the process.

    A text whose words are changed comes back with one space between them;
    one whose words stay as they are comes back as it is. No text with words
    loses all of them.

    Args:
        steps: List of steps, such as `augment.RandomWordDrop(0.1)`.

    Raises:
        ValueError: For anything but steps for texts.

    Example:

    >>> from augment import RandomWordDrop, RandomWordSwap
    >>> policy = TextPolicy([RandomWordDrop(0.2), RandomWordSwap(0.2)])
    >>> texts = ["all happy families are alike", "모든 행복한 가정은 닮았다"]
    >>> policy(texts, seed=0, epoch=3)
    ['all are families alike', '행복한 모든 닮았다']
    """

    def __init__(self, steps):
        if isinstance(steps, TextStep):
            steps = [steps]
        given = list(steps) if isinstance(steps, list | tuple) else [steps]
        for step in given:
            if not isinstance(step, TextStep):
                raise ValueError(
                    "TextPolicy: `steps` must be a list of steps for texts, "
                    "such as augment.RandomWordDrop(). "
                    f"Received: {step!r}"
                )
        self.steps = given

    def get_config(self):
        """Return the arguments as plain values, as JSON has them."""
        return {
            "steps": [
                {
                    "class_name": type(step).__name__,
                    "config": {
                        name: to_plain(value)
                        for name, value in step.get_config().items()
                    },
                }
                for step in self.steps
            ]
        }

    @classmethod
    def from_config(cls, config):
        """Return the policy of such arguments.

        Raises:
            ValueError: For the name of no step for texts.
        """
        return cls([_step(**step) for step in config["steps"]])

    def __call__(self, texts, *, seed=0, epoch=0, indices=None):
        """Augment texts.

        Args:
            texts: List or NumPy array (n,) of strings, or one string. An
                empty one stays empty.
            seed: Whole number from 0.
            epoch: Whole number from 0: each epoch draws anew.
            indices: Of the texts in their data set (for one text: a number);
                None: 0, 1, ….

        Returns:
            Texts of the same type.

        Raises:
            ValueError: For texts or indices that do not fit.
        """
        given = _checked(texts)
        single = isinstance(texts, str)
        indices = checks.indices(indices, len(given), single, of="text")
        seed = limits.whole("TextPolicy", "seed", seed, 0, 2**64 - 1)
        epoch = limits.whole("TextPolicy", "epoch", epoch, 0, 2**32 - 1)
        words = [text.split() for text in given]
        changed = self._changed(words, seed, epoch, indices)
        found = [
            text if before == after else " ".join(after)
            for text, before, after in zip(given, words, changed, strict=True)
        ]
        if isinstance(texts, list | tuple):
            return found
        if single:
            return found[0]
        return np.array(found, dtype=np.asarray(texts).dtype)

    def _changed(self, words, seed, epoch, indices):
        """Return the lists of words as the steps leave them."""
        text = np.repeat(np.arange(len(words)), [len(row) for row in words])
        row = np.empty(len(text), object)
        row[:] = list(chain.from_iterable(words))
        for number, step in enumerate(self.steps):
            if not len(row):
                break
            places = np.arange(len(text)) - np.searchsorted(text, text)
            columns = number * _LONGEST + places
            u, v = pairs(seed, epoch, indices[text], columns)
            order = step.order(text, u, v)
            row, text = row[order], text[order]
        ends = np.searchsorted(text, np.arange(1, len(words)))
        return [part.tolist() for part in np.split(row, ends)]


def _step(class_name, config):
    legal = {step.__name__: step for step in _STEPS}
    limits.one_of("TextPolicy", "class_name", class_name, legal)
    return legal[class_name](**config)


def _checked(texts):
    """Return a list of strings.

    Raises:
        ValueError: For anything else.
    """
    if isinstance(texts, str):
        return [texts]
    if not isinstance(texts, list | tuple):
        array = np.asarray(texts)
        texts = array.tolist() if array.ndim == 1 else [array]
    if not len(texts):
        raise ValueError("`texts` is empty. Give one or more.")
    for i, text in enumerate(texts):
        if not isinstance(text, str):
            raise ValueError(
                "`texts` must be a list or a one-dimensional NumPy array of "
                "strings (decode bytes first), or one string. Received: "
                f"texts[{i}]={text!r}"
            )
    return list(texts)
