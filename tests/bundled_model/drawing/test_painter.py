"""The painter: the same seed draws the same pixels, and every attribute shows."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

pytest.importorskip("skia", exc_type=ImportError)

from bundled_model.drawing.painter import paint, paint_with_focus
from bundled_model.scenes.scene import (
    Colour,
    Light,
    Place,
    Scene,
    Sky,
    Subject,
    Terrain,
    TimeOfDay,
    lights_of,
    subjects_of,
)

PLAIN = Scene(
    time=TimeOfDay.DAY,
    sky=Sky.CLEAR,
    light=Light.SUN,
    light_place=Place.LEFT,
    terrain=Terrain.HILLS,
    subject=Subject.HOUSE,
    subject_place=Place.RIGHT,
    colour=Colour.RED,
)
SMALLEST_CHANGE = 150
"""Pixels that differ clearly: an 8 times smaller latent has at least two cells of it."""


def changed_pixels(first: np.ndarray, second: np.ndarray) -> int:
    return int((np.abs(first.astype(int) - second).max(axis=2) > 16).sum())


def test_a_picture_is_256_pixels_square_in_bytes() -> None:
    picture = paint(PLAIN, 1)
    assert picture.shape == (256, 256, 3)
    assert picture.dtype == np.uint8


def test_the_same_scene_and_seed_give_the_same_pixels() -> None:
    assert np.array_equal(paint(PLAIN, 5), paint(PLAIN, 5))


def test_another_seed_gives_another_picture_of_the_scene() -> None:
    assert changed_pixels(paint(PLAIN, 5), paint(PLAIN, 6)) > SMALLEST_CHANGE


@pytest.mark.parametrize(
    "change",
    [
        {"time": TimeOfDay.SUNSET},
        {"time": TimeOfDay.DAWN},
        {"sky": Sky.CLOUDS},
        {"sky": Sky.BIRDS},
        {"sky": Sky.RAINBOW},
        {"light": Light.NONE, "light_place": None},
        {"light_place": Place.CENTRE},
        {"light_place": Place.RIGHT},
        *[{"terrain": terrain} for terrain in Terrain if terrain is not Terrain.HILLS],
        *[
            {"subject": subject}
            for subject in subjects_of(Terrain.HILLS)
            if subject not in (Subject.NONE, Subject.HOUSE)
        ],
        {"subject": Subject.NONE, "subject_place": None, "colour": None},
        {"subject_place": Place.LEFT},
        {"subject_place": Place.CENTRE},
        *[{"colour": colour} for colour in Colour if colour is not Colour.RED],
    ],
    ids=str,
)
def test_every_attribute_changes_pixels(change: dict[str, Any]) -> None:
    assert changed_pixels(paint(PLAIN, 3), paint(replace(PLAIN, **change), 3)) > SMALLEST_CHANGE


def test_the_skies_and_moons_of_the_night_differ() -> None:
    night = replace(PLAIN, time=TimeOfDay.NIGHT, light=Light.MOON)
    pictures = [paint(night, 4), paint(replace(night, light=Light.CRESCENT), 4)]
    pictures += [paint(replace(night, sky=sky), 4) for sky in (Sky.STARS, Sky.AURORA, Sky.CLOUDS)]
    for index, first in enumerate(pictures):
        for second in pictures[index + 1 :]:
            assert changed_pixels(first, second) > SMALLEST_CHANGE


def test_the_darkest_time_is_night_and_the_brightest_is_day() -> None:
    means = {time: paint(replace(PLAIN, time=time, light=lights_of(time)[1]), 2).mean() for time in TimeOfDay}
    assert min(means, key=means.__getitem__) is TimeOfDay.NIGHT
    assert means[TimeOfDay.SUNSET] < means[TimeOfDay.DAY]


def test_the_subject_stands_where_the_scene_says() -> None:
    empty = replace(PLAIN, subject=Subject.NONE, subject_place=None, colour=None)
    for place, centre in ((Place.LEFT, 54), (Place.CENTRE, 128), (Place.RIGHT, 202)):
        here = replace(PLAIN, subject_place=place)
        # The subject is painted last, so all before it is the same in both pictures.
        difference = np.abs(paint(here, 9).astype(int) - paint(empty, 9)).max(axis=2)[:, :] > 30
        columns = np.flatnonzero(difference.sum(axis=0) > 5)
        assert abs(columns.mean() - centre) < 20


def test_the_focus_is_where_the_subject_and_the_sun_are_and_nowhere_else() -> None:
    picture, focus = paint_with_focus(PLAIN, 3)
    assert (picture == paint(PLAIN, 3)).all()
    bare = paint(replace(PLAIN, subject=Subject.NONE, subject_place=None, colour=None), 3)
    assert focus[np.abs(picture.astype(int) - bare).max(axis=2) > 16].all()
    assert focus[:, :85].any(), "the sun, on the left"
    assert focus[:, 171:].any(), "the house, on the right"
    assert not focus[:, 115:140].any()


def test_a_scene_without_subject_and_light_has_no_focus() -> None:
    empty = replace(PLAIN, subject=Subject.NONE, subject_place=None, colour=None, light=Light.NONE, light_place=None)
    assert not paint_with_focus(empty, 3)[1].any()
