"""What the studies build, look into and train, over the public API."""

import keras
import numpy as np

import recipes


def dense(seed, units, columns, outputs=10, **fields):
    """Build a multilayer perceptron with nothing but what is said.

    Args:
        seed: Of its weights.
        units: Width of each hidden layer.
        columns: Width of the input.
        outputs: Classes, from 2.
        **fields: Of the recipe: activation, kernel_initializer, …

    Returns:
        A `keras.Model` whose outputs are logits.

    Example:

    >>> dense(0, (8, 4), columns=3).output_shape
    (None, 10)
    """
    plain = {
        "normalization": None,
        "preprocessing": None,
        "regularization": "none",
    }
    network = recipes.Part("mlp", units=units)
    fields = {**plain, **fields, "network": network, "seed": seed}
    model = recipes.tabular_classifier(**fields).build((columns,), outputs)
    return keras.Model(model.input, model.get_layer("output").output)


def activations(model, x):
    """Return what each activation of a `dense` network gives, first to last."""
    layers = [n for n in model.layers if n.name.endswith("_activation")]
    inner = keras.Model(model.input, [layer.output for layer in layers])
    return [keras.ops.convert_to_numpy(a) for a in inner(x, training=False)]


def digits(seed, rows=1000):
    """Return (x, y): handwritten digits that a seed has drawn.

    x has 64 columns of mean 0 and variance 1 over all columns together.
    """
    train = recipes.data.load("digits", seed=seed).train
    x = train.read()[:rows].reshape(-1, 64).astype("float32")
    return (x - x.mean()) / x.std(), np.asarray(train.labels[:rows])


def batches(rows, batch_size, steps, seed):
    """Return the rows of each step, (steps, batch_size): epochs reshuffled."""
    rng = np.random.default_rng(seed)
    needed = steps * batch_size
    orders = [rng.permutation(rows) for _ in range(-(-needed // rows))]
    return np.concatenate(orders)[:needed].reshape(steps, batch_size)


def compiled(model):
    """Compile a `dense` network for `train`."""
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(), loss)
    return model


def train(
    model,
    x,
    y,
    look,
    *,
    learning_rate,
    steps,
    every,
    seed,
    batch_size=100,
    enough=lambda value: False,
):
    """Train a `compiled` model by plain SGD, and look at it now and then.

    (`model.fit`, stopped within an epoch again and again, would leave the
    threads of its data behind.)

    Args:
        model: It is trained from the weights that it has.
        x: The examples.
        y: Their classes.
        look: Given the logits of all examples → a number.
        learning_rate: A number above 0.
        steps: Whole number from 1.
        every: After so many steps it is looked at.
        seed: Of the order of the examples.
        batch_size: Of each step.
        enough: Given what `look` gave → whether the training ends here.

    Returns:
        A list: what `look` has given each time.
    """
    model.optimizer.learning_rate = learning_rate
    seen = []
    for step, rows in enumerate(batches(len(x), batch_size, steps, seed), 1):
        model.train_on_batch(x[rows], y[rows])
        if step % every == 0:
            seen.append(look(model.predict_on_batch(x)))
            if enough(seen[-1]):
                break
    return seen
