"""A frozen backbone's features, computed once: the head trains on these."""

from dataclasses import replace

import keras
import numpy as np

from recipes.data.augmenting import Pictures, build_policy
from recipes.data.data import Split
from recipes.data.loader import Loader
from recipes.errors import RecipeError
from recipes.quiet import tensorflow_unasked
from recipes.training.feature_arrays import Arrays
from recipes.transfer.features import BATCH, key_of
from recipes.transfer.rates import STILL

POOLED = ("pooled", "global_pooling", "backbone")  # the smallest first


def check_views(recipe, transfer, data):
    """Refuse a strategy with `views` that nothing can be kept of.

    Args:
        recipe: A recipe.
        transfer: Its `Transfer`, or None.
        data: Checked data.

    Raises:
        RecipeError: Naming the field to change.
    """
    views = transfer and transfer.strategy.views
    if not views:
        return
    told = f"Received: views={views}"
    if not recipe.augmentation:
        raise RecipeError(
            "`strategy/views` counts augmented views of each image, and the "
            "recipe has no augmentation. Set one, such as "
            f"augmentation='standard', or leave views None. {told}"
        )
    if build_policy(recipe, data).mixes:
        names = ", ".join(part.name for part in recipe.augmentation)
        raise RecipeError(
            "`strategy/views` keeps the features of single images, and the "
            f"augmentation {names} mixes images and their labels. Leave out "
            f"what mixes, or leave views None. {told}"
        )
    if recipe.augmentation_device == "device":
        raise RecipeError(
            "`strategy/views` draws its views once, on the host. Set "
            f"augmentation_device='auto', or leave views None. {told}"
        )
    if transfer.statistics != "frozen":
        raise RecipeError(
            "`strategy/views` needs normalization_statistics='frozen': what "
            f"is updated changes the features. {told}, "
            f"normalization_statistics={transfer.statistics!r}"
        )


def trains_head_alone(plan, expected):
    """Whether a stage leaves all of the backbone as it is.

    Then it gives the same features for the same image at every step.

    Args:
        plan: The plan of a fit with a backbone.
        expected: `Rates.expected` of the stage, for `plan.model`.
    """
    inside = {id(v) for v in plan.transfer.backbone.model.variables}
    return plan.transfer.statistics == "frozen" and all(
        row.moves == STILL or row.kind == "state"
        for row, variable in zip(expected, plan.model.variables, strict=True)
        if id(variable) in inside
    )


def on_features(plan, callbacks, console):
    """Return the plan of the same training on features, computed now.

    The head and the whole network share their variables, and the test split
    is left as it is: it is read once, at the end, through the whole network.

    Args:
        plan: The plan of a fit with a backbone that stays as it is.
        callbacks: Of the fit.
        console: Says what was computed and what was there already.

    Returns:
        The plan with the head as `model`, or the one given where features
        cannot be kept.
    """
    views = plan.transfer.strategy.views
    if plan.recipe.augmentation and not views:
        if plan.transfer.strategy.name == "frozen":
            console.print(
                "augmented images go through the frozen backbone in every "
                "epoch; strategy/views=8 computes 8 views of each once"
            )
        return plan
    if any(isinstance(c, keras.callbacks.ModelCheckpoint) for c in callbacks):
        console.print(
            "images go through the frozen backbone in every epoch: a "
            "ModelCheckpoint saves the whole network"
        )
        return plan
    parts = split_network(plan.network)
    if parts is None:
        return plan
    body, head = parts
    arrays = Arrays(body, console)
    data, draws = plan.data, None
    if views:
        draws = _draws(plan)
        for view in range(views):
            _add_view(arrays, body, data.train, draws, view)
    else:
        _add(arrays, body, data.train)
    _add(arrays, body, data.validation)
    sources = arrays.compute()
    if sources is None:
        return plan
    *train, validation = sources
    prepared = replace(
        data,
        train=_on(train[0], data.train),
        validation=_on(validation, data.validation),
    )
    old = plan.loader
    loader = Loader(
        prepared.train,
        old.encode,
        old.batch_size,
        old.seed,
        old.drop_remainder,
        0 if arrays.in_memory else None,
        balanced=old.balanced,
        weights=old.weights,
        augment=Views(train) if views else None,
    )
    return plan._replace(model=head, prepared=prepared, loader=loader)


def compile_head(plan, features):
    """Compile the head with the optimizer of the network that it is part of.

    Args:
        plan: The plan, its model compiled for a stage.
        features: The same on features, or the plan itself.
    """
    if features is plan:
        return
    loss, metrics = plan.objective.training()
    features.model.compile(
        plan.model.optimizer,
        loss,
        metrics=metrics,
        steps_per_execution=plan.steps_per_execution,
    )


def split_network(model):
    """Return two models that share a network's layers: up to a layer, and on.

    They are cut where features are smallest: after the pooling that follows
    the backbone, if nothing before it learns.

    Args:
        model: The trained network, with a layer called "backbone".

    Returns:
        (images → features, features → outputs), or None where the head sees
        more than the backbone.
    """
    names = {layer.name for layer in model.layers}
    learned = found = None
    for name in reversed([name for name in POOLED if name in names]):
        cut = model.get_layer(name).output
        body = keras.Model(model.inputs[0], cut, name="body")
        if learned is not None and len(body.variables) != learned:
            break
        try:
            head = keras.Model(cut, model.outputs[0], name=f"{model.name}_head")
        except ValueError:  # beside it another layer sees the backbone
            continue
        learned, found = len(body.variables), (body, head)
    return found


class Views:
    """Gives an example in epoch e its view e mod K, from the loader's hook.

    Args:
        sources: Of features, one for each of K views.
    """

    looks_ahead = False

    def __init__(self, sources):
        self.sources = sources

    def read(self, split, positions):
        """Return the positions: which view it is, only the epoch says."""
        return positions

    def __call__(self, positions, targets, epoch, indices):
        """Return (features, targets)."""
        return self.sources[epoch % len(self.sources)].read(positions), targets


def _draws(plan):
    policy = build_policy(plan.recipe, plan.data)
    return Pictures(policy, plan.recipe.seed, plan.data.value_scale)


def _on(source, split):
    return Split(split.role, source, np.arange(len(split)), split.labels)


def _add(arrays, body, split):
    with tensorflow_unasked():  # the key reads the layers' settings
        key = key_of(body, split)
    arrays.add(key, len(split), split.chunks(BATCH))


def _add_view(arrays, body, split, draws, view):
    about = [draws.policy.get_config(), draws.seed, draws.scale, view]
    with tensorflow_unasked():
        key = key_of(body, split, about=about)

    def drawn():
        for start in range(0, len(split), BATCH):
            rows = np.arange(start, min(start + BATCH, len(split)))
            images = draws.read(split, rows)
            yield draws(images, None, view, rows)[0]

    arrays.add(key, len(split), drawn())
