"""The bench: a copy of the network, trained for a bounded number of steps."""

import keras
import numpy as np

from recipes import registry
from recipes.errors import RecipeError
from recipes.preflight.bare import bare, quiet_layers
from recipes.preflight.frozen import could_train
from recipes.training.plan import build
from recipes.training.seeds import seeded
from recipes.training.settled import settle
from recipes.transfer.rates import (
    check_stages,
    optimizer_arguments,
    set_rates,
)

BATCH = 32  # examples a step, or the recipe's own if that is smaller
LARGE = 64 * 64  # pixels, above which it is half as many
RISE = 10  # steps in which the rate rises to what is asked for


class Bench:
    """A copy of a recipe's network, compiled once, and set back at will.

    Use it for what has to be tried: it has the recipe's network, optimizer and
    peak learning rate, and nothing that is random or penalizes (`bare`).

    Args:
        recipe: A recipe without open ranges.
        data: Checked data.

    Attributes:
        given: The recipe as it was given; `recipe` is bare and resolved.
        settled: What is `Settled` of the bare recipe.
        model: The network; its outputs are logits, or standardized numbers.
        rates: The table's `Rates` of a fine-tuning, or None.
        rate: The recipe's learning rate.
        fresh: Variables that could train and are not pretrained.
        in_some_stage: The ids of those that some stage trains.
        size: Examples per batch.

    Raises:
        RecipeError: For a recipe that cannot be built on this data.
        DataError: For images smaller than the network allows.
    """

    def __init__(self, recipe, data):
        self.settled = settled = settle(bare(recipe), data, threads=0)
        self.given, self.recipe, self.data = recipe, settled.recipe, data
        self.objective, self.train = settled.objective, settled.prepared.train
        self.validation = settled.prepared.validation
        self.size = min(_batch(self.recipe), recipe.batch_size, len(self.train))
        self.rate = registry.default(
            "optimizer", recipe.optimizer, "learning_rate"
        )
        self.model, _ = build(settled)
        if not self.model.trainable_variables:
            raise RecipeError(
                "The network has no variables to train; add a layer that "
                "learns."
            )
        quiet_layers(self.model)
        self.fresh = could_train(self.model)
        self.rates = None
        if settled.transfer is not None:
            self._set_rates(settled.transfer)
        else:
            trained = self.model.trainable_variables
            self.in_some_stage = {id(v) for v in trained}
        self._compile()

    def _set_rates(self, transfer):
        """Take the last stage's rates, and note what any stage trains."""
        check_stages(
            self.model, transfer.strategy.stages, self.settled.recipe.epochs
        )
        self.in_some_stage = set()
        for stage in transfer.strategy.stages:
            self.rates = set_rates(self.model, stage.table)
            self.in_some_stage |= {
                id(v) for v in self.model.trainable_variables
            }
        if transfer.backbone.origin["weights"] is not None:
            theirs = {id(v) for v in transfer.backbone.model.variables}
            self.fresh = [v for v in self.fresh if id(v) not in theirs]

    def _compile(self):
        part, given = self.recipe.optimizer, {}
        if self.rates is not None:
            builder = registry.lookup("optimizer", part.name).builder()
            given = optimizer_arguments(builder, self.rates)
        loss, _ = self.objective.training()
        with seeded(self.recipe.seed):
            optimizer = registry.build(
                "optimizer", part, learning_rate=self.rate, **given
            )
            self.model.compile(optimizer, loss)
            optimizer.build(self.model.trainable_variables)
        self.begun = self._values()

    def _variables(self):
        return [*self.model.variables, *self.model.optimizer.variables]

    def _values(self):
        to_numpy = keras.ops.convert_to_numpy
        return [np.array(to_numpy(v.value)) for v in self._variables()]

    def reset(self):
        """Set all variables to what they were at first."""
        for variable, value in zip(self._variables(), self.begun, strict=True):
            variable.assign(value)

    def stuck(self):
        """Return the trained variables that are as they were at first."""
        trained = {id(v) for v in self.model.trainable_variables}
        return [
            variable
            for variable, value in zip(
                self._variables(), self.begun, strict=True
            )
            if id(variable) in trained
            and np.array_equal(
                keras.ops.convert_to_numpy(variable.value), value
            )
        ]

    def batch(self, positions):
        """Return (examples, targets) of the training split."""
        x = self.train.read(positions)
        return x, self.objective.targets(self.train.labels[positions])

    def batches(self, examples=None):
        """Yield batches without end, in an order of the recipe's seed.

        Args:
            examples: Given the raw examples of a batch, returns what the
                network sees in their place; None: as they are.
        """
        random = np.random.default_rng(self.recipe.seed)
        while True:
            order = random.permutation(len(self.train))
            for start in range(0, len(order) - self.size + 1, self.size):
                x, y = self.batch(order[start : start + self.size])
                yield (x if examples is None else examples(x)), y

    def losses(self, batches, steps, scale=1.0, until=0.0):
        """Train from the beginning, and return each step's loss.

        The rate rises for 10 steps, and falls to a tenth in the last third:
        rate · min(1, (t + 1)/10, 0.1 + 2.7 (1 − (t + 1)/steps)).

        Args:
            batches: Iterator of (examples, targets).
            steps: How many, at most.
            scale: What the recipe's learning rate is multiplied with.
            until: The loss at which it ends before.

        Returns:
            Losses, before each step's update; it ends where one is not finite.
        """
        self.reset()
        found = []
        for step, (x, y) in zip(range(steps), batches, strict=False):
            done = (step + 1) / steps
            part = min(1, (step + 1) / RISE, 0.1 + 2.7 * (1 - done))
            self.model.optimizer.learning_rate = self.rate * scale * part
            self.model.reset_metrics()
            found.append(float(self.model.train_on_batch(x, y)))
            if not np.isfinite(found[-1]) or found[-1] <= until:
                break
        return np.array(found)

    def outputs(self, x):
        """Return the outputs for examples, as when predicting."""
        parts = []
        for start in range(0, len(x), self.size):
            rows = np.arange(start, start + self.size) % len(x)
            parts.append(np.asarray(self.model.predict_on_batch(x[rows])))
        return np.concatenate(parts)[: len(x)].astype("float64")

    def guesses(self, x):
        """Return what the network takes examples for: labels of their kind."""
        outputs = self.outputs(x)
        if self.data.target == "number":
            scale, mean = (np.array(v) for v in self.objective.target_scale)
            return outputs * scale + mean
        if self.data.target == "labels":
            return (outputs > 0).astype("int8")
        if outputs.shape[1] == 1:
            return (outputs[:, 0] > 0).astype("int64")
        return outputs.argmax(axis=1)


def _batch(recipe):
    """Return the examples of a step, for a resolved recipe."""
    size = recipe.image_size
    large = size is not None and size[0] * size[1] > LARGE
    return BATCH // 2 if large else BATCH
