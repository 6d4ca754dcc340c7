"""Runs that go on: a folder held by one, and what is left in it."""
