"""Recipe: everything a training run is made of, as frozen plain values."""

import dataclasses
import json
from dataclasses import dataclass, field

from recipes import codec, resolve
from recipes.errors import RecipeError
from recipes.fields import FIELDS, check_field, check_names, check_together
from recipes.part import Part
from recipes.search_space import open_ranges


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """A training recipe. It knows no data: fractions and epochs, never steps.

    Every field may hold a range (`Float`, `Int`, `Choice`, `Boolean`) until it
    is fitted. A bare string is short for a Part without arguments. `"auto"`
    is decided by the dial `regularization`, by the activation, or by the data,
    and stands as a value in the run's `recipe.json`.

    Args:
        task: `"image_classifier"`, `"tabular_classifier"` or
            `"tabular_regressor"`; the recipe functions set it.
        network: Part of kind network: `"mlp"`, `"cnn"`, `"resnet"`, or your
            own.
        activation: Part of kind activation.
        kernel_initializer: Part of kind initializer for the hidden layers
            (the output layer has Glorot), or `"auto"`: He for the ReLU
            family, LeCun for SELU, Glorot for sigmoid and tanh.
        normalization: Part of kind normalization, or None.
        normalization_placement: `"pre"` (linear → norm → activation) or
            `"post"` (linear → activation → norm).
        dropout: Fraction of units dropped, in [0, 1), or `"auto"`.
        kernel_regularizer: Part of kind regularizer, None, or `"auto"`. A
            Part takes the place of the dial's weight decay.
        label_smoothing: Fraction of the label spread over all classes, in
            [0, 1), or `"auto"`. Classifiers only.
        regularization: The one dial, `"none"`, `"light"`, `"medium"` or
            `"strong"`: sets dropout, decay and label smoothing wherever they
            are not given.
        preprocessing: Part of kind preprocessing, fitted on the training
            split alone and saved inside the model, or None.
        image_size: (height, width) in pixels that the network sees, `"auto"`
            (as the data has it, tiny images enlarged), or None for tables.
        optimizer: Part of kind optimizer; its `learning_rate` is the peak of
            the schedule.
        schedule: Part of kind schedule, in fractions of the run.
        early_stopping: Part of kind early_stopping (patience in epochs), or
            None: then the last epoch's weights are kept.
        batch_size: Examples per step, at least 1.
        drop_remainder: True: ⌊N/k⌋ steps per epoch, what is left over comes
            in other epochs. False: ⌈N/k⌉ steps, the last one smaller.
        epochs: Passes over the training split, at least 1.
        validation_split: Fraction of all rows, in (0, 1), for choosing.
        test_split: Fraction of all rows, in (0, 1), read once, at the end.
        dtype_policy: `"auto"` (mixed precision on a GPU that is fast at it,
            float32 elsewhere), `"float32"`, `"mixed_bfloat16"`,
            `"mixed_float16"`.
        seed: Whole number from 0; decides splits, weights, order, dropout.

    Raises:
        RecipeError: At once, for a misspelt field, name or argument (with the
            legal ones) and for a value out of range.

    Example:

    >>> import recipes
    >>> recipe = recipes.image_classifier(dropout=0.2)
    >>> recipe.replace(dropout=0.3).dropout
    0.3
    >>> recipes.Recipe.from_json(recipe.to_json()) == recipe
    True
    """

    task: str
    network: Part
    activation: Part = field(default_factory=lambda: Part("relu"))
    kernel_initializer: Part | str = "auto"
    normalization: Part | None = None
    normalization_placement: str = "pre"
    dropout: float | str = "auto"
    kernel_regularizer: Part | str | None = "auto"
    label_smoothing: float | str = "auto"
    regularization: str = "light"
    preprocessing: Part | None = field(
        default_factory=lambda: Part("standardization")
    )
    image_size: tuple | str | None = None
    optimizer: Part = field(
        default_factory=lambda: Part("adamw", learning_rate=1e-3)
    )
    schedule: Part = field(default_factory=lambda: Part("warmup_cosine"))
    early_stopping: Part | None = None
    batch_size: int = 64
    drop_remainder: bool = True
    epochs: int = 20
    validation_split: float = 0.15
    test_split: float = 0.2
    dtype_policy: str = "auto"
    seed: int = 0

    def __new__(cls, *_, **fields):
        """Refuse a misspelt field with the legal ones."""
        check_names(fields)
        return super().__new__(cls)

    def __post_init__(self):
        for name in FIELDS:
            checked = check_field(name, getattr(self, name))
            object.__setattr__(self, name, checked)
        check_together(self)

    def replace(self, **changes):
        """Return a changed copy; `replace(dropout=0.3)`.

        Raises:
            RecipeError: For a field that does not exist, or an illegal value.
        """
        check_names(changes)
        return dataclasses.replace(self, **changes)

    def to_dict(self):
        """Return field → value; Parts and ranges as they are."""
        return {name: getattr(self, name) for name in FIELDS}

    def to_json(self):
        """Return the recipe as JSON; `from_json` gives an equal one."""
        return codec.dumps(self.to_dict())

    @classmethod
    def from_json(cls, text):
        """Make a recipe from the text that `to_json` returned.

        Raises:
            RecipeError: For anything that is not exactly a recipe.
        """
        if not isinstance(text, str):
            raise RecipeError(
                "from_json takes the text that to_json returned. "
                f"Received: {type(text).__name__}"
            )
        try:
            values = codec.loads(text)
        except json.JSONDecodeError as error:
            raise RecipeError(f"This is not JSON: {error}") from error
        if not isinstance(values, dict) or "task" not in values:
            raise RecipeError(
                "A recipe in JSON is an object of fields with a `task`. "
                f"Received: {str(text)[:80]!r}"
            )
        check_names(values)
        if "network" not in values:
            raise RecipeError("A recipe in JSON needs the field `network`.")
        return cls(**values)

    def ranges(self):
        """Map the path of each open range to the range.

        Example:

        >>> import recipes
        >>> recipe = recipes.image_classifier(dropout=recipes.Float(0, 0.5))
        >>> list(recipe.ranges())
        ['dropout']
        """
        return open_ranges(self.to_dict())

    def resolve(self):
        """Return the recipe with `"auto"` replaced by values, as far as
        they are known without data.
        """
        return resolve.resolve(self)

    def build(self, input_shape, num_outputs):
        """Build the network without data, as `fit` would.

        Args:
            input_shape: (height, width, channels), or (columns,).
            num_outputs: Number of classes, or of numbers to predict.

        Returns:
            A `keras.Model` that takes raw input (0 to 255 for images) and
            gives probabilities or numbers. Two classes give one column: the
            probability of class 1. Preprocessing is fitted on data and so
            is not part of it.
        """
        from recipes.data.preprocessing import raw_layers
        from recipes.network.build import build_networks, check_shapes

        check_shapes(self, input_shape, num_outputs)
        input_shape = tuple(input_shape)
        recipe = resolve.resolve(self, image_shape=input_shape[:2])
        before = raw_layers(recipe, input_shape, scale=1 / 255)
        networks = build_networks(recipe, input_shape, num_outputs, before)
        return networks.serving

    def fit(
        self,
        data,
        *,
        directory=None,
        seed=None,
        callbacks=(),
        tensorboard=False,
        overwrite=False,
        verbose=True,
        threads=None,
    ):
        """Train on data, and score the model on the test split, once.

        Args:
            data: What `recipes.data.load` takes: an embedded name, `(x, y)`,
                a dictionary of splits, `folder:PATH`, `csv:PATH#LABEL`,
                `tfds:NAME`, a `tf.data.Dataset`, or a loaded `Data`.
            directory: The run folder, or None for the next free one under
                `runs/`.
            seed: In place of the recipe's own.
            callbacks: A list of Keras callbacks. They see the trained
                network, which gives logits. One with a hook on the single
                step makes each step a call of its own: slower.
            tensorboard: Whether to write TensorBoard's logs.
            overwrite: Whether a finished run in `directory` may be replaced.
            verbose: Whether to show progress.
            threads: Loader threads, 0 or more; None chooses. The result is
                the same.

        Returns:
            A `recipes.Run`: model, history, metrics, folder.

        Raises:
            RecipeError: For an open range, a callback that cannot work, or a
                network that cannot be built on this data.
            DataError: For data that cannot be trained on.
            RunError: For a folder that is taken, or a run that diverged.
        """
        from recipes.training.fit import fit

        return fit(
            self,
            data,
            directory=directory,
            seed=seed,
            callbacks=callbacks,
            tensorboard=tensorboard,
            overwrite=overwrite,
            verbose=verbose,
            threads=threads,
        )
