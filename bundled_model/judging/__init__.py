"""Measures the model: does it paint what it is told, how varied, how sharp, how fast."""
