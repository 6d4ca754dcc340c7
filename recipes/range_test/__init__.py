"""The learning-rate range test: one short training at rates that rise."""
