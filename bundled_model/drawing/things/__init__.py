"""The things that pictures are about, a file each (`draw`), and where they stand."""

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
    place = view.scene.subject_place
    if place is None:
        return
    x = view.across(place)
    with view.canvas.showing(Part.SUBJECT):
        _THINGS[view.scene.subject].draw(Brush(view, (x, ground.foot(x)), 1.0))
