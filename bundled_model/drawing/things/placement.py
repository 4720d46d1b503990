"""Where the things of a scene stand, and how large: alone, in pairs and in threes.

A group keeps to the third of the picture that its place names as far as it can, and its members keep apart: to count
them is easier than to admire their overlap.
"""

from dataclasses import dataclass

from bundled_model.drawing.canvas import Point
from bundled_model.drawing.view import Ground, View
from bundled_model.scenes.scene import AIRBORNE, Place, Subject, Terrain

Extent = tuple[float, float]
"""Width and height of a thing that comes alone, in pixels, about its foot: half of the width on each side of it."""

AFLOAT = (Subject.SAILBOAT, Subject.FISHING_BOAT)
"""Things that swim."""
BUILT = (Subject.HOUSE, Subject.CABIN, Subject.LIGHTHOUSE, Subject.WINDMILL, Subject.CASTLE)
"""Things with walls, which grass grows along."""
UNROOTED = (*AFLOAT, *AIRBORNE, Place, Subject.BRIDGE, Subject.FENCE, Subject.ROAD)
"""Things that stand on no single spot of the ground."""
_SCALES = {1: 1.0, 2: 0.72, 3: 0.6}
_LEAST_HEIGHT = 39.0
_GAP = 5.0
_MARGIN = 12.0
"""What the torn edge of a watercolour or the frame of an ink drawing may take."""
_TALL_PICTURE = 1.3
"""From this ratio of height to width on, a thing that is alone is larger by `_TALLER`: it has the air for it."""
_TALLER = 1.14
_ROOM = 0.5
"""Share of the width that a group may take at the sides."""
_ROOM_IN_THE_MIDDLE = 0.62
_NEARER = 0.036
"""How much lower a thing in front stands, as a share of the height."""
_AIR = 0.34
"""Middle of what flies, as a share of the height."""
_FLIGHTS = {1: [(0.0, 0.0)], 2: [(-0.5, -0.3), (0.5, 0.3)], 3: [(-0.5, -0.58), (0.5, -0.44), (0.0, 0.62)]}
"""Where one, two and three fly about the middle of the group, in widths and heights."""
_FLAT = 1.5
"""From this ratio of width to height on, what flies keeps above one another, and larger."""
_FLAT_FLIGHTS = {1: [(0.0, 0.0)], 2: [(-0.22, -0.6), (0.22, 0.6)], 3: [(-0.26, -1.05), (0.26, 0.0), (-0.2, 1.05)]}
_FLAT_SCALES = {1: 1.0, 2: 0.9, 3: 0.82}
_LIGHT_RADIUS = 30.0


@dataclass(frozen=True, slots=True)
class Spot:
    """Where one thing stands (pixels), and how large it is (1 where it is alone)."""

    foot: Point
    scale: float


def spots_of(view: View, ground: Ground, extent: Extent) -> list[Spot]:
    """The spots of all things of the scene, from the farthest to the nearest; none where there is no subject."""
    scene = view.scene
    if scene.subject_place is None or scene.count is None:
        return []
    x = view.across(scene.subject_place) + view.rng.uniform(-4, 4)
    size = view.rng.uniform(0.98, 1.02)
    if scene.subject is Subject.BRIDGE:
        middle = view.canvas.width / 2
        return [Spot((middle, ground.foot(middle) if ground.bank is None else ground.bank), 1.0)]
    if scene.subject in AIRBORNE:
        return _in_the_air(view, x, extent, size)
    scale = size * _scale_of(view, scene.count, extent)
    wide = extent[0] * scale
    offsets = _row(scene.count, wide + _GAP)
    x = _kept_inside(x, (offsets[-1][0] - offsets[0][0] + wide) / 2, view.canvas.width)
    spots = [Spot((x + dx, _stand(view, ground, x + dx) + near * view.canvas.height), scale) for dx, near in offsets]
    return sorted(spots, key=lambda spot: spot.foot[1])


def islet_needed(view: View) -> bool:
    """Whether the thing stands in open water, and so brings its own ground along."""
    return view.scene.terrain is Terrain.SEA and view.scene.subject not in UNROOTED


def _scale_of(view: View, count: int, extent: Extent) -> float:
    """Smaller in company, and as small as the room demands, but never too small to see."""
    scale = _SCALES[count]
    if count == 1 and view.canvas.height > _TALL_PICTURE * view.canvas.width:
        return scale * _TALLER
    if count == 1:
        return scale
    share = _ROOM_IN_THE_MIDDLE if view.scene.subject_place is Place.CENTRE else _ROOM
    room = (share * view.canvas.width - (count - 1) * _GAP) / count
    return min(scale, max(room / extent[0], _LEAST_HEIGHT / extent[1]))


def _row(count: int, step: float) -> list[tuple[float, float]]:
    """Side by side, from left to right: (x, share of the height nearer)."""
    if count == 1:
        return [(0.0, 0.0)]
    if count == 2:
        return [(-step / 2, 0.0), (step / 2, 0.6 * _NEARER)]
    return [(-step, 0.0), (0.0, _NEARER), (step, 0.0)]


def _stand(view: View, ground: Ground, x: float) -> float:
    if view.scene.subject in AFLOAT and ground.float_at is not None:
        return ground.float_at
    return ground.foot(x)


def _in_the_air(view: View, x: float, extent: Extent, size: float) -> list[Spot]:
    """One, two a little apart in height, or a triangle that stands on its tip: narrow, so it spares sun and moon."""
    flat = extent[0] > _FLAT * extent[1]
    count = view.scene.count or 1
    flight = (_FLAT_FLIGHTS if flat else _FLIGHTS)[count]
    span = 1 + max(dx for dx, _ in flight) - min(dx for dx, _ in flight)
    least, most = _free_air(view, x)
    room = (most - least - _GAP) / span
    scale = min(size * (_FLAT_SCALES if flat else _SCALES)[count], room / extent[0])
    wide, high = extent[0] * scale, extent[1] * scale
    half = (span * wide + (span - 1) * _GAP) / 2
    x = min(max(x, least + half), most - half)
    middle = _AIR * view.canvas.height + view.rng.uniform(-3, 3)
    return [Spot((x + dx * (wide + _GAP), middle + dy * (high + _GAP) + high / 2), scale) for dx, dy in flight]


def _free_air(view: View, x: float) -> tuple[float, float]:
    """From where to where (x) the sky at x is free of sun and moon."""
    least, most = _MARGIN, view.canvas.width - _MARGIN
    if view.light is None:
        return least, most
    light = view.light[0]
    return (least, light - _LIGHT_RADIUS) if x < light else (light + _LIGHT_RADIUS, most)


def _kept_inside(x: float, half: float, width: float) -> float:
    """The middle of what reaches `half` to both sides, so that it stays within the picture."""
    least = min(half + _MARGIN, width / 2)
    return min(max(x, least), width - least)
