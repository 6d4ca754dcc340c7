"""The page: what was gathered of a run, a sweep or a tuning, as one HTML file.

Nothing here reads a run's folder. A page takes what was gathered by its
attributes, and a section that cannot be made says why.
"""
