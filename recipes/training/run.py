"""Run: what `fit` returns, and what lies on disk."""

import csv
from functools import cached_property
from pathlib import Path

from recipes import codec
from recipes.errors import RunError
from recipes.safety import place
from recipes.training import folder, hashes, kinds, saving
from recipes.training.history_file import read_history
from recipes.training.looking.actions import Looking


def open_run(directory, from_json):
    """Open a finished run folder; its recipe is read when it is asked for.

    Args:
        directory: The run folder.
        from_json: From the text of recipe.json to the recipe.

    Raises:
        RunError: If the folder holds no finished run, or a damaged file.
    """
    path = Path(directory).expanduser() / "recipe.json"
    try:
        place.check(path)
        with open(path, "rb") as file:
            text = file.read(codec.LARGEST + 1).decode("utf-8")
    except FileNotFoundError as error:
        raise RunError(
            f"{path.parent} holds no run: recipe.json is missing."
        ) from error
    except (OSError, ValueError) as error:
        raise RunError(f"{path} cannot be read: {error}") from error
    hashes.check(path)
    return Run(path.parent, lambda: from_json(text))


def _read(path):
    hashes.check(path)
    return folder.read_json(path)


class Run(Looking):
    """A finished run.

    Args:
        directory: The run folder.
        recipe: The resolved recipe, or a function that reads it.
        model: The trained `keras.Model`; read from the folder when it is
            first asked for.

    Attributes:
        model: A plain `keras.Model` that takes raw input and gives
            probabilities, or numbers in their own units. It is compiled for
            `evaluate`; compile it again to train it further.
        history: Name → one number per epoch. Losses include penalties and
            label smoothing, and the weights of class_weight on the training
            split; for regressors they are of standardized targets. Metrics
            are unweighted, and in the targets' own units.
        metrics: Name → number: `test_` and `validation_` followed by `loss`
            and the recipe's metrics, in the targets' own units. These losses
            are without penalties, label smoothing and weights. A score that
            is not finite is NaN, and null in metrics.json.
            And `best_epoch` (the best validation score), `model_epoch` (whose
            weights the model has), both from 1, `epochs`, `seconds`.
        environment: Versions, device, seed, and what the data was.
        recipe: The resolved `Recipe`.
    """

    def __init__(self, directory, recipe, model=None):
        self.directory = Path(directory)
        self._recipe = recipe
        self.metrics = _read(self.directory / "metrics.json")
        self.environment = _read(self.directory / "environment.json")
        self.metrics = folder.as_numbers(self.metrics)
        if model is not None:
            self.model = model

    @cached_property
    def recipe(self):
        """The resolved `Recipe`; reading it checks every name in it."""
        return self._recipe() if callable(self._recipe) else self._recipe

    @cached_property
    def model(self):
        """The trained model, loaded from `model.keras`."""
        path = self.directory / "model.keras"
        hashes.check(path)
        return saving.load_model(path)

    @cached_property
    def history(self):
        """Name → one number per epoch, from `history.csv`."""
        if "members" in self.environment:
            raise RunError(
                f"{self.directory} holds an ensemble, which has no history; "
                "its members have, see environment['members']."
            )
        path = self.directory / "history.csv"
        try:
            place.check(path)
            hashes.check(path)
            return read_history(path)
        except RunError:  # which names the file
            raise
        except (OSError, ValueError, TypeError, IndexError, csv.Error) as error:
            raise RunError(f"{path} cannot be read: {error}") from error

    @property
    def class_names(self):
        """Names in the order of the model's outputs, or None."""
        return self.environment["data"]["class_names"]

    def plot(self):
        """Draw the curves and return the matplotlib figure."""
        from recipes import plots

        history = self.history
        path = self.directory / "metrics.json"
        kinds.check(path, folder.read_json(path), ("best_epoch", "model_epoch"))
        epochs = self.metrics["best_epoch"], self.metrics["model_epoch"]
        hashes.check(self.directory / folder.STAGES)
        stages = folder.stages(self.directory)
        return plots.curves(history, *epochs, stages)

    def evaluate(self, data, split=None, views=None):
        """Score the model on data; see `recipes.training.evaluate`."""
        from recipes.training.evaluate import evaluate

        return evaluate(self, data, split, views)

    def export(self, path, format="savedmodel", *, overwrite=False, verbose=1):
        """Write the model for other runtimes, once it has proved the same.

        The preprocessing is inside: the file takes raw input, as `model`
        does, in batches of any size. It is loaded again by its own runtime
        and run on 8 drawn examples; its outputs must be the model's, within
        1e-5 (savedmodel) or 1e-4 (onnx, litert) as a share of their range (of
        probabilities that is 1; on a GPU 5e-3, 3e-2 in half precision). A
        model that computes in half precision is written to onnx and litert
        as its copy in float32, which may differ from it by 0.1. Else nothing
        is kept. Images and tables enter as float32.

        Args:
            path: A folder for savedmodel, a file that ends in `.onnx`, or in
                `.tflite` for litert. It appears when all is done.
            format: `"savedmodel"`, for TensorFlow Serving and the like;
                `"onnx"` (`pip install 'keras-recipes[export]'`); `"litert"`,
                for phones. Text recipes, whose model takes strings, and runs
                on JAX have savedmodel alone.
            overwrite: Whether an earlier export there is replaced.
            verbose: 0 for silence; 1 for one line: what was written, its
                size, the largest difference; 2 to hear the converters too.

        Returns:
            The path.

        Raises:
            RunError: For a path that is taken or ends otherwise, a format
                that does not suit the run, the backend or what is installed
                (all before any work), a model that the format cannot hold,
                and outputs that differ.
        """
        from recipes.training.exporting.export import export

        return export(self, path, format, overwrite=overwrite, verbose=verbose)

    def __repr__(self):
        shown = ", ".join(
            f"{name}={value:.4f}"
            for name, value in self.metrics.items()
            if name.startswith("test_")
        )
        return f"Run({str(self.directory)!r}, {shown})"
