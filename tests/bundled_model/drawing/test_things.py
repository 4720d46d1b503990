"""Things: each can be painted wherever a scene allows it, stands where it should, and shows its colour and number."""

import itertools
import random
from typing import Any

import numpy as np
import pytest

pytest.importorskip("skia", exc_type=ImportError)

from scipy import ndimage

from bundled_model.drawing.canvas import Canvas, Part
from bundled_model.drawing.media.medium import Medium
from bundled_model.drawing.painter import SIZES, SQUARE, Painting, paint
from bundled_model.drawing.palette import SUBJECT, palette_of
from bundled_model.drawing.things.placement import AFLOAT, spots_of
from bundled_model.drawing.view import Ground, View
from bundled_model.scenes.scene import (
    COLOURED,
    COUNTED,
    SEASONED,
    TERRAINS_OF,
    Colour,
    Light,
    Place,
    Scene,
    Season,
    Sky,
    Subject,
    Terrain,
    TimeOfDay,
    places_of,
)

THINGS = [subject for subject in Subject if subject is not Subject.NONE]
PLACED = [subject for subject in THINGS if subject not in (Subject.BRIDGE, Subject.FENCE, Subject.ROAD)]
COLOURS = list(Colour)
SHARES = {Place.LEFT: 0.21, Place.CENTRE: 0.5, Place.RIGHT: 0.79}


def scene_of(subject: Subject, **changes: Any) -> Scene:
    terrain = changes.pop("terrain", TERRAINS_OF[subject][0])
    attributes: dict[str, Any] = {
        "time": TimeOfDay.DAY,
        "season": Season.SUMMER if terrain in SEASONED else None,
        "sky": Sky.CLEAR,
        "light": Light.NONE,
        "light_place": None,
        "subject_place": Place.CENTRE,
        "count": 1,
        "colour": Colour.RED if subject in COLOURED else None,
    }
    return Scene(terrain=terrain, subject=subject, **{**attributes, **changes})


def is_thing(painting: Painting) -> np.ndarray:
    return painting.parts == Part.SUBJECT


def large_pieces(mask: np.ndarray) -> int:
    numbers, count = ndimage.label(mask)
    sizes = np.bincount(numbers.ravel())[1 : count + 1]
    return int((sizes > 0.1 * mask.sum()).sum())


def hues(pixels: np.ndarray) -> np.ndarray:
    """The number of the colour whose hue each pixel (n, 3) has; white where it has hardly any."""
    named = np.array([SUBJECT[colour] for colour in Colour])
    chroma, named = (colours - colours.mean(axis=1, keepdims=True) for colours in (pixels / 255, named))
    nearest = (chroma @ (named / np.linalg.norm(named, axis=1, keepdims=True)).T)[:, : COLOURS.index(Colour.WHITE)]
    return np.where(np.linalg.norm(chroma, axis=1) < 0.12, COLOURS.index(Colour.WHITE), nearest.argmax(axis=1))


@pytest.mark.parametrize("subject", THINGS)
def test_everything_can_be_painted_in_every_size_place_and_number(subject: Subject) -> None:
    lands, counts = itertools.cycle(TERRAINS_OF[subject]), itertools.cycle((3, 1, 2, 1))
    for size, place in itertools.product(SIZES, places_of(subject, None)):
        count = next(counts) if subject in COUNTED else 1
        scene = scene_of(subject, terrain=next(lands), subject_place=place, count=count)
        mask = is_thing(paint(scene, 3, size))
        assert mask.sum() > 600 * count
        if subject in PLACED:
            assert abs(mask.any(axis=0).nonzero()[0].mean() / size[0] - SHARES[place]) < 0.14


@pytest.mark.parametrize("subject", PLACED)
def test_a_thing_alone_is_in_its_third_and_60_pixels_high_or_wide(subject: Subject) -> None:
    for place in places_of(subject, None):
        mask = is_thing(paint(scene_of(subject, subject_place=place), 5))
        rows, columns = mask.nonzero()
        assert abs(columns.mean() / SQUARE[0] - SHARES[place]) < 0.06
        assert max(np.ptp(rows), np.ptp(columns)) >= 60


@pytest.mark.parametrize("subject", COUNTED)
@pytest.mark.parametrize("count", [2, 3])
def test_as_many_separate_shapes_are_seen_as_the_scene_says(subject: Subject, count: int) -> None:
    for place in Place:
        mask = is_thing(paint(scene_of(subject, subject_place=place, count=count), 2))
        assert large_pieces(mask) == count


@pytest.mark.parametrize("subject", COLOURED)
def test_the_main_colour_is_at_least_two_fifths_of_it(subject: Subject) -> None:
    for colour in Colour:
        painting = paint(scene_of(subject, colour=colour), 4, medium="poster")
        shares = (
            np.bincount(hues(painting.pixels[is_thing(painting)]), minlength=len(Colour)) / is_thing(painting).sum()
        )
        number = COLOURS.index(colour)
        assert shares[number] > 0.4
        others = [share for other, share in enumerate(shares) if other != number and COLOURS[other] is not Colour.WHITE]
        assert shares[number] > 2 * max(others)


def test_the_same_scene_and_seed_give_the_same_thing() -> None:
    for subject in THINGS:
        assert np.array_equal(paint(scene_of(subject), 8).pixels, paint(scene_of(subject), 8).pixels)


@pytest.mark.parametrize("subject", [Subject.HOUSE, Subject.CABIN, Subject.LIGHTHOUSE, Subject.CASTLE])
def test_windows_glow_after_dark(subject: Subject) -> None:
    scene = scene_of(subject, time=TimeOfDay.NIGHT, **({"colour": Colour.BLUE} if subject in COLOURED else {}))
    painting = paint(scene, 1, medium="poster")
    red, _, blue = np.moveaxis(painting.pixels[is_thing(painting)].astype(int), -1, 0)
    assert ((red > 200) & (red > blue + 60)).sum() > 60


def test_smoke_rises_from_the_cabin_and_from_no_house() -> None:
    cabin = is_thing(paint(scene_of(Subject.CABIN), 1))
    house = is_thing(paint(scene_of(Subject.HOUSE), 1))
    assert np.ptp(cabin.nonzero()[0]) > np.ptp(house.nonzero()[0]) + 20


def spots(subject: Subject, *, sun: tuple[float, float] | None = None, **changes: Any) -> tuple[list[Any], float]:
    scene = scene_of(subject, **changes)
    rng = random.Random(1)
    view = View(Canvas(SQUARE, Medium()), scene, palette_of(scene, rng), rng, 128.0, light=sun)
    ground = Ground(foot=lambda x: 200 + 0.05 * x, float_at=180.0)
    return spots_of(view, ground, (80.0, 90.0)), SQUARE[0]


def test_boats_float_and_houses_stand_on_the_curve_of_the_land() -> None:
    for subject in AFLOAT:
        assert spots(subject)[0][0].foot[1] == 180.0
    (house,), _ = spots(Subject.HOUSE)
    assert house.foot[1] == pytest.approx(200 + 0.05 * house.foot[0])


def test_what_is_nearer_in_a_group_is_drawn_last_and_stands_lower() -> None:
    group, _ = spots(Subject.SAILBOAT, count=3)
    assert group[-1].foot[1] > group[0].foot[1]
    assert sorted(spot.foot[0] for spot in group)[1] == group[-1].foot[0]


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("place", [Place.LEFT, Place.RIGHT])
def test_what_flies_leaves_the_sun_free(place: Place, count: int) -> None:
    flock, _ = spots(Subject.BALLOON, subject_place=place, count=count, sun=(128.0, 60.0))
    for spot in flock:
        assert abs(spot.foot[0] - 128.0) >= 30 + 40 * spot.scale - 1


def test_groups_stay_within_the_picture() -> None:
    for subject, place, count in itertools.product(COUNTED, Place, (1, 2, 3)):
        group, width = spots(subject, subject_place=place, count=count)
        for spot in group:
            assert 0 <= spot.foot[0] - 40 * spot.scale
            assert spot.foot[0] + 40 * spot.scale <= width


def test_a_lighthouse_in_the_sea_brings_its_ground_along() -> None:
    parts = paint(scene_of(Subject.LIGHTHOUSE, terrain=Terrain.SEA), 1).parts
    assert (parts == Part.LAND).sum() > 500
    assert not (paint(scene_of(Subject.SAILBOAT, terrain=Terrain.SEA), 1).parts == Part.LAND).any()
