"""The fit: what it compares with, its callbacks, its folder, its Run."""
