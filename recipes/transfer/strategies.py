"""Strategies: what a fine-tuning trains, when, and how fast.

A strategy is a list of stages. A stage has a table, rows of (expression on the
paths of variables, multiplier of the learning rate): the first counts, 0 is
frozen.
"""

from typing import NamedTuple

from recipes.transfer import checks

HEAD = "^head"
# By target: how many of what, below which only the head is trained.
FEW = {
    "class": (5, "examples per class"),
    "labels": (5, "examples per label, of its rarer answer,"),
    "number": (50, "examples"),
}


class Given(NamedTuple):
    """What a strategy is made for.

    Args:
        blocks: Expressions on the paths of the backbone's variables, from the
            input upwards.
        head: Expression on the paths of the head's. It comes first: none of
            the backbone's may match it.
        examples_per_class: Of the training split, on average: per label those
            of its rarer answer, yes or no; for numbers all examples.
        pretrained: Whether the backbone has weights to keep.
        target: `"class"`, `"labels"` or `"number"`.
    """

    blocks: tuple
    head: str = HEAD
    examples_per_class: float = 0.0
    pretrained: bool = True
    target: str = "class"


class Stage(NamedTuple):
    """A part of the training with one table of rates.

    Args:
        name: For the progress line and the curves.
        table: Rows of (regular expression, multiplier).
        fraction: Of the epochs; those of all stages add up to 1.
    """

    name: str
    table: tuple
    fraction: float


class Strategy(NamedTuple):
    """Stages, and why these.

    Args:
        name: As in the registry; what "auto" chose.
        stages: In order.
        words: What is done, and why, in a line.
        statistics: Of normalizations in the backbone: `"frozen"`, or
            `"update"` where there are none worth keeping.
        views: How many augmented views of each image are kept as features.
    """

    name: str
    stages: tuple
    words: str
    statistics: str = "frozen"
    views: int | None = None


def frozen(given, *, views=None):
    """Train a new head on the frozen backbone.

    Use it for few examples. The backbone's multiplier is 0, the head's 1.
    Without augmentation an image has the same features in every epoch: they
    are computed once.

    Args:
        given: See `Given`.
        views: With augmentation, how many views of each image are drawn, by
            (seed, view, index), whose features are computed once; epoch e
            trains on view e mod `views`. None: what each epoch draws goes
            through the backbone.

    >>> frozen(Given(("stem", "top"))).stages[0].table
    (('^head', 1.0), ('stem', 0.0), ('top', 0.0))
    """
    checks.check_views(views)
    rates = [0.0] * len(given.blocks)
    words = "only the head is trained"
    if views is not None:
        words += f", on {views} views of each image"
    return _one("frozen", given, rates, words)._replace(views=views)


def full(given, *, multiplier=0.1):
    """Train everything, the backbone more slowly than the head.

    Use it for more examples than a head alone can make use of.

    Args:
        given: See `Given`.
        multiplier: Of the backbone's learning rate; the head's is 1.

    >>> full(Given(("stem", "top"))).stages[0].table
    (('^head', 1.0), ('stem', 0.1), ('top', 0.1))
    """
    checks.check_share("multiplier", multiplier)
    rates = [multiplier] * len(given.blocks)
    words = f"the backbone is trained at {multiplier:g} of the head's rate"
    return _one("full", given, rates, words)


def top(given, *, blocks=1, multiplier=0.1):
    """Train the head and the upper blocks; the lower ones stay frozen.

    Args:
        given: See `Given`.
        blocks: How many, from the top.
        multiplier: Of their learning rate; the head's is 1.

    Raises:
        RecipeError: For more blocks than there are.

    >>> top(Given(("stem", "middle", "top"))).stages[0].table[1:]
    (('stem', 0.0), ('middle', 0.0), ('top', 0.1))
    """
    checks.check_share("multiplier", multiplier)
    checks.check_count("blocks", blocks, (1, len(given.blocks)), given.blocks)
    rates = [0.0] * (len(given.blocks) - blocks) + [multiplier] * blocks
    words = f"the upper {blocks} of {len(given.blocks)} blocks are trained "
    words += f"at {multiplier:g} of the head's rate"
    return _one("top", given, rates, words)


def gradual(given, *, stages=3, multiplier=0.1):
    """Train the head first, then unfreeze the backbone from the top down.

    The first stage keeps the large gradients of a new head away from the
    features. Each later one unfreezes an even share of the blocks; the last
    trains them all. The stages have as many epochs each.

    Args:
        given: See `Given`.
        stages: How many, from 2 to the number of blocks and one.
        multiplier: Of the unfrozen blocks' learning rate; the head's is 1.

    Raises:
        RecipeError: For more stages than that.

    Reference: Howard and Ruder, 2018, arXiv:1801.06146.

    >>> [stage.name for stage in gradual(Given(("a", "b", "c"))).stages]
    ['head', 'upper 1 of 3 blocks', 'all 3 blocks']
    """
    checks.check_share("multiplier", multiplier)
    count = len(given.blocks)
    checks.check_count("stages", stages, (2, count + 1), given.blocks)
    made = []
    for done in range(stages):
        upper = count * done // (stages - 1)
        name = f"upper {upper} of {count} blocks" if done else "head"
        if upper == count:
            name = f"all {count} blocks" if count > 1 else "the whole backbone"
        rates = [0.0] * (count - upper) + [multiplier] * upper
        made.append(Stage(name, _table(given, rates), 1 / stages))
    words = f"the head first, then the backbone from the top, {stages} stages"
    return Strategy("gradual", tuple(made), words)


def layerwise(given, *, factor=0.5):
    """Train everything, at rates that fall from block to block downwards.

    Lower blocks see what all images have in common: they need to move least.
    The head's multiplier is 1, that of the i-th block from the top factor^i.

    Args:
        given: See `Given`.
        factor: From block to block, above 0 and at most 1.

    Reference: Howard and Ruder, 2018, arXiv:1801.06146.

    >>> layerwise(Given(("stem", "top"))).stages[0].table
    (('^head', 1.0), ('stem', 0.25), ('top', 0.5))
    """
    checks.check_share("factor", factor)
    count = len(given.blocks)
    rates = [factor ** (count - i) for i in range(count)]
    words = f"rates fall by {factor:g} from block to block downwards"
    return _one("layerwise", given, rates, words)


def scratch(given):
    """Train everything at one rate, as if nothing had been learned before.

    For `weights=None`; the statistics of normalizations move too.

    >>> scratch(Given(("stem",))).statistics
    'update'
    """
    rates = [1.0] * len(given.blocks)
    words = "everything is trained at the full rate"
    return _one("scratch", given, rates, words)._replace(statistics="update")


def auto(given, *, few=None, views=None):
    """Choose by the examples per class, and say why.

    Without pretrained weights `scratch`, below `few` examples per class
    `frozen`, else `full`.

    Args:
        given: See `Given`.
        few: Enough to move it; None: 5 per class or label, 50 for numbers.
        views: As of `frozen`, if that is chosen.

    >>> auto(Given(("stem",), examples_per_class=3)).words[:38]
    'frozen (auto: 3 examples per class are'
    """
    usual, counted = FEW[given.target]
    few = usual if few is None else few
    checks.check_few(few)
    checks.check_views(views)
    said = f"{round(given.examples_per_class, 1):g} {counted}"
    if not given.pretrained:
        chosen = scratch(given)
        why = "the backbone has no pretrained weights"
    elif given.examples_per_class < few:
        chosen = frozen(given, views=views)
        why = f"{said} are fewer than {few:g}, too few to move the backbone"
    else:
        chosen = full(given)
        why = f"{said} are {few:g} or more, enough to move the backbone"
    words = f"{chosen.name} (auto: {why}): {chosen.words}"
    if views != chosen.views:
        words += "; `views` is not used"
    return chosen._replace(words=words)


def _one(name, given, rates, words):
    return Strategy(name, (Stage(name, _table(given, rates), 1.0),), words)


def _table(given, rates):
    blocks = zip(given.blocks, rates, strict=True)
    return ((given.head, 1.0), *((b, float(r)) for b, r in blocks))
