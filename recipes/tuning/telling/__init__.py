"""What is said and drawn of a sweep, read from its folder alone."""
