"""A frozen backbone's features, computed once: the head trains on these."""

from dataclasses import replace

import numpy as np

from recipes.data.augmenting import Pictures, build_policy
from recipes.data.data import Split
from recipes.network.head import split_network
from recipes.quiet import tensorflow_unasked
from recipes.training.callbacks import model_users
from recipes.training.feature_arrays import Arrays, Views
from recipes.transfer.features import BATCH, key_of
from recipes.transfer.rates import STILL


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
    parts = split_network(plan.network)
    if parts is None or not _may_be_kept(plan, callbacks, console):
        return plan
    body, head = parts
    arrays = Arrays(body, console)
    _add_all(plan, arrays, body)
    sources = arrays.compute()
    if sources is None:
        return plan
    *train, validation = sources
    prepared = replace(
        plan.data,
        train=_on(train[0], plan.data.train),
        validation=_on(validation, plan.data.validation),
    )
    loader = plan.loader.on(
        prepared.train,
        threads=0 if arrays.in_memory else 4,
        augment=Views(train) if plan.transfer.strategy.views else None,
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


def _may_be_kept(plan, callbacks, console):
    """Whether features serve this fit; where a user may wonder, say why not."""
    strategy = plan.transfer.strategy
    if plan.recipe.augmentation and not strategy.views:
        if strategy.name == "frozen":
            console.print(
                "augmented images go through the frozen backbone in every "
                "epoch; strategy/views=8 computes 8 views of each once"
            )
        return False
    users = model_users(callbacks)
    if users:
        console.print(
            "images go through the frozen backbone in every epoch: "
            f"{', '.join(users)} may use the whole network. A callback that "
            "does not says so: uses_model = False in its class"
        )
    return not users


def _on(source, split):
    return Split(split.role, source, np.arange(len(split)), split.labels)


def _add_all(plan, arrays, body):
    """Want the features of all views of the train split, and of validation."""
    views = plan.transfer.strategy.views
    if not views:
        _add(arrays, body, plan.data.train)
    else:
        policy = build_policy(plan.recipe, plan.data)
        draws = Pictures(policy, plan.recipe.seed, plan.data.value_scale)
        for view in range(min(views, plan.recipe.epochs)):
            _add_view(arrays, body, plan.data.train, draws, view)
    _add(arrays, body, plan.data.validation)


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
