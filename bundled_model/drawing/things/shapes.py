"""Closed shapes with smooth outlines, for bodies and crowns."""

from collections.abc import Iterable, Sequence

import skia

from bundled_model.drawing.canvas import Point
from bundled_model.drawing.things.brush import Brush


def smooth(brush: Brush, points: Sequence[Point], *, mirrored: bool = False) -> skia.Path:
    """A closed outline through offsets, curved like a Catmull-Rom spline; a point named twice in a row is a corner.

    Args:
        brush: Says where the offsets are.
        points: At least three, in either direction around the shape.
        mirrored: Whether left and right are exchanged.
    """
    side = -1 if mirrored else 1
    at = [brush.at(side * x, y) for x, y in points]
    path = skia.Path()
    path.moveTo(*at[0])
    for i, (x, y) in enumerate(at):
        (before_x, before_y), (next_x, next_y), (after_x, after_y) = at[i - 1], at[i + 1 - len(at)], at[i + 2 - len(at)]
        path.cubicTo(
            *(x + (next_x - before_x) / 6, y + (next_y - before_y) / 6),
            *(next_x - (after_x - x) / 6, next_y - (after_y - y) / 6),
            *(next_x, next_y),
        )
    path.close()
    return path


def merged(paths: Iterable[skia.Path]) -> skia.Path:
    """One outline around everything that the paths cover, so that media see one shape."""
    whole = skia.Path()
    for path in paths:
        whole.addPath(path)
    return skia.Simplify(whole)


def common(first: skia.Path, second: skia.Path) -> skia.Path:
    """What both paths cover."""
    return skia.Op(first, second, skia.PathOp.kIntersect_PathOp)


def discs(brush: Brush, lobes: Sequence[tuple[float, float, float]]) -> skia.Path:
    """One outline around overlapping discs, each (x, y, radius) in units of the brush."""
    return merged(skia.Path.Circle(*brush.at(x, y), radius * brush.scale) for x, y, radius in lobes)


def without(first: skia.Path, second: skia.Path) -> skia.Path:
    """What only the first path covers."""
    return skia.Op(first, second, skia.PathOp.kDifference_PathOp)
