"""What the steps of a tune share: the data, the clock, the log, the sweeps."""

import json
import math

from recipes import resolve
from recipes.errors import RecipeError
from recipes.search_space import Choice
from recipes.six_steps.budget import said
from recipes.six_steps.grid import DECAY, RATE
from recipes.six_steps.names import shown
from recipes.six_steps.pace import Pace
from recipes.six_steps.seeds import Measured, refuse_state
from recipes.tuning.sweep import sweep

FINISH = 5.0  # seconds for the pictures and files of the last fit
FINISH_SHARE = 0.1  # of the budget, at most
LEAST = 1.0  # second that a sweep is given


class Work:
    """A tune at work.

    Args:
        recipe: The recipe as it was given, with its splits and its epochs
            said.
        data: Loaded `Data`; the test split stays unread.
        path: The tune's folder.
        about: As of `settle`: `objective`, `direction`, `seeds`.
        clock: A running `Clock`.
        state: The `State`.
        console: Says what is decided.
        tell: Called after each decision, to write what is spent.
    """

    def __init__(
        self, recipe, data, path, about, clock, state, console, tell=None
    ):
        self.recipe, self.data, self.path = recipe, data, path
        self.objective, self.direction = about["objective"], about["direction"]
        self.seeds = about["seeds"]
        self.clock, self.state, self.console = clock, state, console
        self.pace, self.prefix = Pace(state.pace), ""
        self.tell = tell

    def at(self, name):
        """Return a name within the round, of a folder or an outcome."""
        return self.prefix + name

    @property
    def score(self):
        """The objective as users write it."""
        return shown(self.objective)

    @staticmethod
    def steps_of(recipe, data):
        """Return the steps of an epoch."""
        given = recipe.batch_size, recipe.drop_remainder
        return resolve.steps_per_epoch(len(data.train), *given)

    def from_json(self, found):
        """Return the recipe of plain values."""
        return type(self.recipe).from_json(json.dumps(found))

    def with_values(self, recipe, rate, decay):
        """Return a recipe with a learning rate, and a decay unless None."""
        given = {RATE: rate} if decay is None else {RATE: rate, DECAY: decay}
        part = recipe.optimizer.replace(**given)
        return recipe.replace(optimizer=part)

    def rank(self, row):
        """Return what sorts rows with a score, the best first.

        Of the same score, as accuracies often are, the least loss comes first.
        """
        score, loss = row["score"], row.get("loss")
        signed = score if self.direction == "min" else -score
        return signed, math.inf if loss is None else loss

    def reserve(self, epochs, factor=1.0):
        """Return the seconds to keep for the last fit."""
        if not self.pace.known:
            return 0.0
        finish = min(FINISH, FINISH_SHARE * self.clock.budget)
        return finish + self.pace.sweep(1, epochs, factor)

    def decide(self, step, title, words, told=None, **more):
        """Log a decision, and print it.

        Args:
            step: 1 to 6.
            title: Short.
            words: One or two sentences.
            told: What is printed in their place, or None.
            **more: `numbers`, `changes`, `kept`, `folder`, `table`.
        """
        before = sum(each["seconds"] for each in self.state.decisions)
        decision = {
            "step": step,
            "title": title,
            "words": words,
            "numbers": {},
            "changes": "",
            "kept": None,
            "seconds": round(max(0.0, self.clock.spent - before), 3),
            "folder": None,
            "table": None,
            **more,
        }
        self.state.decisions.append(decision)
        spent = said(self.clock.spent)
        self.console.print(f"{step} {title} ({spent}): {told or words}")
        if decision["changes"]:
            self.console.print(f"  {decision['changes']}")
        self.state.tell()
        if self.tell is not None:
            self.tell()

    def search(self, name, recipe, seconds, executions=1):
        """Search a recipe's ranges, every combination, in a folder.

        Args:
            name: Of the folder.
            recipe: A recipe with ranges.
            seconds: After which no trial is begun.
            executions: Fits of each trial.

        Returns:
            The trials, in the order they began, that have ended.
        """
        found = sweep(
            recipe,
            self.data,
            tuner="grid",
            objective="val_" + self.objective.removeprefix("validation_"),
            executions_per_trial=executions,
            keep=1,
            max_seconds=max(LEAST, seconds),
            directory=self.path / name,
            verbose=False,
        )
        return [each for each in found.trials if each["ended"] is not None]

    def measure(self, name, recipe, seeds, factor=1.0):
        """Train a recipe with several seeds, in a folder.

        Args:
            name: Of the folder.
            recipe: A recipe without ranges.
            seeds: How many.
            factor: What an epoch is expected to cost, by one of the recipe
                as given; 1 for one that costs the same.

        Returns:
            A `Measured`.
        """
        ranged = recipe.replace(epochs=Choice([recipe.epochs]))
        trial = self.search(name, ranged, LEAST, seeds)[0]
        scores, metrics = (), {}
        if trial["score"] is not None:
            fits = [each["metrics"] for each in trial["fits"]]
            scores = tuple(each[self.objective] for each in fits)
            metrics = fits[0]
        if factor == 1.0:
            self.pace.add([trial])
        else:
            factor = self.pace.factor([trial]) or factor
        parts = (trial.get("out_of_memory") or {}).get("parts", 1)
        message = trial["message"]
        return Measured(recipe, name, scores, message, metrics, parts, factor)

    def measured(self, found):
        """Return the `Measured` of plain values.

        Raises:
            RunError: For what no tune writes, as a network that no layers can
                be made of.
        """
        read = Measured.from_dict(found, type(self.recipe).from_json)
        data = self.data
        other = read.recipe.network != self.recipe.network
        if other and data.features != "text":  # which need their words
            try:
                read.recipe.build(data.input_shape, data.num_outputs)
            except RecipeError as error:
                refuse_state(False, f"a recipe ({error})")
        return read
