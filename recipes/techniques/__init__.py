"""What Keras lacks: one technique a file, each a plain Keras object."""
