"""A frozen backbone's features, computed once: the head trains on these."""

from dataclasses import replace

import keras
import numpy as np

from recipes.data.data import ArraySource, Split
from recipes.training.saving import tensorflow_unasked
from recipes.transfer.features import FeatureStore, features, key_of

BATCH = 32  # examples that go through the backbone at a time


def can_be_cached(recipe, transfer):
    """Whether the features of an example are the same in every epoch.

    They are where all of the backbone is frozen, its statistics too, and
    nothing is drawn anew.
    """
    if transfer is None or recipe.augmentation:
        return False
    rates = [
        rate
        for stage in transfer.strategy.stages
        for expression, rate in stage.table
        if expression in transfer.backbone.blocks
    ]
    known = len(rates) >= len(transfer.backbone.blocks)
    return known and not any(rates) and transfer.statistics == "frozen"


def split_network(model, name="backbone"):
    """Return two models that share a network's layers: up to a layer, and on.

    Args:
        model: The trained network, with a layer of this name.
        name: The last layer of the first model.

    Returns:
        (images → features, features → outputs)
    """
    cut = model.get_layer(name).output
    body = keras.Model(model.inputs, cut, name="body")
    head = keras.Model(cut, model.outputs[0], name=f"{model.name}_head")
    return body, head


def on_features(transfer):
    """Return a transfer whose tables speak of the head alone."""
    blocks = transfer.backbone.blocks
    stages = tuple(
        stage._replace(
            table=tuple(row for row in stage.table if row[0] not in blocks)
        )
        for stage in transfer.strategy.stages
    )
    strategy = transfer.strategy._replace(stages=stages)
    return transfer._replace(strategy=strategy)


def with_features(data, body, console=None):
    """Return the data with features in place of training images.

    The test split is left as it is: it is read once, at the end, through the
    whole network.

    Args:
        data: Checked data.
        body: Images → features, frozen.
        console: Says what was computed and what was there already.
    """
    store, splits, there = FeatureStore(), {}, []
    for split in (data.train, data.validation):
        with tensorflow_unasked():  # the key reads the layers' settings
            key = key_of(body, split)
        found, known = features(body, split, store, key=key, batch_size=BATCH)
        there.append(known)
        source, rows = ArraySource(found), np.arange(len(split))
        splits[split.role] = Split(split.role, source, rows, split.labels)
    if console is not None:
        how = "found on disk" if all(there) else "computed once"
        count = len(data.train) + len(data.validation)
        console.print(f"features of {count} frozen examples: {how}")
    return replace(data, **splits)
