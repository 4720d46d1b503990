"""The painter: the same seed draws the same pixels, and every attribute shows."""

from typing import Any

import numpy as np
import pytest

pytest.importorskip("skia", exc_type=ImportError)

from bundled_model.drawing.canvas import Part
from bundled_model.drawing.media import MEDIA
from bundled_model.drawing.painter import SIZES, Painting, paint
from bundled_model.scenes.completing import completed
from bundled_model.scenes.sampling import numbered_scene
from bundled_model.scenes.scene import (
    TERRAINS_OF,
    Colour,
    Light,
    Place,
    Season,
    Sky,
    Style,
    Subject,
    Terrain,
    TimeOfDay,
    skies_of,
)

PLAIN: dict[str, Any] = {
    "terrain": Terrain.HILLS,
    "light": Light.SUN,
    "light_place": Place.LEFT,
    "subject": Subject.HOUSE,
    "subject_place": Place.RIGHT,
    "colour": Colour.RED,
}
SMALLEST_CHANGE = 150
"""Pixels that differ clearly: an 8 times smaller latent has at least two cells of it."""
COVERED_BY_DAY = skies_of(TimeOfDay.DAY, Terrain.HILLS, Season.SUMMER)


def painted(seed: int, **changes: Any) -> Painting:
    return paint(completed({**PLAIN, **changes}), seed)


def changed_pixels(first: Painting, second: Painting) -> int:
    return int((np.abs(first.pixels.astype(int) - second.pixels).max(axis=2) > 16).sum())


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("medium", MEDIA)
def test_a_picture_has_its_size_in_bytes_in_every_medium(size: tuple[int, int], medium: str) -> None:
    width, height = size
    painting = paint(completed(PLAIN), 1, size, medium)
    assert painting.pixels.shape == (height, width, 3)
    assert painting.parts.shape == (height, width)
    assert painting.pixels.dtype == painting.parts.dtype == np.uint8


@pytest.mark.parametrize("medium", MEDIA)
def test_the_same_scene_seed_size_and_medium_give_the_same_pixels(medium: str) -> None:
    first, second = (paint(completed(PLAIN), 5, SIZES[1], medium) for _ in range(2))
    assert np.array_equal(first.pixels, second.pixels)
    assert np.array_equal(first.parts, second.parts)


def test_the_medium_is_that_of_the_scene_unless_another_is_asked_for() -> None:
    ink = painted(5, style=Style.INK)
    assert np.array_equal(ink.pixels, paint(completed(PLAIN), 5, medium=Style.INK).pixels)
    assert not np.array_equal(ink.pixels, painted(5).pixels)


def test_another_seed_gives_another_picture_of_the_scene() -> None:
    assert changed_pixels(painted(5), painted(6)) > SMALLEST_CHANGE


@pytest.mark.parametrize(
    "change",
    [
        *[{"style": style} for style in Style if style is not Style.POSTER],
        {"time": TimeOfDay.SUNSET},
        {"time": TimeOfDay.DAWN},
        *[{"season": season} for season in Season if season is not Season.SUMMER],
        *[{"sky": sky, "light": Light.NONE, "light_place": None} for sky in COVERED_BY_DAY],
        {"light_place": Place.CENTRE},
        {"light_place": Place.RIGHT},
        *[{"terrain": terrain} for terrain in TERRAINS_OF[Subject.HOUSE] if terrain is not Terrain.HILLS],
        *[
            {"subject": subject, "subject_place": Place.RIGHT, "colour": completed({"subject": subject}).colour}
            for subject, lands in TERRAINS_OF.items()
            if Terrain.HILLS in lands and subject not in (Subject.NONE, Subject.HOUSE)
        ],
        {"subject": Subject.NONE, "subject_place": None, "colour": None},
        {"subject_place": Place.LEFT},
        {"subject_place": Place.CENTRE},
        {"count": 2},
        {"count": 3},
        *[{"colour": colour} for colour in Colour if colour is not Colour.RED],
    ],
    ids=str,
)
def test_every_attribute_changes_pixels(change: dict[str, Any]) -> None:
    assert changed_pixels(painted(3), painted(3, **change)) > SMALLEST_CHANGE


def test_the_darkest_time_is_night_and_the_brightest_is_day() -> None:
    dark = {"light": Light.NONE, "light_place": None}
    means = {time: painted(2, time=time, **dark).pixels.mean() for time in TimeOfDay}
    assert min(means, key=means.__getitem__) is TimeOfDay.NIGHT
    assert means[TimeOfDay.SUNSET] < means[TimeOfDay.DAY]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("place", "share"), [(Place.LEFT, 0.21), (Place.CENTRE, 0.5), (Place.RIGHT, 0.79)])
def test_the_subject_stands_where_the_scene_says(place: Place, share: float, size: tuple[int, int]) -> None:
    parts = paint(completed({**PLAIN, "subject_place": place}), 9, size).parts
    columns = np.nonzero(parts == Part.SUBJECT)[1]
    assert abs(columns.mean() - share * size[0]) < 20


def test_without_subject_and_light_no_pixel_shows_one() -> None:
    parts = paint(completed({"terrain": Terrain.HILLS}), 3).parts
    assert not np.isin(parts, (Part.SUBJECT, Part.LIGHT)).any()


@pytest.mark.parametrize("index", range(40))
def test_any_scene_can_be_painted(index: int) -> None:
    scene, seed = numbered_scene(7, index)
    painting = paint(scene, seed, SIZES[index % len(SIZES)])
    assert (painting.parts == Part.SUBJECT).any() == (scene.subject is not Subject.NONE)
    if scene.light is not Light.NONE:
        assert (painting.parts == Part.LIGHT).sum() > 400
    if scene.sky is Sky.CLOUDS:
        assert (painting.parts == Part.CLOUD).sum() > 400
