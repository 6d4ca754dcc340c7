"""What the network says of an example must not depend on the others."""

import numpy as np

from recipes.preflight.finding import Finding, skipped

NAME = "batch mates"
FAIL = 1e-3  # of the size of the outputs: rounding is far below


def check(bench):
    """Predict one example twice, among other examples.

    max |f(x | batch a) − f(x | batch b)| / max |f|, when predicting; it is 0
    but for rounding. More than 0.001 fails: a mean over the batch, or a
    normalization that takes the batch's statistics when predicting.

    Args:
        bench: The `Bench`.
    """
    if bench.size < 2:
        return skipped(NAME, "A batch is one example.")
    bench.reset()
    count = len(bench.train)
    outputs = []
    for start in (1, 1 + count // 2):
        mates = np.arange(start, start + bench.size - 1) % count
        x, _ = bench.batch(np.concatenate([[0], mates]))
        outputs.append(bench.outputs(x))
    mine = [out[0] for out in outputs]
    size = max(abs(np.concatenate(outputs)).max(), 1e-12)
    apart = float(abs(mine[0] - mine[1]).max() / size)
    expected = f"at most {FAIL:g}"
    if apart <= FAIL:
        words = "An example's outputs are the same among others."
        return Finding(NAME, "pass", apart, expected, words)
    return Finding(
        NAME,
        "fail",
        apart,
        expected,
        "The outputs of an example change with the other examples of its "
        "batch, when predicting.",
        "look in the network for what mixes the rows of a batch: axis=0, a "
        "reshape across rows, training=True",
    )
