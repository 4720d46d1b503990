"""Paints the sky: its gradient, sun or moon, clouds, stars, northern lights and rainbows."""

from bundled_model.drawing.view import View


def draw_sky(view: View) -> None:
    """Everything above the land; sets the light of the view."""
    top, middle, low = view.palette.sky
    stops = [(top, 1.0), (middle, 1.0), (low, 1.0)]
    view.canvas.shade(view.canvas.everything(), (0, 0), (0, view.skyline + 30), stops)
