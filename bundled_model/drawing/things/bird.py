"""bird."""

from bundled_model.drawing.things.brush import Brush


def draw(brush: Brush) -> None:
    """Not drawn yet."""
    brush.box(-20, 0, 40, 50, brush.main)
