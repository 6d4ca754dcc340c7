"""What a finished run's curves, and its model, say went wrong.

`rules.diagnose` asks every rule. A rule is a small function in the table of
its topic's file; it returns a `Diagnosis` or None. docs/diagnosis.md has the
bounds of all.
"""
