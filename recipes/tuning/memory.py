"""A trial that does not fit into memory: smaller batches, the same updates."""

from pathlib import Path

from recipes import json_text, resolve
from recipes.errors import RecipeError
from recipes.training import folder

MEMORY = "memory.json"


class Memory:
    """What recipe of a trial fits into memory, as far as is known.

    It is kept in the trial's folder, so that a trial that goes on begins with
    what was found to fit.

    Args:
        recipe: The trial's, closed.
        rows: Rows of the training split.
        place: The trial's folder.
        before: The folder of the trial that this one goes on from, or None.
    """

    def __init__(self, recipe, rows, place, before=None):
        self.asked, self.recipe, self.rows = recipe, recipe, rows
        self.place, self.times = Path(place), 0
        self._before = 0 if before is None else _times(before)
        for _ in range(max(_times(self.place), self._before)):
            self.halve()

    @property
    def goes_on(self):
        """Whether the trial before had the same batches as this one.

        Where it had others, its optimizer holds other sums of gradients.
        """
        return self.times == self._before

    @property
    def parts(self):
        """How many batches stand for one as it was asked for."""
        whole = min(self.asked.batch_size, self.rows)
        return whole // self.recipe.batch_size if self.times else 1

    def halve(self):
        """Halve the batch and say whether that could be done."""
        smaller = halved(self.recipe, self.rows)
        if smaller is None:
            return False
        self.recipe, self.times = smaller, self.times + 1
        folder.write_json(self.place / MEMORY, {"halved": self.times})
        return True

    def record(self):
        """Return what result.json says of it, or None if all was well."""
        if not self.times:
            return None
        batch, steps = self.recipe.batch_size, resolve.accumulated(self.recipe)
        return {
            "halved": self.times,
            "batch_size": batch,
            "parts": self.parts,
            "gradient_accumulation_steps": steps,
            "words": (
                f"out of memory with batches of {self.asked.batch_size}: "
                f"fitted with {batch}, the gradients of {steps} gathered for "
                "each update"
            ),
        }


def _times(place):
    """Return how often the batch of a trial was halved before."""
    try:
        found = json_text.read(Path(place) / MEMORY)
        return min(max(0, int(found["halved"])), 64)
    except (OSError, KeyError, TypeError, ValueError):
        return 0


def halved(recipe, rows):
    """Return the recipe with smaller batches and as many examples per update.

    A batch of even size is halved, another divided by its smallest divisor,
    so that batch times `gradient_accumulation_steps` stays what it was. The
    number of epochs stays, also where it is `"auto"`.

    Args:
        recipe: Without ranges.
        rows: Rows of the training split; a batch is no larger.

    Returns:
        A recipe, or None where the batch is 1, or the optimizer does not
        accumulate.

    Example:

    >>> import recipes
    >>> smaller = halved(recipes.tabular_classifier(batch_size=64), 1000)
    >>> smaller.batch_size, resolve.accumulated(smaller)
    (32, 2)
    """
    batch = min(recipe.batch_size, rows)
    if batch == 1:
        return None
    parts = next(p for p in range(2, batch + 1) if batch % p == 0)
    epoch = resolve.steps_per_epoch(rows, batch, recipe.drop_remainder)
    steps = parts * resolve.accumulated(recipe)
    try:
        return recipe.replace(
            batch_size=batch // parts,
            epochs=resolve.epochs_for(recipe, epoch),
            optimizer=recipe.optimizer.replace(
                gradient_accumulation_steps=steps
            ),
        )
    except RecipeError:
        return None
