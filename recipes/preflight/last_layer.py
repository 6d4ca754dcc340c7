"""Probabilities where the loss takes logits."""

from recipes.lint.graph import SHAPES, trace
from recipes.preflight.finding import Finding, skipped

NAME = "last layer"


def check(bench):
    """Look for a softmax or sigmoid under the recipe's own output layer.

    The recipe adds the output layer, whose numbers are logits, and the loss
    puts them through softmax or sigmoid itself. A network that ends in a
    softmax hands it numbers that are nearly alike; one in a sigmoid that is as
    wide as there are outputs has been given an output layer of its own.

    Args:
        bench: The `Bench`.
    """
    _, last = trace(bench.model)
    if not last or len(last[0].before) != 1:
        return skipped(NAME, "The order of the layers cannot be read.")
    expected = "logits"
    function, layer = ending(last[0].before[0])
    own = bench.recipe.activation.name
    wide = getattr(layer, "units", None) == bench.model.output_shape[-1]
    wrong = function == "softmax" and own != "softmax"
    wrong = wrong or (function == "sigmoid" and own != "sigmoid" and wide)
    mine, _ = ending(last[0])
    if mine in ("softmax", "sigmoid") and bench.data.target != "number":
        wrong, function, layer = True, mine, last[0].layer
    if not wrong:
        words = "Outputs are linear, as the loss expects them."
        return Finding(NAME, "pass", None, expected, words)
    return Finding(
        NAME,
        "fail",
        None,
        expected,
        f"The network ends in {function} (layer {layer.name!r}), and the loss "
        "does it once more: it cannot come near 0.",
        f"return from the network what goes into the {function}: the recipe "
        "adds the output layer",
    )


def ending(step):
    """Return (function, layer) that a step's result has gone through.

    Looks through what only reshapes or drops. (None, the layer) for others.

    Args:
        step: Of `recipes.lint.graph.trace`.
    """
    while True:
        layer = step.layer
        if step.kind in ("softmax", "sigmoid"):
            return step.kind, layer
        function = getattr(layer, "activation", None)
        name = getattr(function, "__name__", "").lower()
        if name in ("softmax", "sigmoid"):
            return name, layer
        through = step.kind in {*SHAPES, "dropout"}
        if not through or len(step.before) != 1:
            return None, layer
        (step,) = step.before
