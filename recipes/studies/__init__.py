"""Studies: textbook claims, measured here and drawn.

Each study is a module of this package with `CLAIM`, `SOURCE`, `SEEDS`,
`measure(seeds, say)`, `verdicts(numbers)` and `draw(numbers)`.
"""

# Name → what it looks at. The module of a name is recipes.studies.NAME.
NAMES = {
    "initializers": "what five sigmoid layers pass on, by initializer",
    "depth": "whether activations live through ten layers of tanh and ReLU",
    "batch_normalization": "how fast it trains, from weights of 16 deviations",
    "gradients": "what comes back through ten layers to the first",
    "activations": "how soon ReLU and others reach the same training loss",
    "overfitting": "300 digits, seven layers of 100; L2 and dropout",
    "random_search": "16 trials at random, and on a grid: rate and L2",
    "transfer": "frozen, fine-tuned, from scratch, by number of examples",
    "optimizers": "which way optimizers go down a ravine",
}
