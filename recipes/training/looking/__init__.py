"""What a finished run shows: its mistakes, and where it looks."""
