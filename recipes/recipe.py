"""Recipe: everything a training run is made of, as frozen plain values."""

import dataclasses
import json
from dataclasses import dataclass, field

from recipes import codec, resolve
from recipes.actions import Actions
from recipes.errors import RecipeError
from recipes.fields import FIELDS, check_field, check_names
from recipes.part import Part
from recipes.search_space import open_ranges
from recipes.together import check_together


@dataclass(frozen=True, kw_only=True)
class Recipe(Actions):
    """A training recipe. It knows no data: fractions and epochs, never steps.

    Every field may hold a range (`Float`, `Int`, `Choice`, `Boolean`) until it
    is fitted. A bare string is short for a Part without arguments. `"auto"`
    is decided by the dial `regularization`, by the activation, or by the data,
    and stands as a value in the run's `recipe.json`.

    Args:
        task: `"image_classifier"`, `"image_fine_tuner"`, `"image_regressor"`
            (with a backbone or without), `"tabular_classifier"`,
            `"tabular_regressor"` or `"text_classifier"`; the recipe functions
            set it.
        network: Part of kind network: `"mlp"`, `"cnn"`, `"resnet"`, …, or your
            own. Its arguments may be Parts: `Part("cnn",
            pooling=Part("fractional_max_pooling", ratio=1.41))`. With a
            backbone it is the `"head"`.
        backbone: Part of kind backbone, or None: the pretrained network that
            a head stands on, such as `"EfficientNetV2B0"`, `"glyphnet"`,
            `Part("ResNet50", weights="my.weights.h5")`. It sees images as it
            was pretrained on, whatever the data holds.
        strategy: Part of kind strategy, for a backbone: what is trained, when,
            and how fast: `"frozen"`, `"full"`, `"top"`, `"gradual"`,
            `"layerwise"`, or `"auto"`, by how many examples there are.
        normalization_statistics: Moving statistics of the backbone: `"frozen"`
            as in pretraining, `"update"`, or `"auto"`: frozen where there are
            pretrained weights. None without a backbone.
        multi_label: Whether an example may have several labels, or none: the
            targets are rows of 0 and 1, and each label has a probability of
            its own. Classifiers only.
        activation: Part of kind activation; `Part("mlp",
            activation="maxout")` is the same. Give one of the two.
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
        augmentation: List of Parts of kind augmentation, or one, or its name:
            `"standard"`, `["standard", Part("mixup", alpha=0.2)]`; or None.
            Drawn anew for each training example and epoch, from the seed;
            validation and test examples are never touched.
        augmentation_fill_mode: What lies outside a turned picture:
            `"reflect"`, `"nearest"`, `"wrap"` or `"constant"` (black).
        augmentation_device: Where pictures are augmented: `"host"` (threads
            of the loader), `"device"` (inside the compiled step), or
            `"auto"`: on the device if it is a GPU and no images are mixed.
        optimizer: Part of kind optimizer; its `learning_rate` is the peak of
            the schedule. Gradients are clipped by `global_clipnorm`, and
            gathered over k batches by `gradient_accumulation_steps=k` (what
            is left of the last k moves nothing).
        schedule: Part of kind schedule, in fractions of the run.
        early_stopping: Part of kind early_stopping (patience in epochs), or
            None: then the last epoch's weights are kept.
        weight_average: Part of kind weight_average, or None: validation,
            early stopping, scores and the saved model then have the averaged
            weights.
        precise_batch_normalization: Whether the moving statistics are
            computed again over the training split, after the last step.
        class_weight: None, or `"balanced"` so that every class weighs alike
            in the training loss: an example n / (classes · n_class).
            Validation loss and metrics stay unweighted.
        balanced_sampling: Whether each class is drawn equally often; an epoch
            stays as long, and no row repeats before all of its class came.
        metrics: List of Parts of kind metric, logged each epoch and reported
            for validation and test, or `"auto"`: accuracy; with multi_label
            accuracy and F1; for numbers MAE, RMSE and R².
        batch_size: Examples per step, at least 1.
        drop_remainder: Whether an epoch has ⌊N/k⌋ steps (what is left over
            comes in other epochs) or ⌈N/k⌉, the last one smaller.
        epochs: Passes over the training split, at least 1, or `"auto"`: 20,
            or as many as make 200 steps.
        validation_split: Fraction of all rows, in (0, 1), for choosing.
        test_split: Fraction of all rows, in (0, 1), read once, at the end.
            Classes are stratified: each split has its share of every one.
        dtype_policy: `"auto"` (mixed precision on a GPU that is fast at it,
            float32 elsewhere), `"float32"`, `"mixed_bfloat16"`,
            `"mixed_float16"`.
        seed: Whole number from 0 that decides splits, weights, order, dropout.
        split_seed: Whole number from 0 that decides the splits in place of
            `seed`, so that runs of several seeds share one test split; or
            None.

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
    backbone: Part | None = None
    strategy: Part | None = None
    normalization_statistics: str | None = None
    multi_label: bool = False
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
    augmentation: tuple | None = None
    augmentation_fill_mode: str = "reflect"
    augmentation_device: str = "auto"
    optimizer: Part = field(
        default_factory=lambda: Part("adamw", learning_rate=1e-3)
    )
    schedule: Part = field(default_factory=lambda: Part("warmup_cosine"))
    early_stopping: Part | None = None
    weight_average: Part | None = None
    precise_batch_normalization: bool = False
    class_weight: str | None = None
    balanced_sampling: bool = False
    metrics: tuple | str = "auto"
    batch_size: int = 64
    drop_remainder: bool = True
    epochs: int | str = 20
    validation_split: float = 0.15
    test_split: float = 0.2
    dtype_policy: str = "auto"
    seed: int = 0
    split_seed: int | None = None

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
