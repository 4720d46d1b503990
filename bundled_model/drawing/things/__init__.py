"""The things that pictures are about, and where they stand.

A file each, with `EXTENT` (width and height of one that is alone, units of the brush) and `draw(brush)`.
"""

from types import ModuleType

from bundled_model.drawing.canvas import Part
from bundled_model.drawing.things import (
    balloon,
    bird,
    bridge,
    cabin,
    camel,
    castle,
    deer,
    fence,
    fishing_boat,
    house,
    lighthouse,
    road,
    sailboat,
    tree,
    windmill,
)
from bundled_model.drawing.things.brush import Brush
from bundled_model.drawing.things.footing import draw_islet, draw_shadow, draw_tufts
from bundled_model.drawing.things.placement import BUILT, UNROOTED, islet_needed, spots_of
from bundled_model.drawing.view import Ground, View
from bundled_model.scenes.scene import Subject

_THINGS: dict[Subject, ModuleType] = {
    Subject.SAILBOAT: sailboat,
    Subject.FISHING_BOAT: fishing_boat,
    Subject.HOUSE: house,
    Subject.CABIN: cabin,
    Subject.LIGHTHOUSE: lighthouse,
    Subject.WINDMILL: windmill,
    Subject.CASTLE: castle,
    Subject.BALLOON: balloon,
    Subject.TREE: tree,
    Subject.BRIDGE: bridge,
    Subject.CAMEL: camel,
    Subject.DEER: deer,
    Subject.BIRD: bird,
    Subject.FENCE: fence,
    Subject.ROAD: road,
}


def draw_things(view: View, ground: Ground) -> None:
    """The subject of the scene, as often as it says."""
    if view.scene.subject is Subject.NONE:
        return
    thing = _THINGS[view.scene.subject]
    for spot in spots_of(view, ground, thing.EXTENT):
        width = thing.EXTENT[0] * spot.scale
        if islet_needed(view):
            draw_islet(view, spot.foot, width / 2 + 14)
        elif view.scene.subject not in UNROOTED:
            draw_shadow(view, spot.foot, width)
        with view.canvas.showing(Part.SUBJECT):
            thing.draw(Brush(view, ground, spot.foot, spot.scale))
        if view.scene.subject in BUILT:
            draw_tufts(view, spot.foot, width)
