"""Trains the parts of the model, from drawings and captions."""
