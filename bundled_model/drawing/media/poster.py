"""Poster paint: crisp shapes with smooth gradients, the plain medium."""

from bundled_model.drawing.media.medium import Medium


class Poster(Medium):
    """A screen-printed poster."""
