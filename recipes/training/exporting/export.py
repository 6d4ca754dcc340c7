"""Exports: a model for other runtimes, compared with the model it is of."""

import os
import shutil
import tempfile
import warnings
from contextlib import nullcontext
from pathlib import Path

import keras
import numpy as np

from callbacks import SteadyConsole
from recipes.errors import RunError
from recipes.quiet import hushed, many_models
from recipes.training.device import find_device
from recipes.training.exporting import (
    checks,
    exported,
    raw_examples,
    standalone,
)
from recipes.training.exporting.checks import FORMATS
from recipes.training.exporting.faults import refusal

BATCHES = (1, 2, 5)  # how the examples are handed to the exported model
GPU_TOLERANCE = 5e-3  # GPUs round products to TensorFloat-32
GPU_HALF_TOLERANCE = 3e-2  # and in half precision fuse them otherwise
MIXED_TOLERANCE = 0.1  # of a copy in float32 to a model in half precision


def write(model, path, format, verbose):
    """Write a model by `keras.Model.export`."""
    given = model.inputs[0]
    spec = keras.InputSpec(given.dtype, tuple(given.shape), name=given.name)
    model.export(
        path,
        format=FORMATS[format].keras,
        verbose=verbose,
        input_signature=[spec],
    )


def export(run, path, format, *, overwrite, verbose, write=write):
    """Write a run's model; `Run.export` documents the arguments.

    Args:
        run: A `Run`.
        path: The file, or the folder for `"savedmodel"`.
        format: `"savedmodel"`, `"onnx"` or `"litert"`.
        overwrite: Whether an earlier export is replaced.
        verbose: 0 for silence, 1 for one line, 2 to hear the converters too.
        write: Function of (model, path, format, verbose) that writes the file.

    Returns:
        The path.
    """
    about = run.environment["data"]
    checks.check_format(format, about)
    path = checks.check_path(path, format, overwrite)
    with many_models(), warnings.catch_warnings():
        if verbose < 2:
            warnings.simplefilter("ignore")
        with hushed() if verbose < 2 else nullcontext():
            found = _export(run, path, format, write, verbose)
    examples = sum(BATCHES)
    console = SteadyConsole.plain(quiet=not verbose)
    console.print(
        f"{path}: {format}, {_size(path)}; the largest difference from the "
        f"model's outputs over {examples} examples is {found}"
    )
    return path


def _export(run, path, format, write, verbose):
    """Write beside the path, compare, and put in place; return the words."""
    about, model = run.environment["data"], run.model
    examples = raw_examples.draw(model, about, sum(BATCHES))
    expected = _predict(model, examples)
    policy = standalone.half_policy(model)
    limit = _limit(format, policy)
    span = _span(expected, about, limit)
    words = ""
    if policy and format != "savedmodel":
        single = standalone.in_float32(model)
        rounded, expected = expected, _predict(single, examples)
        model = single
        words = f" (of its copy in float32: the run computes in {policy})"
        _compare(
            expected, rounded, span, MIXED_TOLERANCE, "its copy in float32"
        )
    try:
        work = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    except OSError as error:
        raise RunError(f"{path} cannot be written: {error}") from error
    try:
        part = work / path.name
        _convert(model, about, part, format, write, verbose)
        outputs = _run(model, part, format, examples)
        worst = _compare(outputs, expected, span, limit, format)
        _place(part, path, work)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    if about["target"] == "number":
        words = f" of their range{words}"
    if np.ptp(expected, axis=0).max() <= limit:
        words += "; it gives the same for all of these, which proves little"
    return f"{worst:.1e}{words} (allowed: {limit:.0e})"


def _limit(format, policy):
    """Return the largest difference allowed here, as a share of the range."""
    if find_device().kind != "gpu":
        return FORMATS[format].tolerance
    half = policy and format == "savedmodel"
    return GPU_HALF_TOLERANCE if half else GPU_TOLERANCE


def _predict(model, examples):
    outputs = model.predict(examples, batch_size=len(examples), verbose=0)
    if not np.isfinite(outputs).all():
        raise RunError(
            f"The model gives values that are not finite for {len(examples)} "
            "drawn examples: nothing can be compared, and nothing is "
            f"exported. Received: {outputs[~np.isfinite(outputs)][:3]}"
        )
    return outputs


def _convert(model, about, part, format, write, verbose):
    """Write the file, or say which layer or operation cannot be."""
    try:
        served = standalone.served(model, about)
        with standalone.constants(model):
            write(served, part, format, verbose > 1)
    except OSError as error:
        raise RunError(f"{part} cannot be written: {error}") from error
    except Exception as error:  # every converter raises types of its own
        raise refusal(model, format, error) from error


def _run(model, part, format, examples):
    """Return the outputs of the file for the examples, in several batches."""
    try:
        call = exported.OPEN[format](part)
        found, first = [], 0
        for rows in BATCHES:
            found.append(np.asarray(call(examples[first : first + rows])))
            first += rows
    except Exception as error:
        raise refusal(model, format, error) from error
    return np.concatenate(found)


def _compare(found, expected, span, limit, whose):
    """Return the largest difference, as a share of `span`.

    Raises:
        RunError: For another shape, or a difference above the limit.
    """
    if found.shape != expected.shape:
        raise RunError(
            f"{whose} gives outputs of shape {found.shape}, the model of "
            f"{expected.shape}; nothing is kept."
        )
    worst = float((np.abs(found.astype("float64") - expected) / span).max())
    if not worst <= limit:
        raise RunError(
            f"{whose} gives other outputs than the model, by up to "
            f"{worst:.2g} of their range over {len(expected)} examples; "
            f"{limit:.0e} is allowed. Nothing is kept; use another format."
        )
    return worst


def _span(expected, about, limit):
    """Return what a difference is measured by: 1, or the range of numbers.

    With the last 2 bits of float32, which are all that outputs far from 0, or
    all alike, leave to measure by.
    """
    if about["target"] != "number":
        return 1.0
    bits = 4 * np.finfo("float32").eps * np.abs(expected).max(axis=0)
    return np.ptp(expected, axis=0).astype("float64") + bits / limit + 1e-30


def _place(part, path, work):
    """Put the export in place of an earlier one, or where nothing was."""
    old = work / "replaced"
    try:
        if path.is_dir():
            os.replace(path, old)
        os.replace(part, path)
    except OSError as error:
        if old.exists():
            os.replace(old, path)
        raise RunError(f"{path} cannot be written: {error}") from error


def _size(path):
    files = [path] if path.is_file() else path.rglob("*")
    size = sum(file.stat().st_size for file in files if file.is_file())
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.0f} kB"
