"""Gradients of each layer on a fixed batch: vanishing, exploding."""

import keras
import numpy as np

from callbacks.learning_rate_history import rate_reader
from callbacks.monitor import Monitor, finding, number
from callbacks.passes import backward, build_loss
from callbacks.probing import as_batch, values_of

FACTOR = 1e3  # between the first layer's gradient and the last's
HIDDEN = 10.0  # of it, at least, between the first and the last hidden layer
RATIO = 1e2  # a gradient that many times as large as the weights


class GradientMonitor(Monitor):
    """Record the norm of each layer's gradient on a fixed batch.

    Use it to see whether all layers learn. The gradient is that of the loss,
    penalties included, with the network as it predicts: dropout off, batch
    normalization by its moving statistics. So it is the same at every look
    that finds the same weights, and nothing of the model moves: training is
    the same without it. (Where the moving statistics lag far behind, the
    gradients are not those of training.)

    Of all that a layer trains, together: `gradient` ‖g‖ and `weight` ‖w‖, L2;
    `ratio` ‖g‖ / ‖w‖; `update` learning rate · ratio, the share of the
    weights that a step of plain gradient descent would move.

    Findings compare the first layer with a kernel (a variable of rank 2 or
    more), the last one, and the last but one, of three or more:

    - `"vanishing"`: ‖g first‖ < 1e-3 · ‖g last‖, and at most 1/10 of that of
      the last but one (an output layer that begins near 0 makes all layers
      before it small alike), or, once trained, both exactly 0;
    - `"exploding"`: ‖g first‖ > 1e3 · ‖g last‖ and at least 10 times that of
      the last but one; or a hidden layer with a kernel has a ratio above 100;
      or the gradient or the weights of any layer are not finite.

    Args:
        inputs: A batch as the model takes it, best of 32 to 256 examples. In
            `recipe.fit` that is raw input as the loader gives it.
        targets: What the loss compares with, for the same examples. In
            `recipe.fit`: one-hot rows for three classes or more, a column
            of 0 and 1 for two, rows of 0 and 1 for labels, standardized
            numbers in columns.
        frequency: As of `ActivationMonitor`.

    Raises:
        ValueError: For an illegal argument; as the fit begins, for a batch
            that the model or its loss does not take.

    Attributes:
        records: A dictionary per look: `epoch`, `step` (as of
            `ActivationMonitor`), `loss`, `learning_rate`, and `layers`, name →
            `gradient`, `weight`, `ratio`, `update`, `kernel` (whether it has
            one). Plain values; None for what is not finite, or divided by 0.
        findings: A dictionary per finding: `kind`, `layer`, `epoch`, `step`,
            its numbers, `words`.

    Reference: Glorot and Bengio, 2010, Understanding the difficulty of
        training deep feedforward neural networks.

    Example:

    >>> x = np.random.default_rng(0).normal(size=(32, 4))
    >>> model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    >>> model.compile(keras.optimizers.SGD(0.1), "mse")
    >>> monitor = GradientMonitor(x, x[:, :1])
    >>> h = model.fit(x, x[:, :1], verbose=0, epochs=3, callbacks=[monitor])
    >>> [record["epoch"] for record in monitor.records], monitor.words()
    ([0, 1, 2, 3], [])
    """

    def __init__(self, inputs, targets, frequency="epoch"):
        super().__init__(frequency)
        self.inputs = as_batch("inputs", inputs)
        self.targets = as_batch("targets", targets)
        counts = [
            len(keras.tree.flatten(each)[0])
            for each in (self.inputs, self.targets)
        ]
        if counts[0] != counts[1]:
            raise ValueError(
                "GradientMonitor: `targets` must be of the same examples as "
                f"`inputs`, of which there are {counts[0]}. "
                f"Received: {counts[1]} examples"
            )

    def figure(self):
        """Draw the norm of each layer's gradient, on a log axis.

        Returns:
            A `matplotlib.figure.Figure`.

        Raises:
            ValueError: Where nothing was recorded.
        """
        from callbacks.monitor_figures import norms

        return norms(self.records)

    def _look(self, model):
        probe = self.inputs, self.targets
        if self._compiled is None:
            try:
                if not self.records:
                    build_loss(model, *probe)
                self._compiled = *backward(model), _rate_of(model)
            except (ValueError, TypeError) as error:
                raise ValueError(
                    "GradientMonitor: the model, or its loss, does not take "
                    f"`inputs` and `targets`: {error}"
                ) from error
        run, names, read = self._compiled
        scale = model.optimizer.scale_loss(keras.ops.ones(()))
        parts = model.trainable_variables, model.non_trainable_variables
        loss, gradients, weights = run(*map(values_of, parts), scale, *probe)
        rate = float(keras.ops.convert_to_numpy(read()))
        arrays = (keras.ops.convert_to_numpy(a) for a in (gradients, weights))
        rows = zip(names, *arrays, strict=True)
        return {
            "loss": number(loss),
            "learning_rate": rate,
            "layers": {
                name: _row(kernel, float(gradient), float(weight), rate)
                for (name, kernel), gradient, weight in rows
            },
        }

    def _judge(self, record):
        rows = record["layers"]
        for name, row in rows.items():
            if row["gradient"] is None or row["weight"] is None:
                what = "weights" if row["weight"] is None else "gradient"
                words = (
                    f"exploding: {name!r} has {what} of NaN, or out of the "
                    "range of float32"
                )
                yield finding(record, "exploding", name, words)
        kernels = [n for n, row in rows.items() if row["kernel"]]
        for name in kernels[:-1]:
            ratio = rows[name]["ratio"]
            if ratio is not None and ratio > RATIO:
                words = (
                    f"exploding: the gradient of {name!r} is {ratio:.3g} "
                    "times as large as its weights"
                )
                yield finding(record, "exploding", name, words, ratio=ratio)
        found = [rows[name]["gradient"] for name in kernels]
        if len(kernels) >= 3 and None not in found:
            yield from _compared(record, kernels, found)


def _compared(record, names, norms):
    first, hidden, last = norms[0], norms[-2], norms[-1]
    numbers = {"gradient": first, "last": names[-1], "last_gradient": last}
    words = (
        f"{{}}: the gradient of {names[0]!r} has a norm of {first:.3g}, that "
        f"of {names[-1]!r} {last:.3g}"
    )
    falls = first * HIDDEN <= hidden if hidden else record["epoch"] > 0
    if first * FACTOR < last and falls:
        words = words.format("vanishing")
        yield finding(record, "vanishing", names[0], words, **numbers)
    if first > last * FACTOR and first >= hidden * HIDDEN:
        words = words.format("exploding")
        yield finding(record, "exploding", names[0], words, **numbers)


def _rate_of(model):
    """Return a function that reads the learning rate as it stands."""
    optimizer = model.optimizer
    # Loss scaling for float16 wraps the optimizer that has the rate.
    return rate_reader(getattr(optimizer, "inner_optimizer", optimizer))


def _row(kernel, gradient, weight, rate):
    known = np.isfinite([gradient, weight]).all() and weight > 0
    ratio = gradient / weight if known else None
    return {
        "gradient": number(gradient),
        "weight": number(weight),
        "ratio": ratio,
        "update": None if ratio is None else rate * ratio,
        "kernel": kernel,
    }
