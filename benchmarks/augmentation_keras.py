"""Keras' layers for benchmarks/augmentation.py: in `tf.data`, and in the step.

See augmentation_peers.py for what the functions take and return.
"""

from functools import partial

from augmentation_peers import (
    POLICIES,
    POLICY,
    POLICY_OF_CROPS,
    our_steps,
)

BATCH = 8  # images that the layers take at once on the host
STEP = 32  # and on the device


def keras_steps(size):
    from keras import layers as k

    crop = k.RandomCrop(size, size)
    flip, turn = k.RandomFlip("horizontal"), k.RandomRotation(15 / 360)
    jitter = k.RandomColorJitter((0, 255), 0.2, 0.2, (0.4, 0.6), 0.1)
    rest = [flip, turn, jitter, k.RandomErasing(0.5, fill_value=0.0)]
    zoom = k.RandomZoom((-0.5, 0.0), (-0.5, 0.0))
    return {
        # There is no random resized crop: a plain crop, and a zoom.
        POLICY: [crop, *rest],
        POLICY_OF_CROPS: [zoom, *rest],
        "RandAugment": [k.RandAugment(num_ops=2, factor=0.3)],
        "flip": [flip],
        "rotation": [turn],
        "translation": [k.RandomTranslation(0.1, 0.1)],
        "zoom": [k.RandomZoom(0.2, 0.2)],
        "shear": [k.RandomShear(0.2, 0.2)],
        "random crop": [crop],
        "color jitter": [jitter],
        "brightness": [k.RandomBrightness(0.2)],
        "contrast": [k.RandomContrast(0.2)],
        "saturation": [k.RandomSaturation((0.4, 0.6))],
        "hue": [k.RandomHue(0.1)],
        "grayscale": [k.RandomGrayscale(1.0)],
        "invert": [k.RandomInvert(1.0)],
        "posterize": [k.RandomPosterization(4)],
        "solarize": [k.Solarization(threshold_factor=0.5)],
        "equalize": [k.Equalization()],
        "auto-contrast": [k.AutoContrast()],
        "sharpness": [k.RandomSharpness((0.05, 0.95))],
        "erasing": [k.RandomErasing(1.0, fill_value=0.0)],
        "mixup": [k.MixUp(0.2)],
        "CutMix": [k.CutMix()],
    }


def keras_layers(size, images, threads):
    """Keras' layers in a `tf.data` pipeline, in batches as is usual."""
    import tensorflow as tf

    tf.config.set_visible_devices([], "GPU")
    if threads == 1:
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)

    def runner(name, layers):
        batch = images(name)[: BATCH * threads]
        labels = tf.one_hot(tf.range(len(batch)) % 10, 10)
        mixes = name in ("mixup", "CutMix")

        def augmented(x, y):
            found = {"images": x, "labels": y} if mixes else x
            for layer in layers:
                found = layer(found, training=True)
            return found

        data = tf.data.Dataset.from_tensor_slices((batch, labels)).batch(BATCH)
        parallel = None if threads == 1 else threads
        data = data.map(augmented, num_parallel_calls=parallel)
        options = tf.data.Options()
        options.threading.private_threadpool_size = threads
        data = data.with_options(options)
        return lambda: list(data), len(batch)

    steps = keras_steps(size)
    return {name: partial(runner, name, step) for name, step in steps.items()}


def our_layer(size, images, threads, **options):
    """A policy's layer inside a compiled step."""
    from augment import Policy

    steps = our_steps(size)
    layers = {name: [Policy(steps[name]).as_layer()] for name in POLICIES}
    return _in_step(layers, images, **options)


def keras_in_step(size, images, threads, **options):
    """Keras' layers inside a compiled step."""
    return _in_step(keras_steps(size), images, **options)


def _in_step(layers, images, jit_compile=False):
    import tensorflow as tf

    def runner(name):
        batch = tf.constant(images(name)[:STEP])

        @tf.function(jit_compile=jit_compile)
        def step(x):
            for layer in layers[name]:
                x = layer(x, training=True)
            # One number: all is computed, and nothing has to travel.
            return tf.reduce_sum(tf.cast(x, "float32"))

        return lambda: float(step(batch)), STEP

    return {name: partial(runner, name) for name in POLICIES}
