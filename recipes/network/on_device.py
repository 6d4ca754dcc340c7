"""Augmentation inside the compiled step: the same draws as on the host."""

import keras
from keras import ops

from augment.device import render


@keras.saving.register_keras_serializable(package="recipes")
class DrawnPictures(keras.layers.Layer):
    """Augment images while training, as drawn for (seed, epoch, index).

    Args:
        policy: An `augment.Policy` that mixes no images.
        seed: Whole number from 0.
        scale: What raw values are multiplied with to lie in [0, 1].
        **kwargs: As of `keras.layers.Layer`.

    Takes `[images, draws]`: raw images `(batch, height, width, channels)`,
    and int32 rows (epoch, index). It gives images of the policy's size; when
    predicting, as they are, scaled to it.
    """

    def __init__(self, policy, seed, scale, **kwargs):
        super().__init__(autocast=False, **kwargs)
        self.policy, self.seed, self.scale = policy, seed, scale

    def call(self, inputs, training=None):
        images, draws = inputs
        policy, size = self.policy, tuple(images.shape[1:3])
        work = ops.clip(ops.cast(images, "float32") * self.scale, 0.0, 1.0)
        if training:
            zero = ops.zeros((ops.shape(images)[0], 1), dtype="float32")
            drawn, _ = policy.draw(
                zero + ops.convert_to_tensor([size], "float32"),
                size,
                seed=self.seed,
                epoch=draws[:, 0],
                indices=draws[:, 1],
                xp=ops,
            )
            fill = policy.fill_mode, policy.fill_value, policy.interpolation
            work = render(work, drawn, *fill)
        else:
            output = self.compute_output_shape([images.shape])[1:3]
            if output != size:
                shorter = any(a > b for a, b in zip(size, output, strict=True))
                work = ops.image.resize(work, output, antialias=shorter)
        return work / self.scale

    def compute_output_shape(self, input_shape):
        shape = input_shape[0]
        return (shape[0], *self.policy.output(shape[1:3]), shape[3])

    def get_config(self):
        return {
            **super().get_config(),
            "policy": self.policy.get_config(),
            "seed": self.seed,
            "scale": self.scale,
        }

    @classmethod
    def from_config(cls, config):
        from augment import Policy

        policy = Policy.from_config(config["policy"])
        return cls(**{**config, "policy": policy})


def augmented(model, policy, input_shape, seed, scale):
    """Return the network with the augmentation before it.

    It takes `{"raw": images, "draws": (epoch, index)}` and shares every
    variable with `model`.

    Args:
        model: The trained network; takes raw images at the policy's size.
        policy: An `augment.Policy`.
        input_shape: Of one raw image.
        seed: Whole number from 0.
        scale: What raw values are multiplied with to lie in [0, 1].
    """
    raw = keras.Input(input_shape, name="raw")
    draws = keras.Input((2,), name="draws", dtype="int32")
    layer = DrawnPictures(policy, seed, scale, dtype="float32", name="augment")
    inputs = {"raw": raw, "draws": draws}
    outputs = model(layer([raw, draws]))
    return keras.Model(inputs, outputs, name=f"{model.name}_augmented")
