"""Data: where it comes from, its three splits, its checks, its order."""

from recipes.data.data import Data, Split
from recipes.data.load import load

__all__ = ["Data", "Split", "load"]
