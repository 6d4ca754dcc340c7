"""What the files of a tune are called."""

TUNE, DECISIONS, RECIPE = "tune.json", "decisions.json", "recipe.json"
STATE, SPENT = "state.json", "spent.json"
PICTURE, LOCK = "tune.png", "tune.lock"
CHECK, AGAIN, RANGE_TEST = "check", "check-again", "range-test"
FIRST, COARSE, FINER = "first", "coarse", "finer"
SEEDS, CHANGES, BEST = "seeds", "changes", "best"

SCORE = "score"  # what the objective is called where there is no room


def shown(objective):
    """Return an objective as users write it.

    >>> shown("validation_loss")
    'val_loss'
    """
    return objective.replace("validation_", "val_", 1)
