"""Grids of learning rate × weight decay, and which way they are widened."""

from recipes import registry

PER_STEP = 10**0.5
COARSE = (-3, -2, -1, 0, 1)  # steps from the center: it is often too high
FEWER = (-2, -1, 0)
FINER = (0.25, 0.5, 1.0, 2.0)
USUAL_DECAY = 1e-2  # where the recipe has none
MOST_DECAY = 1.0
MATTERS = 0.01  # of a score, that another decay changes
RATE, DECAY = "learning_rate", "weight_decay"


def rounded(number):
    """Return a number with three digits.

    >>> rounded(0.0123456)
    0.0123
    """
    return float(f"{number:.3g}")


def own_rate(recipe):
    """Return the optimizer's learning rate."""
    return registry.default("optimizer", recipe.optimizer, RATE)


def own_decay(recipe):
    """Return the optimizer's weight decay, 0 where it has none."""
    return recipe.resolve().optimizer.config.get(DECAY) or 0.0


def takes_decay(recipe):
    """Whether a recipe's optimizer has a weight decay that acts."""
    name = recipe.optimizer.name
    arguments = registry.lookup("optimizer", name).arguments()
    return DECAY in arguments and name != "ftrl"  # which loses it


def coarse(center, decay):
    """Return (rates, decays) of the grids that may be searched, best first.

    Half-decades around the center, three below it and one above, as the
    center of a range test lies too high for a long run; decays a tenth and
    ten times the recipe's, or 0, 0.01 and 0.1 where it has none.

    Args:
        center: A learning rate.
        decay: The recipe's own, or None where its optimizer takes none.

    Example:

    >>> coarse(0.01, 0.001)[0]
    ((0.000316, 0.001, 0.00316, 0.01, 0.0316), (0.0001, 0.001, 0.01))
    """
    five, three = (
        tuple(rounded(center * PER_STEP**k) for k in steps)
        for steps in (COARSE, FEWER)
    )
    if decay is None:
        return [(five, (None,)), (three, (None,))]
    if decay:
        decays = (rounded(decay / 10), decay, min(MOST_DECAY, 10 * decay))
    else:
        decays = (0.0, USUAL_DECAY, 10 * USUAL_DECAY)
    decays = tuple(sorted({rounded(each) for each in decays}))
    own = (rounded(decay),)
    return [(five, decays), (five, own), (three, own)]


def finer(rate, decay):
    """Return the grids around the best of a coarse one, the largest first.

    >>> finer(0.01, 0.001)[0]
    ((0.0025, 0.005, 0.01, 0.02), (0.000333, 0.001, 0.003))
    """
    four = tuple(rounded(rate * factor) for factor in FINER)
    if decay is None:
        return [(four, (None,)), (four[1:], (None,))]
    if decay:
        decays = (decay / 3, decay, min(MOST_DECAY, 3 * decay))
    else:
        decays = (0.0, USUAL_DECAY / 10, USUAL_DECAY / 3)
    decays = tuple(sorted({rounded(each) for each in decays}))
    own = (rounded(decay),)
    return [(four, decays), (four, own), (four[1:], own)]


def beyond(rows):
    """Return where a grid goes on past the edge on which its best lies.

    Two more rates at the best decay, by factors of 2; or two more decays at
    the best rate, by factors of 3. The rate comes first. A decay of 0 is no
    edge, 1 is as high as it goes, and one that hardly matters is let be: the
    best other decay at this rate has a score that differs by less than 1 %.
    Nor is a rate an edge where another one is as good.

    Args:
        rows: {"rate", "decay", "score"} of everything tried, the best first;
            "loss" of those with one, see `tied`.

    Returns:
        (rates, decays, words), or None where the best lies inside.

    Example:

    >>> low = {"rate": 0.1, "decay": 0.0, "score": 0.3}
    >>> high = {"rate": 0.2, "decay": 0.0, "score": 0.4}
    >>> beyond([low, high])
    ((0.025, 0.05), (0.0,), 'the lower edge of the learning rate')
    """
    best = rows[0]
    rate, decay = best["rate"], best["decay"]
    rates = [row["rate"] for row in rows]
    if any(tied(best, row) for row in rows if row["rate"] != rate):
        rates = []
    if rates and rate == min(rates):
        further = (rounded(rate / 4), rounded(rate / 2))
        return further, (decay,), "the lower edge of the learning rate"
    if rates and rate == max(rates):
        further = (rounded(rate * 2), rounded(rate * 4))
        return further, (decay,), "the upper edge of the learning rate"
    decays = {row["decay"] for row in rows}
    others = [r for r in rows if r["rate"] == rate and r["decay"] != decay]
    if not (decay and others and _matters(best, others[0])):
        return None
    if decay == min(decays):
        further = (rounded(decay / 9), rounded(decay / 3))
        return (rate,), further, "the lower edge of the weight decay"
    if decay == max(decays) and decay < MOST_DECAY:
        further = {min(MOST_DECAY, rounded(decay * by)) for by in (3, 9)}
        further = tuple(sorted(further))
        return (rate,), further, "the upper edge of the weight decay"
    return None


def tied(row, other):
    """Whether two rows have the same score, and the same loss beside it."""
    return all(row.get(n) == other.get(n) for n in ("score", "loss"))


def middle_first(rows):
    """Return rows, those in the middle of the rates first, then of decays.

    >>> rows = [{"rate": r, "decay": 0.0} for r in (0.1, 0.2, 0.4)]
    >>> [row["rate"] for row in middle_first(rows)]
    [0.2, 0.1, 0.4]
    """

    def off(name):
        values = sorted({row[name] or 0.0 for row in rows})
        middle = (len(values) - 1) / 2
        return {each: abs(n - middle) for n, each in enumerate(values)}

    rates, decays = off("rate"), off("decay")
    return sorted(
        rows, key=lambda row: (rates[row["rate"]], decays[row["decay"] or 0.0])
    )


def ties(rows):
    """Say by what the best was chosen of several with its score."""
    same = [row for row in rows if row["score"] == rows[0]["score"]]
    if len(same) == 1:
        return ""
    if any(tied(rows[0], row) for row in same[1:]):
        how = "in the middle"
    else:
        how = "with the least val_loss"
    return f" Of the {len(same)} with the best score that {how} is taken."


def _matters(row, other):
    """Whether two scores differ by more than nothing."""
    larger = max(abs(row["score"]), abs(other["score"]))
    return abs(row["score"] - other["score"]) > MATTERS * larger


def two_best(rows):
    """Return the best row, and the best of another rate where there is one.

    >>> rows = [{"rate": r, "score": s} for r, s in ((1, 2), (1, 3), (2, 4))]
    >>> [row["score"] for row in two_best(rows)]
    [2, 4]
    """
    first = rows[:1]
    others = [row for row in rows if row["rate"] != rows[0]["rate"]]
    return first + (others or rows[1:])[:1]
