"""Where a training of several stages stands, for one that goes on."""

from callbacks import Checkpoint
from recipes.techniques.learning_rates import PerVariable
from recipes.transfer.snapshot import array


class Course:
    """What the stages before have left, kept with the checkpoint of an epoch.

    A checkpoint has the state of the stage's last epoch. What the stage began
    with belongs to it too: by that is told at its end what it has moved. The
    first stage begins with what the plan has built, and keeps nothing.

    Args:
        callbacks: Of the fit; with no `Checkpoint` among them this is the
            course from its beginning, of which nothing is kept.
        best: The `BestStage` of the training.
        last: The epoch after which the training is cut off.

    Attributes:
        history: Of the stages that are over.
        records: Of the stages that are over, as in stages.json.
        begin: The first epoch of the stage to train next.
    """

    def __init__(self, callbacks, best, last):
        found = [c for c in callbacks if isinstance(c, Checkpoint)]
        self.checkpoint = found[-1] if found else None
        self.best = best
        self.history, self.records, self.begin = {}, [], 0
        self.left = None  # what the stage to go on with began with
        state = self.checkpoint and self.checkpoint.find(last)
        if not state:
            return
        self.left = state["extra"]["stage"]
        if self.left is not None:
            self.history = self.left["history"]
            self.records = self.left["records"]
            self.begin = self.left["begin"]
            best.set_state(self.left["best"])

    def enter(self, model, begin):
        """Begin a stage, or put back what it began with.

        Args:
            model: Compiled for the stage, with its optimizer built.
            begin: The first epoch of the stage.
        """
        if self.checkpoint is None:
            return
        if self.left is not None:
            _put_back(model, self.left)
            self.left = None
            return
        kept = None
        if self.records:
            kept = {
                "history": {k: list(v) for k, v in self.history.items()},
                "records": list(self.records),
                "begin": begin,
                "best": self.best.get_state(),
                "values": [array(v) for v in model.variables],
                "ages": _ages(model),
            }
        self.checkpoint.extra = {"stage": kept}


def _put_back(model, left):
    for variable, value in zip(model.variables, left["values"], strict=True):
        variable.assign(value.copy())  # a backend may write to what it gets
    optimizer = _inner(model.optimizer)
    if isinstance(optimizer, PerVariable):
        paths = [v.path for v in model.trainable_variables]
        ages = zip(paths, left["ages"], strict=True)
        optimizer.join_at([(path, age) for path, age in ages if age])


def _ages(model):
    """Return the count of updates at which each variable joined.

    By place, not by path: a network that is built again may have others.
    """
    optimizer = _inner(model.optimizer)
    joined = dict(getattr(optimizer, "first_iterations", ()))
    return [int(joined.get(v.path, 0)) for v in model.trainable_variables]


def _inner(optimizer):
    return getattr(optimizer, "inner_optimizer", optimizer)
