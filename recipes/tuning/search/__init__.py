"""Keras Tuner's spaces and oracles, and the journal that brings them back."""
