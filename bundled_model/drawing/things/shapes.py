"""Closed shapes with smooth outlines, for bodies and crowns: made once about their foot, then put where a thing stands.

To merge and cut outlines takes milliseconds, so that things do it when they are imported: in units, y upwards.
"""

from collections.abc import Iterable, Sequence

import skia

from bundled_model.drawing.canvas import Point
from bundled_model.drawing.things.brush import Brush


def smooth(points: Sequence[Point]) -> skia.Path:
    """A closed outline through points, curved like a Catmull-Rom spline; a point named twice in a row is a corner.

    Args:
        points: At least three, in either direction around the shape.
    """
    path = skia.Path()
    path.moveTo(*points[0])
    for i, (x, y) in enumerate(points):
        before_x, before_y = points[i - 1]
        (next_x, next_y), (after_x, after_y) = points[i + 1 - len(points)], points[i + 2 - len(points)]
        path.cubicTo(
            *(x + (next_x - before_x) / 6, y + (next_y - before_y) / 6),
            *(next_x - (after_x - x) / 6, next_y - (after_y - y) / 6),
            *(next_x, next_y),
        )
    path.close()
    return path


def discs(lobes: Iterable[tuple[float, float, float]]) -> skia.Path:
    """One outline around overlapping discs, each (x, y, radius)."""
    return merged(skia.Path.Circle(x, y, radius) for x, y, radius in lobes)


def merged(paths: Iterable[skia.Path]) -> skia.Path:
    """One outline around everything that the paths cover, so that media see one shape."""
    whole = skia.Path()
    for path in paths:
        whole.addPath(path)
    return skia.Simplify(whole)


def common(first: skia.Path, second: skia.Path) -> skia.Path:
    """What both paths cover."""
    return skia.Op(first, second, skia.PathOp.kIntersect_PathOp)


def without(first: skia.Path, second: skia.Path) -> skia.Path:
    """What only the first path covers."""
    return skia.Op(first, second, skia.PathOp.kDifference_PathOp)


def moved(path: skia.Path, x: float, y: float) -> skia.Path:
    """The same outline elsewhere."""
    copy = skia.Path(path)
    copy.offset(x, y)
    return copy


def placed(brush: Brush, path: skia.Path, side: int = 1) -> skia.Path:
    """An outline in units about its foot, in the pixels of the picture; `side` -1 exchanges left and right."""
    x, y = brush.foot
    matrix = skia.Matrix.MakeAll(side * brush.scale, 0, x, 0, -brush.scale, y, 0, 0, 1)
    there = skia.Path()
    path.transform(matrix, there)
    return there
