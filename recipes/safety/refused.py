"""What is said of a file that is not taken."""


class RefusedError(ValueError):
    """A file that could do harm, or is not whole; it says why."""
