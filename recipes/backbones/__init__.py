"""Pretrained networks: what they expect, their weights, their blocks."""
