"""What happens to the words of a text: some are dropped, swapped, moved.

The words of all texts lie in one row, and each step says which of them come,
in what order.
"""

import numpy as np

from augment import limits
from augment.step import TextStep


class RandomWordDrop(TextStep):
    """Leave out words, so that no single one decides.

    A text keeps at least one word.

    Args:
        rate: Share of the words that are left out, in [0, 1].

    Raises:
        ValueError: For a rate out of range.

    Source: Iyyer et al., "Deep unordered composition rivals syntactic
    methods for text classification", 2015.

    Example:

    >>> RandomWordDrop(0.5)(["all happy families are alike"], seed=3)
    ['all families alike']
    """

    def __init__(self, rate=0.1):
        self.rate = limits.number("RandomWordDrop", "rate", rate, 0, 1)

    def order(self, text, u, v):
        """Return the words that stay."""
        first = np.append(True, text[1:] != text[:-1])
        # Were all to go, the last to go as the rate rises would stay.
        last = np.maximum.reduceat(u, np.flatnonzero(first))
        last = last[np.cumsum(first) - 1]
        return np.flatnonzero((u >= self.rate) | (u == last))


class RandomWordSwap(TextStep):
    """Let words change places with the next one.

    Args:
        rate: Probability of each word, in [0, 1]. A word takes part in one
            swap at most, so it moves by one place at most.

    Raises:
        ValueError: For a rate out of range.

    Source: Wei and Zou, "EDA: Easy data augmentation techniques", 2019,
    who swap words at any distance.

    Example:

    >>> RandomWordSwap(1.0)(["all happy families are alike"])
    ['happy all are families alike']
    """

    def __init__(self, rate=0.1):
        self.rate = limits.number("RandomWordSwap", "rate", rate, 0, 1)

    def order(self, text, u, v):
        """Return the words, some of them swapped."""
        places = np.arange(len(text))
        drawn = (u < self.rate) & np.append(text[1:] == text[:-1], False)
        # Of words drawn in a row, each second one was swapped by its neighbor.
        before = np.maximum.accumulate(np.where(drawn, -1, places))
        left = np.flatnonzero(drawn & ((places - before) % 2 == 1))
        order = places.copy()
        order[left], order[left + 1] = left + 1, left
        return order


class RandomWordMove(TextStep):
    """Shuffle words within a few places.

    Words are sorted by keys: word i has the key i + (1 + k)·U(-1/2, 1/2), with
    k = `distance` for those that are drawn and k = 0 for the others, which
    keep their order. No word ends further than `distance` places from where
    it was.

    Args:
        rate: Share of the words that are drawn, in [0, 1]. Some of them stay,
            and those that are passed step aside.
        distance: By how many places at most, from 1.

    Raises:
        ValueError: For an argument out of range.

    Source: Lample et al., "Unsupervised machine translation using
    monolingual corpora only", 2018, section 2.3, which is rate 1.

    Example:

    >>> texts = ["all happy families are alike"]
    >>> RandomWordMove(0.5, distance=2)(texts, seed=3)
    ['all happy are families alike']
    """

    def __init__(self, rate=0.1, distance=3):
        self.rate = limits.number("RandomWordMove", "rate", rate, 0, 1)
        self.distance = limits.whole("RandomWordMove", "distance", distance, 1)

    def order(self, text, u, v):
        """Return the words, some of them earlier or later."""
        reach = np.where(u < self.rate, 1 + self.distance, 1)
        # About the middle: were words only put back, a rate of 1 would move
        # fewer of them than one of 0.7, as all step back alike.
        keys = np.arange(len(text)) + reach * (v.astype("float64") - 0.5)
        return np.lexsort((keys, text))
