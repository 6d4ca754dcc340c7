"""Activations of each layer on a fixed batch: histograms, saturated, dead."""

import numbers

import keras
import numpy as np

from callbacks.monitor import Monitor, finding, number
from callbacks.passes import forward
from callbacks.probing import (
    RELU,
    SIGMOID,
    TANH,
    as_batch,
    values_of,
)

LOW, HIGH = 0.05, 0.95  # a sigmoid beyond these is saturated; a |tanh| above
ZERO = 1e-6  # a unit that is never further from 0 is dead
SHARE = 0.5  # of a layer, above which there is a finding
LEAST = 16  # examples; of fewer, too many units are 0 by chance


class ActivationMonitor(Monitor):
    """Record what each activation gives for a fixed batch.

    Use it to see whether a network is alive: where sigmoids are pinned to 0
    and 1, where ReLUs never fire, how far the values spread with depth. The
    batch goes through the model as when predicting; nothing of the model and
    of its random numbers moves, so that training is the same without it.

    Looked at is each layer with an activation: `Dense(activation=…)`,
    `Activation`, `ReLU`, `LeakyReLU`, …, operations as `keras.ops.relu` in a
    functional model, in models inside the model too; and layers that are not
    of Keras, with weights and without `activation`. Layers within other
    layers are not seen. A layer that is called twice has two entries.

    A unit is an entry of the channel axis. Of a layer's outputs

    - *saturated* (sigmoid, tanh) is the share of values below 0.05 or above
      0.95; for tanh of those with |a| > 0.95;
    - *dead* (ReLU and its family, GELU and SiLU too) is the share of units
      with |a| ≤ 1e-6 for every example, at every place.

    Findings: `"dead"`, above 50 % of a layer's units in a batch of 16 examples
    or more; `"saturated"`, above 50 % of its values, but not for the outputs
    of the model, which may; `"not finite"`, a NaN or an infinity.

    Args:
        inputs: A batch as the model takes it, best of 32 to 256 examples. In
            `recipe.fit` that is raw input as the loader gives it.
        frequency: `"epoch"`, or a number of steps from 1, counted on from
            epoch to epoch. Each step is then a call of its own in
            `recipe.fit`; with `"epoch"` it is not.
        bins: How many bins between fixed edges, from 1: 0 to 1 for sigmoid
            and softmax, −1 to 1 for tanh, else −6 to 6; or the edges
            themselves, ascending. Values beyond count in the outer bins.

    Raises:
        ValueError: For an illegal argument.

    Attributes:
        records: A dictionary per look: `epoch` (1 for the end of the first, 0
            for before it), `step` (of the epoch), and `layers`, name →
            `activation`, `units`, `mean`, `deviation`, `saturated`, `dead`
            (None where that says nothing), `output` (whether it is one of the
            model), `finite`, `histogram`, `edges`. Plain values, as JSON has.
        findings: A dictionary per finding: `kind`, `layer`, `epoch`, `step`,
            `share`, `words`.

    Reference: Glorot and Bengio, 2010, Understanding the difficulty of
        training deep feedforward neural networks.

    Example:

    >>> x = np.random.default_rng(0).normal(size=(32, 4))
    >>> dead = keras.layers.Dense(3, "relu", bias_initializer=lambda *a, **k:
    ...                           keras.ops.full((3,), -99.0), name="hidden")
    >>> model = keras.Sequential([keras.Input((4,)), dead])
    >>> model.compile("sgd", "mse")
    >>> monitor = ActivationMonitor(x)
    >>> h = model.fit(x, x[:, :3], verbose=0, callbacks=[monitor])
    >>> monitor.words()[0][:46]
    "dead: 100 % of the 3 units of 'hidden' (relu) "
    """

    def __init__(self, inputs, frequency="epoch", bins=20):
        super().__init__(frequency)
        self.inputs = as_batch("inputs", inputs)
        self.bins = _checked_bins(bins)

    def figure(self):
        """Draw the histograms, a row per layer and a column per epoch.

        Returns:
            A `matplotlib.figure.Figure`, of 12 layers and 6 looks at most.

        Raises:
            ValueError: Where nothing was recorded.
        """
        from callbacks.monitor_figures import histograms

        return histograms(self.records)

    def _look(self, model):
        if self._compiled is None:
            self._compiled = forward(model)
        run, about = self._compiled
        given = run(values_of(model.variables), self.inputs)
        return {
            "layers": {
                name: self._numbers(keras.ops.convert_to_numpy(values), *said)
                for (name, *said), values in zip(about, given, strict=True)
            }
        }

    def _numbers(self, values, activation, axis, output):
        values = np.asarray(values, "float32")
        finite = values[np.isfinite(values)].astype("float64")
        edges = _edges(self.bins, activation)
        inside = np.clip(finite, edges[0], edges[-1])
        places = tuple(i for i in range(values.ndim) if i != axis)
        saturated = dead = None
        if activation in SIGMOID:
            saturated = number(np.mean((values < LOW) | (values > HIGH)))
        elif activation in TANH:
            saturated = number(np.mean(np.abs(values) > HIGH))
        elif activation in RELU:
            dead = number(np.mean(np.abs(values).max(axis=places) <= ZERO))
        return {
            "activation": activation,
            "units": int(values.shape[axis]),
            "mean": number(finite.mean()) if finite.size else None,
            "deviation": number(finite.std()) if finite.size else None,
            "saturated": saturated,
            "dead": dead,
            "output": output,
            "finite": finite.size == values.size,
            "histogram": np.histogram(inside, edges)[0].tolist(),
            "edges": edges,
        }

    def _judge(self, record):
        examples = len(keras.tree.flatten(self.inputs)[0])
        for name, row in record["layers"].items():
            kind = row["activation"]
            if not row["finite"]:
                words = f"not finite: {name!r} ({kind}) gives NaN or infinity"
                yield finding(record, "not finite", name, words)
            dead, saturated = row["dead"] or 0, row["saturated"] or 0
            if dead > SHARE and examples >= LEAST:
                words = (
                    f"dead: {dead:.0%} of the {row['units']} units of "
                    f"{name!r} ({kind}) are 0 for every example"
                ).replace("%", " %")
                yield finding(record, "dead", name, words, share=dead)
            if saturated > SHARE and not row["output"]:
                words = (
                    f"saturated: {saturated:.0%} of what {name!r} ({kind}) "
                    "gives is at its limits"
                ).replace("%", " %")
                yield finding(record, "saturated", name, words, share=saturated)


def _edges(bins, activation):
    if not isinstance(bins, int):
        return bins
    low, high = -6.0, 6.0
    if activation in (*SIGMOID, "softmax"):
        low, high = 0.0, 1.0
    elif activation in TANH:
        low, high = -1.0, 1.0
    return np.linspace(low, high, bins + 1).tolist()


def _checked_bins(bins):
    whole = isinstance(bins, numbers.Integral) and not isinstance(bins, bool)
    if whole and bins >= 1:
        return int(bins)
    try:
        edges = np.asarray(bins, "float64")
        legal = edges.ndim == 1 and len(edges) >= 2 and not whole
        legal = (
            legal and np.isfinite(edges).all() and (np.diff(edges) > 0).all()
        )
    except (TypeError, ValueError):
        legal = False
    if not legal:
        raise ValueError(
            "ActivationMonitor: `bins` must be a whole number from 1, or two "
            f"or more finite edges in ascending order. Received: {bins!r}"
        )
    return edges.tolist()
