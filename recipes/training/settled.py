"""What is settled before a network is built."""

from typing import NamedTuple

from recipes import resolve
from recipes.data.augmenting import augmenter, build_policy, choose_renderer
from recipes.data.data import Data
from recipes.data.loader import Loader
from recipes.data.text_vectorization import vectorize
from recipes.network.backbone import as_chosen, build_transfer
from recipes.training.device import Device, choose_policy, find_device
from recipes.training.objective import choose_objective
from recipes.training.optimizer import steps_per_execution
from recipes.training.seeds import seeded
from recipes.transfer.checks import check_kept_views


class Settled(NamedTuple):
    """What a fit is about to do, as far as no network is needed.

    Args:
        recipe: Resolved: every value said.
        data: Checked and split.
        prepared: The same as the trained network receives it.
        objective: Targets, losses, metrics and scores.
        loader: Batches in the library's order.
        device: Where it runs.
        steps_per_execution: Steps per call on the backend.
        vectorization: For texts, the layer that makes their tokens, or None.
        transfer: The `Transfer` of a recipe with a backbone, or None.
    """

    recipe: object
    data: Data
    prepared: Data
    objective: object
    loader: Loader
    device: Device
    steps_per_execution: int
    vectorization: object
    transfer: object


def settle(
    recipe, data, callbacks=(), threads=None, parts=1, known=None, largest=128
):
    """Return what is `Settled`; arguments as of `make_plan`.

    Args:
        recipe: As of `make_plan`, as are the next four.
        data: Checked data.
        callbacks: The user's.
        threads: Loader threads.
        parts: Of a batch.
        known: What was settled for a recipe of the same backbone and texts,
            which are not prepared again; or None.
        largest: How many steps one call on the backend may have.
    """
    device = find_device()
    policy = choose_policy(recipe.dtype_policy, device)
    objective = choose_objective(recipe.resolve(), data)
    recipe, transfer = _with_backbone(recipe, data, known)
    views = transfer is not None and transfer.strategy.views
    accelerated = device.kind != "cpu" and not views
    recipe = choose_renderer(recipe, data, accelerated)
    if known is None:
        prepared, vectorization = vectorize(recipe, data)
    else:
        prepared, vectorization = known.prepared, known.vectorization
    loader = _loader(
        recipe, data, prepared, objective, vectorization, threads, parts
    )
    steps = loader.steps_per_epoch
    recipe = resolve.resolve(recipe, steps, data.input_shape[:2])
    return Settled(
        recipe.replace(dtype_policy=policy),
        data,
        prepared,
        objective,
        loader,
        device,
        steps_per_execution(steps, callbacks, largest),
        vectorization,
        transfer,
    )


def _with_backbone(recipe, data, known):
    """Return the recipe as its backbone needs it, and the `Transfer`."""
    if known is not None:
        transfer = known.transfer
    else:
        with seeded(recipe.seed):  # for a backbone without weights
            transfer = build_transfer(recipe, data)
    if transfer is None:
        return recipe, None
    recipe = as_chosen(recipe, transfer, data.input_shape[:2])
    views = transfer.strategy.views
    if views:
        policy = build_policy(recipe, data)
        check_kept_views(views, recipe, policy, transfer.statistics)
    return recipe, transfer


def _loader(recipe, data, prepared, objective, vectorization, threads, parts):
    # Words are drawn anew before they become tokens.
    words = recipe.augmentation and data.features == "text"
    return Loader(
        data.train if words else prepared.train,
        objective.targets,
        recipe.batch_size,
        recipe.seed,
        recipe.drop_remainder,
        threads,
        balanced=recipe.balanced_sampling,
        weights=objective.weigh(data.train.labels),
        augment=augmenter(recipe, data, vectorization),
        parts=parts,
    )
