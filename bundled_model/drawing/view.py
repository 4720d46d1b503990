"""What every painter of a scene needs, and how one tells the next where things are."""

import random
from dataclasses import dataclass

from bundled_model.drawing.canvas import Canvas, Curve, Point
from bundled_model.drawing.palette import Palette
from bundled_model.scenes.scene import Place, Scene

_ACROSS = {Place.LEFT: 0.21, Place.CENTRE: 0.5, Place.RIGHT: 0.79}


@dataclass(slots=True)
class View:
    """One picture while it is painted; `light` is the centre of sun or moon once the sky is there."""

    canvas: Canvas
    scene: Scene
    palette: Palette
    rng: random.Random
    skyline: float
    """The y of the highest land, pixels."""
    light: Point | None = None

    def across(self, place: Place) -> float:
        """Where left, centre and right are, as x in pixels."""
        return _ACROSS[place] * self.canvas.width


@dataclass(frozen=True, slots=True)
class Ground:
    """What the land tells the things in it; each is a y in pixels.

    `foot` is the curve y(x) on which things stand in the foreground (in the sea: the waterline of a small island, which
    whatever stands there brings along); `float_at` is the waterline of boats, None where there is no water; `bank` is
    the y of the banks between which a bridge spans, None where there is nothing to span.
    """

    foot: Curve
    float_at: float | None = None
    bank: float | None = None
