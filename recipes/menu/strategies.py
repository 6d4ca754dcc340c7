"""Strategies of transfer learning: what is trained, when, and how fast."""

STRATEGIES = {
    "auto": (
        "recipes.transfer.strategies.auto",
        "by the examples per class: frozen, full, or scratch; says why",
    ),
    "frozen": (
        "recipes.transfer.strategies.frozen",
        "a new head on the frozen backbone; for few examples",
    ),
    "full": (
        "recipes.transfer.strategies.full",
        "everything, the backbone at a tenth of the head's learning rate",
    ),
    "top": (
        "recipes.transfer.strategies.top",
        "the head, and the upper blocks at a tenth; the rest frozen",
    ),
    "gradual": (
        "recipes.transfer.strategies.gradual",
        "the head first, then gradual unfreezing from the top",
    ),
    "layerwise": (
        "recipes.transfer.strategies.layerwise",
        "rates that fall by a factor per block downwards",
    ),
    "scratch": (
        "recipes.transfer.strategies.scratch",
        "everything at the full rate; for a backbone without weights",
    ),
    "table": (
        "recipes.transfer.table.table",
        "stages and rates of your own, by regular expressions",
    ),
}
