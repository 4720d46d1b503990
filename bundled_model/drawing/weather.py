"""Paints the weather in front of everything: rain, falling snow, fog, storm."""

from bundled_model.drawing.view import View


def draw_weather(view: View) -> None:
    """What falls or drifts between the viewer and the land."""
