"""A finished run for other runtimes, compared before it is put in place."""
