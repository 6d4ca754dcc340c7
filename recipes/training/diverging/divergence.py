"""The report of a divergence, made after the fact: nothing else pays for it."""

import time

import keras
import numpy as np

from callbacks.finite import non_finite
from callbacks.states import arrays_of, assign
from recipes.training.diverging.first_bad import (
    GRADIENT,
    INPUT,
    LOSS,
    OUTPUT,
    WEIGHT,
    first_bad,
)

SECONDS = 300  # that a replay may take
SHOWN = 8  # rows of a message

WORDS = {
    INPUT: "the batch has numbers that are not finite",
    OUTPUT: "layer {layer!r} gave numbers that are not finite",
    LOSS: "the loss was not finite, over outputs that were",
    GRADIENT: "the gradient of `{variable}` was not finite",
    WEIGHT: "the update left `{variable}` not finite",
}


def report(attempt, scale, error, seconds=SECONDS):
    """Return what went wrong first, as plain values.

    The run goes on once more from its last good state, a step at a time, as
    far as the first that is bad. What `fit` saw is the end of a range: of the
    loss the steps of one call on the backend, of the weights an epoch.

    Args:
        attempt: The `Attempt`.
        scale: Of the learning rate.
        error: The `NonFiniteError` that ended it.
        seconds: That the replay may take.

    Returns:
        A dict: `seen`, `epoch` and `step` (from 1), `learning_rate`, what
        `first_bad` returns, `indices` of the batch (rows of the training
        split) and `bad` ones among them, their `files`. Where the replay did
        not get there `step` is None, and `why` says it.
    """
    found = {
        "seen": error.what,
        "epoch": error.epoch + 1,
        "step": None,
        "seen_after_step": error.step,
        "learning_rate": None,
        "kind": None,
        "layer": None,
        "variable": None,
        "indices": [],
        "bad": [],
        "files": None,
        "why": None,
    }
    watch = _Watch(error, time.monotonic() + seconds)
    try:
        attempt.replay(scale, watch)
        found["why"] = "a replay did not come to it"
    except _Reached:
        found.update(watch.report())
    except _Given as stop:
        found["why"] = str(stop)
    except Exception as failure:  # the divergence is what matters
        found["why"] = f"the replay failed: {failure}".splitlines()[0]
    return found


def words(found, kept):
    """Say a report in three or four lines; the first has the chief part.

    Args:
        found: As of `report`.
        kept: What is said of the last good checkpoint.
    """
    lines = [f"The run diverged: {what(found)}."]
    if found["step"] is not None:
        lines.append(_rows(found))
    rate = "lower optimizer/learning_rate"
    mend = f"{rate}, or clip with optimizer/global_clipnorm=1.0"
    if found["bad"]:
        mend = f"look at these rows, {mend}"
    lines.append(
        f"To mend it: {mend}; a changed recipe begins anew with "
        "overwrite=True (--overwrite)."
    )
    lines.append(kept)
    return "\n".join(lines)


def what(found):
    """Say what was not finite first, and where: of `report`."""
    if found["step"] is None:
        return (
            f"{found['seen']} was not finite in epoch {found['epoch']}, by "
            f"its step {found['seen_after_step']}; where first is not known: "
            f"{found['why']}"
        )
    first = WORDS.get(found["kind"], "{seen} was not finite").format(**found)
    return (
        f"{first}, in epoch {found['epoch']}, step {found['step']}, with "
        f"optimizer/learning_rate at {found['learning_rate']:.3g}"
    )


def _rows(found):
    rows = found["bad"] or found["indices"]
    shown = ", ".join(map(str, rows[:SHOWN]))
    more = f" and {len(rows) - SHOWN} more" if len(rows) > SHOWN else ""
    of = "Not finite in" if found["bad"] else "Its batch:"
    files = ""
    if found["files"]:
        files = f" ({', '.join(map(str, found['files'][:SHOWN]))})"
    rows = "rows" if len(rows) > 1 else "row"
    return f"{of} {rows} {shown}{more} of the training split{files}."


class _Reached(Exception):
    """The first bad step."""


class _Given(Exception):
    """Why the replay is given up."""


class _Watch(keras.callbacks.Callback):
    """Keeps the state before each step, and stops at the first bad one."""

    uses_model = False

    def __init__(self, error, until):
        super().__init__()
        self.error, self.until = error, until
        self.epoch = 0

    def watches(self, plan):
        """Take the plan of the replay."""
        self.plan = plan

    def on_train_begin(self, logs=None):
        optimizer = self.model.optimizer
        if not optimizer.built:
            optimizer.build(self.model.trainable_variables)

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch
        if epoch > self.error.epoch:
            raise _Given(f"a replay of epoch {epoch} was finite")

    def on_train_batch_begin(self, batch, logs=None):
        self.before = self._values()

    def on_train_batch_end(self, batch, logs=None):
        self.step, self.after = batch, self._values()
        loss = (logs or {}).get("loss", 0.0)
        bad = non_finite([v for values in self.after for v in values])
        if bad is not None or not np.isfinite(loss):
            raise _Reached
        if time.monotonic() > self.until:
            raise _Given(
                f"a replay was finite as far as epoch {self.epoch + 1}, step "
                f"{batch + 1}, and took too long"
            )

    def _values(self):
        model = self.model
        return arrays_of(model.variables), arrays_of(model.optimizer.variables)

    def report(self):
        """Return what is known of the step."""
        plan, model = self.plan, self.model
        optimizer = model.optimizer
        variables = [*model.variables, *optimizer.variables]
        values = [*self.after[0], *self.after[1]]
        after = list(zip(variables, values, strict=True))
        assign("model", model.variables, self.before[0])
        assign("optimizer", optimizer.variables, self.before[1])
        rate = float(keras.ops.convert_to_numpy(optimizer.learning_rate))
        size = plan.loader.batch_size
        start = self.step * size
        rows = plan.loader.order(self.epoch)[start : start + size]
        found = {
            "epoch": self.epoch + 1,
            "step": self.step + 1,
            "learning_rate": rate,
            "indices": [int(row) for row in rows],
        }
        loader = plan.loader.on(plan.loader.split, 0, plan.loader.augment)
        batch = next(loader.batches(self.epoch, self.step))
        loss, _ = plan.objective.training()
        first = first_bad(plan.model, loss, batch, after)
        if first is not None:
            found["bad"] = [int(rows[place]) for place in first.pop("rows")]
            found.update(first)
        names = plan.data.train.files()
        if names is not None:
            chosen = found.get("bad") or found["indices"]
            found["files"] = [str(names[row]) for row in chosen]
        return found
