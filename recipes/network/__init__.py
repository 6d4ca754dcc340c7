"""From a resolved recipe and shapes to a keras.Model."""
