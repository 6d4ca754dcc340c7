"""Image and text augmentation for Keras, usable alone.

Empty until the augmentation policy lands; nothing here is public yet.
"""

__all__ = []
