"""Maxout: the largest of several linear pieces."""

import keras


@keras.saving.register_keras_serializable(package="recipes")
class Maxout(keras.layers.Layer):
    """Take the largest of every `num_pieces` neighboring channels.

    An activation that learns its own convex shape; it goes well with dropout.
    `y[j] = max(x[k·j], …, x[k·j + k − 1])` with k = `num_pieces`. The linear
    layer before it must be k times as wide, so that its weights grow k-fold.

    Args:
        num_pieces: Linear pieces k per unit, a whole number of at least 2.
        **kwargs: As of `keras.layers.Layer`.

    Shapes: `(batch, …, k·n)` → `(batch, …, n)`.

    Raises:
        ValueError: If `num_pieces` is not legal, or the last axis of the input
            is no multiple of it.

    Reference: Goodfellow et al., 2013, arXiv:1302.4389.

    Example:

    >>> y = Maxout(2)(keras.ops.array([[1.0, 3.0, -2.0, -5.0]]))
    >>> keras.ops.convert_to_numpy(y).tolist()
    [[3.0, -2.0]]
    """

    def __init__(self, num_pieces=2, **kwargs):
        whole = isinstance(num_pieces, int) and not isinstance(num_pieces, bool)
        if not whole or num_pieces < 2:
            raise ValueError(
                "Maxout: `num_pieces` must be a whole number of at least 2 "
                f"(1 would be no activation at all). Received: {num_pieces!r}"
            )
        super().__init__(**kwargs)
        self.num_pieces = num_pieces
        self.supports_masking = True

    def build(self, input_shape):
        self.compute_output_shape(input_shape)

    def call(self, inputs):
        # Only the last axis is known for sure.
        shape = keras.ops.shape(inputs)[:-1]
        units = inputs.shape[-1] // self.num_pieces
        pieces = keras.ops.reshape(inputs, (*shape, units, self.num_pieces))
        return keras.ops.max(pieces, axis=-1)

    def compute_output_shape(self, input_shape):
        width = input_shape[-1]
        if width is None or width % self.num_pieces:
            raise ValueError(
                "Maxout: the last axis of the input must be a multiple of "
                f"`num_pieces`={self.num_pieces}. Make the layer before it "
                f"{self.num_pieces} times as wide as the units you want. "
                f"Received shape: {tuple(input_shape)}"
            )
        return (*input_shape[:-1], width // self.num_pieces)

    def get_config(self):
        return {**super().get_config(), "num_pieces": self.num_pieces}
