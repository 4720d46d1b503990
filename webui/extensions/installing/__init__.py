"""Bringing extensions here and taking them away again: nothing in this package runs a line of what it brings."""
