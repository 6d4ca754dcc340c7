"""Runs whose numbers go wrong: the report, and the way back."""
