"""Combinations that are known to hurt, told before training.

`rules.lint` reads a recipe (and its data, if given), `model.lint_model` any
compiled Keras model. A rule is a small function in the table of its topic; it
returns a `Finding` or None.
"""
