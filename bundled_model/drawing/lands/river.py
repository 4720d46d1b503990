"""river."""

from bundled_model.drawing.canvas import Part
from bundled_model.drawing.view import Ground, View

SKYLINE = (0.45, 0.5)


def draw(view: View) -> Ground:
    """Not drawn yet."""
    with view.canvas.showing(Part.LAND):
        view.canvas.fill(view.canvas.below(lambda _x: view.skyline), (0.5, 0.6, 0.4))
    return Ground(
        foot=lambda _x: 0.8 * view.canvas.height, float_at=0.8 * view.canvas.height, bank=0.75 * view.canvas.height
    )
