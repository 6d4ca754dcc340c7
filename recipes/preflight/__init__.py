"""Preflight: what is tried on a copy, before training is paid for.

`checking.check` looks at the data, builds the recipe's network once more, and
trains that copy for a bounded number of steps. Each check is a small file with
its formula; it returns a `Finding`.
"""
