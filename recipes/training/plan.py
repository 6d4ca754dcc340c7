"""Plan: everything that is settled before the first step."""

from typing import NamedTuple

import keras

from recipes import resolve
from recipes.data import load
from recipes.data.augmenting import (
    OnDevice,
    augmenter,
    build_policy,
    choose_renderer,
    resizes,
)
from recipes.data.data import Data
from recipes.data.loader import Loader
from recipes.data.preprocessing import fit_layers
from recipes.data.text_vectorization import vectorize
from recipes.errors import RecipeError
from recipes.network.backbone import as_chosen, build_transfer
from recipes.network.build import build_networks
from recipes.network.on_device import augmented
from recipes.tasks import TASKS
from recipes.training.device import Device, choose_policy, find_device
from recipes.training.objective import choose_objective
from recipes.training.optimizer import build_optimizer, steps_per_execution
from recipes.training.precise import check
from recipes.training.seeds import seeded
from recipes.transfer.checks import check_kept_views
from recipes.transfer.rates import check_stages


class Plan(NamedTuple):
    """What a fit is about to do.

    Args:
        recipe: Resolved: every value said.
        data: Checked and split.
        prepared: The same as the trained network receives it: with tokens
            in place of texts.
        objective: Targets, losses, metrics and scores.
        loader: Batches in the library's order.
        network: The trained network.
        model: The same, compiled, with what is done before it on the device.
        serving: The same variables with readable outputs, compiled.
        device: Where it runs.
        steps_per_execution: Steps per call on the backend.
        transfer: The `Transfer` of a recipe with a backbone, whose stages
            compile the model again, or None.
    """

    recipe: object
    data: Data
    prepared: Data
    objective: object
    loader: Loader
    network: keras.Model
    model: keras.Model
    serving: keras.Model
    device: Device
    steps_per_execution: int
    transfer: object = None


def load_for(recipe, spec):
    """Load data as the recipe's task needs it."""
    task = TASKS[recipe.task]
    if task.features == "text" and keras.backend.backend() != "tensorflow":
        raise RecipeError(
            f"{recipe.task} needs the TensorFlow backend: the saved model "
            "takes strings, which only TensorFlow has. Set KERAS_BACKEND="
            f"tensorflow. Received: {keras.backend.backend()}"
        )
    return load(
        spec,
        features=task.features,
        target=resolve.target_of(recipe),
        image_size=recipe.image_size,
        validation_split=recipe.validation_split,
        test_split=recipe.test_split,
        seed=split_seed(recipe),
    )


def split_seed(recipe):
    """Return what decides the splits: by default the recipe's seed."""
    return recipe.seed if recipe.split_seed is None else recipe.split_seed


def make_plan(recipe, data, callbacks=(), threads=None):
    """Resolve the recipe on the data, build the network and compile it.

    Args:
        recipe: A recipe without open ranges.
        data: Checked data.
        callbacks: The user's; one that watches steps gets every step.
        threads: Loader threads.

    Raises:
        RecipeError: For a recipe that cannot be built on this data.
        DataError: For images smaller than the network allows.
    """
    device = find_device()
    policy = choose_policy(recipe.dtype_policy, device)
    objective = choose_objective(recipe.resolve(), data)
    recipe, transfer = _with_backbone(recipe, data)
    views = transfer is not None and transfer.strategy.views
    accelerated = device.kind != "cpu" and not views
    recipe = choose_renderer(recipe, data, accelerated)
    prepared, vectorization = vectorize(recipe, data)
    loader = _loader(recipe, data, prepared, objective, vectorization, threads)
    steps = loader.steps_per_epoch
    recipe = resolve.resolve(recipe, steps, data.input_shape[:2])
    recipe = recipe.replace(dtype_policy=policy)
    with seeded(recipe.seed):
        model, serving = build_networks(
            recipe,
            prepared.input_shape,
            data.num_outputs,
            fit_layers(recipe, data),
            objective.target_scale,
            vectorization,
            any_size=resizes(recipe, data),
            transfer=transfer,
        )
    if recipe.precise_batch_normalization:
        check(model)
    if transfer is not None:
        check_stages(model, transfer.strategy.stages, recipe.epochs)
    per_call = steps_per_execution(steps, callbacks)
    total_steps = steps * recipe.epochs
    trained = _with_augmentation(model, loader, recipe, data)
    _compile(trained, serving, recipe, objective, total_steps, per_call)
    return Plan(
        recipe,
        data,
        prepared,
        objective,
        loader,
        model,
        trained,
        serving,
        device,
        per_call,
        transfer,
    )


def _with_backbone(recipe, data):
    """Return the recipe as its backbone needs it, and the `Transfer`."""
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


def _loader(recipe, data, prepared, objective, vectorization, threads):
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
        accumulated=resolve.accumulated(recipe),
    )


def _with_augmentation(model, loader, recipe, data):
    """Return the model, after the augmentation if that is on the device."""
    if not isinstance(loader.augment, OnDevice):
        return model
    return augmented(
        model,
        loader.augment.policy,
        data.input_shape,
        recipe.seed,
        data.value_scale,
    )


def compile_training(model, recipe, objective, total_steps, per_call, **given):
    """Compile a trained model, with an optimizer of its own.

    Args:
        model: The model.
        recipe: A resolved recipe.
        objective: Its losses and metrics.
        total_steps: Batches of the whole run.
        per_call: Steps per call on the backend.
        **given: As of `build_optimizer`.
    """
    loss, metrics = objective.training()
    model.compile(
        build_optimizer(recipe, total_steps, **given),
        loss,
        metrics=metrics,
        steps_per_execution=per_call,
    )


def _compile(model, serving, recipe, objective, total_steps, per_call):
    if not model.trainable_variables:
        raise RecipeError(
            "The network has no variables to train; add a layer that learns."
        )
    compile_training(model, recipe, objective, total_steps, per_call)
    loss, metrics = objective.serving()
    # For `evaluate` alone: Keras cannot load a model compiled without an
    # optimizer, and plain SGD adds no variables to the file.
    serving.compile(keras.optimizers.SGD(), loss, metrics=metrics)
