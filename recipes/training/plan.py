"""Plan: everything that is settled before the first step."""

from typing import NamedTuple

import keras

from recipes import resolve
from recipes.data import load
from recipes.data.augmenting import OnDevice, resizes
from recipes.data.data import Data
from recipes.data.loader import Loader
from recipes.data.preprocessing import fit_layers
from recipes.errors import RecipeError
from recipes.network.build import build_networks
from recipes.network.on_device import augmented
from recipes.tasks import TASKS
from recipes.training.device import Device
from recipes.training.optimizer import build_optimizer
from recipes.training.precise import check
from recipes.training.seeds import seeded
from recipes.training.settled import settle
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
        kept: Where the one stage of a backbone that stays as it is leaves
            what it compiled, as `recipes.training.reuse.Kept`; or None.
        rate_scale: What the learning rate is multiplied with, after rewinds.
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
    kept: object = None
    rate_scale: float = 1.0


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


def make_plan(
    recipe,
    data,
    callbacks=(),
    threads=None,
    parts=1,
    largest=128,
    rate_scale=1.0,
):
    """Resolve the recipe on the data, build the network and compile it.

    Args:
        recipe: A recipe without open ranges.
        data: Checked data.
        callbacks: The user's; one that watches steps gets every step.
        threads: Loader threads.
        parts: How many batches stand for one that was too large for memory,
            see `Loader`.
        largest: How many steps one call on the backend may have.
        rate_scale: As of `Plan`.

    Raises:
        RecipeError: For a recipe that cannot be built on this data.
        DataError: For images smaller than the network allows.
    """
    settled = settle(recipe, data, callbacks, threads, parts, largest=largest)
    return compile_plan(settled, *build(settled), rate_scale)


def build(settled):
    """Return the trained network and the served one, not compiled yet."""
    recipe, data = settled.recipe, settled.data
    with seeded(recipe.seed):
        return build_networks(
            recipe,
            settled.prepared.input_shape,
            data.num_outputs,
            fit_layers(recipe, data),
            settled.objective.target_scale,
            settled.vectorization,
            any_size=resizes(recipe, data),
            transfer=settled.transfer,
        )


def compile_plan(settled, model, serving, rate_scale=1.0):
    """Return the `Plan`: the networks of `build`, compiled."""
    recipe, data, transfer = settled.recipe, settled.data, settled.transfer
    if recipe.precise_batch_normalization:
        check(model)
    if transfer is not None:
        check_stages(model, transfer.strategy.stages, recipe.epochs)
    loader, per_call = settled.loader, settled.steps_per_execution
    total_steps = loader.steps_per_epoch * recipe.epochs
    trained = _with_augmentation(model, loader, recipe, data)
    if not trained.trainable_variables:
        raise RecipeError(
            "The network has no variables to train; add a layer that learns."
        )
    compile_training(
        trained,
        recipe,
        settled.objective,
        total_steps,
        per_call,
        rate_scale=rate_scale,
    )
    _compile_serving(serving, settled.objective)
    return Plan(
        recipe,
        data,
        settled.prepared,
        settled.objective,
        loader,
        model,
        trained,
        serving,
        settled.device,
        per_call,
        transfer,
        rate_scale=rate_scale,
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


def _compile_serving(serving, objective):
    loss, metrics = objective.serving()
    # For `evaluate` alone: Keras cannot load a model compiled without an
    # optimizer, and plain SGD adds no variables to the file.
    serving.compile(keras.optimizers.SGD(), loss, metrics=metrics)
