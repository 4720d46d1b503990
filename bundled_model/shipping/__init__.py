"""Writes the model as people get it: weights, card, contact sheets."""
