"""Studies: textbook claims, measured here and drawn.

Each study is a module of this package with `CLAIM`, `SOURCE`, `SEEDS`,
`measure(seeds, say)`, `verdicts(numbers)` and `draw(numbers)`.
"""

# Name → what it looks at. The module of a name is recipes.studies.NAME.
NAMES = {
    "initializers": "what five sigmoid layers pass on, by initializer",
}
