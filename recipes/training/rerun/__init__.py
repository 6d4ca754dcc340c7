"""Runs made again from their folders, and compared."""
