"""A windmill: a tower of the main colour with four big pale sails."""

import math

from bundled_model.drawing.things.brush import Brush

EXTENT = (64.0, 110.0)
"""Width of the tower with some air, and height with the sails, units."""
_HUB = 70.0
_REACH = 46.0
_TURN = 0.68
"""Angle of the first sail, radians."""


def draw(brush: Brush) -> None:
    """The tower, its cap, then the sails before it."""
    wood = brush.tone(98, 68, 60)
    tower = brush.path([(-29, 0), (29, 0), (18, 64), (-18, 64)])
    brush.round(tower, brush.main, -29, 29)
    cap = brush.bend((-22, 62), (-19, 88), (0, 88), (19, 88), (22, 62))
    cap.close()
    brush.round(cap, brush.tone(150, 156, 178) if brush.white else brush.shaded(brush.main, 0.36), -22, 22)
    door = brush.bend((-7, 0), (-7, 22), (0, 22), (7, 22), (7, 0))
    door.close()
    brush.canvas.fill(door, wood)
    brush.box(-6, 30, 12, 13, brush.tone(246, 238, 222) if not brush.white else wood)
    brush.box(-3.5, 32.5, 7, 8, brush.window())
    turn = _TURN + brush.rng.uniform(-0.06, 0.06)
    for quarter in range(4):
        _sail(brush, turn + quarter * math.pi / 2)
    brush.disc(0, _HUB, 5, wood)


def _sail(brush: Brush, angle: float) -> None:
    """A blade beside its arm, in a dark frame that shows before any sky."""
    frame, cloth = brush.tone(92, 64, 58), brush.tone(250, 240, 216)

    def at(along: float, across: float) -> tuple[float, float]:
        dx, dy = math.cos(angle), math.sin(angle)
        return (dx * along - dy * across, _HUB + dy * along + dx * across)

    def blade(margin: float) -> list[tuple[float, float]]:
        near, far, wide = 12 - margin, _REACH + margin, 11 + margin
        return [at(near, -margin), at(far, -margin), at(far, wide), at(near, wide)]

    brush.poly(blade(1.8), frame)
    brush.poly(blade(-0.6), cloth)
    brush.line([at(0, 0), at(_REACH + 1, 0)], frame, 3.4)
