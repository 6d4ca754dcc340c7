"""Transfer learning: what is trained when, how fast, and the proof of it."""
