"""What a changed recipe costs, before it was measured."""

AUGMENTED = 2.0  # what an epoch costs at most with augmentation, by without
WIDER = 4.0  # the same of a network whose weights are not counted


def epoch_cost(work, winner, recipe):
    """Return what an epoch may cost at most, by one of the recipe as given.

    Twice as much with augmentation, and as many times as there are weights
    for a wider network.

    Args:
        work: The `Work`.
        winner: The `Measured` that was changed.
        recipe: The changed recipe.
    """
    factor = winner.factor
    if recipe.augmentation and not winner.recipe.augmentation:
        factor *= AUGMENTED
    if recipe.network != winner.recipe.network:
        factor *= max(1.0, _times_the_weights(work, winner.recipe, recipe))
    if recipe.strategy != winner.recipe.strategy:
        factor *= WIDER  # of a backbone that is trained, and was not
    return factor


def _times_the_weights(work, old, new):
    """Return how many times as many weights a network has; 4 of one for texts.

    Its layers are built without the data, which texts need for their words.
    """
    data = work.data
    if data.features == "text":
        return WIDER
    before, now = (
        each.build(data.input_shape, data.num_outputs).count_params()
        for each in (old, new)
    )
    return now / max(1, before)


def seconds_lacking(work, recipe, seeds, factor):
    """Return None where there is time to train a recipe, else its seconds.

    Args:
        work: The `Work`.
        recipe: A recipe without ranges.
        seeds: How many.
        factor: As of `epoch_cost`.
    """
    needed = work.pace.sweep(seeds, recipe.epochs, factor)
    room = work.clock.left - work.reserve(recipe.epochs, factor)
    return None if needed <= room else needed
