"""Sweeps: Keras Tuner searches, this room keeps what it finds."""
