"""What a page needs, gathered from a finished run's folder and its data."""
