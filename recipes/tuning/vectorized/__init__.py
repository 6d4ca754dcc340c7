"""Many trials as one, on the JAX backend: what differs is numbers only."""
