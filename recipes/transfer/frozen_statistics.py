"""FrozenStatistics: a network inside another, as it is when predicting."""

import keras


@keras.saving.register_keras_serializable(package="recipes")
class FrozenStatistics(keras.layers.Layer):
    """Call a pretrained network so that its normalizations stay asleep.

    Use it around a backbone that is fine-tuned. `backbone(x, training=False)`
    in a functional model is ignored by `fit`: its batch normalizations then
    take the statistics of each small batch in place of those of the data they
    were pretrained on, and overwrite these. This layer says
    `training=False` at each call: the moving statistics are used and stay as
    they are, and the dropout of the backbone is off. Everything that can
    train still does, gammas and betas too.

    Args:
        model: A built `keras.Model`. Its variables are this layer's, under
            their own paths.
        statistics: `"frozen"`, or `"update"`: as in any other model, so that
            statistics move (not those of layers with `trainable=False`) and
            dropout drops while training. For large batches of data unlike
            what the backbone has seen.
        **kwargs: As of `keras.layers.Layer`.

    Shapes: as of `model`.

    Raises:
        ValueError: For a model that is none or not built, or other
            `statistics`.

    Reference: Keras' guide to transfer learning and fine-tuning, which does
        this with a call inside a subclassed model.

    Example:

    >>> norm = keras.layers.BatchNormalization(momentum=0.0)
    >>> backbone = keras.Sequential([keras.Input((1,)), norm])
    >>> y = FrozenStatistics(backbone)(keras.ops.ones((4, 1)), training=True)
    >>> float(norm.moving_mean[0])
    0.0
    """

    def __init__(self, model, statistics="frozen", **kwargs):
        # The model casts by itself: pixels of 255 are too fine for bfloat16.
        super().__init__(**{"autocast": False, **kwargs})
        if not isinstance(model, keras.Model) or not model.built:
            raise ValueError(
                "FrozenStatistics: `model` must be a keras.Model that is "
                "built; call it on a batch first. "
                f"Received: {model!r}"
            )
        if statistics not in ("frozen", "update"):
            raise ValueError(
                "FrozenStatistics: `statistics` must be 'frozen' or 'update'. "
                f"Received: {statistics!r}"
            )
        self.model = model
        self.statistics = statistics

    def build(self, input_shape):
        self.built = True  # the model is

    def call(self, inputs, training=None):
        if self.statistics == "frozen":
            training = False
        return self.model(inputs, training=training)

    def compute_output_spec(self, inputs, training=None):
        return self.model.compute_output_spec(inputs, training=False)

    def compute_output_shape(self, input_shape):
        return self.model.compute_output_shape(input_shape)

    def get_config(self):
        config = super().get_config()
        config["model"] = keras.saving.serialize_keras_object(self.model)
        config["statistics"] = self.statistics
        return config

    @classmethod
    def from_config(cls, config):
        model = keras.saving.deserialize_keras_object(config["model"])
        return cls(**{**config, "model": model})
