"""Paints the sun and the moon: where they stand in the sky, and their glow."""

import skia

from bundled_model.drawing.canvas import Canvas, Part, Point
from bundled_model.drawing.palette import WHITE, Rgb, mix, rgb
from bundled_model.drawing.view import View
from bundled_model.scenes.scene import Light, Subject, TimeOfDay

_RADIUS = {TimeOfDay.DAWN: 24.0, TimeOfDay.DAY: 24.0, TimeOfDay.SUNSET: 29.0, TimeOfDay.NIGHT: 24.0}
_HEIGHT = {TimeOfDay.DAWN: 0.26, TimeOfDay.DAY: 0.19, TimeOfDay.SUNSET: 1.0, TimeOfDay.NIGHT: 0.2}
"""Where the centre stands, as a share of the height, if the land lets it."""
_THINGS_REACH = 0.39
"""Hardly a thing on the ground reaches above this share of the height."""
_SPOTS = ((-0.34, -0.22, 0.27), (0.3, 0.28, 0.22), (0.2, -0.42, 0.15))


def draw_light(view: View) -> None:
    """Sun or moon, if the scene has one; sets the light of the view."""
    place = view.scene.light_place
    if place is None:
        return
    radius = _RADIUS[view.scene.time] * view.rng.uniform(0.97, 1.03)
    centre = (view.across(place) + view.rng.uniform(-4, 4), _height_of(view, radius) + view.rng.uniform(-3, 3))
    view.light = centre
    _halo(view, centre, radius)
    with view.canvas.showing(Part.LIGHT):
        if view.scene.light is Light.CRESCENT:
            _crescent(view.canvas, centre, radius * 1.08, view.palette.light)
            return
        view.canvas.circle(centre, radius, view.palette.light)
        if view.scene.light is Light.MOON:
            spot = mix(view.palette.light, rgb(150, 156, 190), 0.38)
            for x, y, size in _SPOTS:
                view.canvas.circle((centre[0] + x * radius, centre[1] + y * radius), size * radius, spot)


def _height_of(view: View, radius: float) -> float:
    """As low as the time of day wants it, whole above the land and above what stands in the same third."""
    height, time = view.canvas.height, view.scene.time
    lowest = view.skyline - radius * (0.75 if time is TimeOfDay.SUNSET else 1.3)
    if view.scene.subject_place is view.scene.light_place or view.scene.subject is Subject.BRIDGE:
        lowest = min(lowest, height * _THINGS_REACH - radius - 6)
    return max(radius + 9, min(height * _HEIGHT[time], lowest))


def _halo(view: View, centre: Point, radius: float) -> None:
    canvas, colour = view.canvas, mix(view.palette.light, WHITE, 0.25)
    if view.scene.light is Light.SUN:
        strong, rings = (0.62, 0.16) if view.scene.time is TimeOfDay.SUNSET else (0.5, 0.14)
        canvas.glow(centre, radius * 5.2, colour, strong * 0.6)
        canvas.glow(centre, radius * 2.6, colour, strong)
        canvas.circle(centre, radius * 2.3, colour, rings * 0.7)
        canvas.circle(centre, radius * 1.6, colour, rings)
        return
    canvas.glow(centre, radius * 4.4, colour, 0.26)
    canvas.glow(centre, radius * 2.0, colour, 0.3)


def _crescent(canvas: Canvas, centre: Point, radius: float, colour: Rgb) -> None:
    """A moon that is open to the upper right."""
    x, y = centre
    bite = skia.Path.Circle(x + radius * 0.44, y - radius * 0.24, radius * 0.84)
    canvas.fill(skia.Op(skia.Path.Circle(x, y, radius), bite, skia.PathOp.kDifference_PathOp), colour)
