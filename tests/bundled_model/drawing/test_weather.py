"""Weather: it shows, and leaves the subject to be seen."""

import numpy as np
import pytest

pytest.importorskip("skia", exc_type=ImportError)

from bundled_model.drawing.canvas import Part
from bundled_model.drawing.painter import SIZES, paint
from bundled_model.scenes.completing import completed
from bundled_model.scenes.scene import WEATHER, Colour, Place, Sky, Subject, TimeOfDay

HOUSE = {"subject": Subject.HOUSE, "colour": Colour.RED}


@pytest.mark.parametrize("time", TimeOfDay)
@pytest.mark.parametrize("sky", WEATHER)
def test_a_red_house_is_red_in_all_weathers(time: TimeOfDay, sky: Sky) -> None:
    painting = paint(completed({**HOUSE, "time": time, "sky": sky}), 3)
    red, green, blue = painting.pixels[painting.parts == Part.SUBJECT].astype(int).T
    assert ((red > 1.5 * green) & (red > 1.4 * blue)).mean() > 0.3


@pytest.mark.parametrize("sky", [Sky.RAIN, Sky.FOG, Sky.SNOWFALL])
def test_what_falls_and_drifts_claims_no_part_of_the_subject(sky: Sky) -> None:
    values = {**HOUSE, "sky": sky}
    assert (paint(completed(values), 3).parts == Part.SUBJECT).sum() > 2500


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("place", Place)
def test_lightning_strikes_away_from_the_subject(size: tuple[int, int], place: Place) -> None:
    parts = paint(completed({**HOUSE, "sky": Sky.STORM, "subject_place": place}), 3, size).parts
    rows, columns = np.nonzero(parts == Part.LIGHT)
    assert np.ptp(rows) > 75
    assert abs(columns.mean() - np.nonzero(parts == Part.SUBJECT)[1].mean()) > 0.24 * size[0]


def test_snow_falls_in_dots_that_are_lighter_than_what_is_behind_them() -> None:
    night = paint(completed({"time": TimeOfDay.NIGHT, "sky": Sky.SNOWFALL}), 3).pixels.astype(int)
    assert 300 < (night[:100].min(axis=2) > 150).sum() < 4000


def test_fog_takes_the_colours_of_the_land() -> None:
    foggy, clear = (paint(completed({"sky": sky}), 3) for sky in (Sky.FOG, Sky.CLEAR))
    land = np.isin(clear.parts, (Part.LAND, Part.FAR_LAND))
    assert np.ptp(foggy.pixels[land], axis=1).mean() < 0.8 * np.ptp(clear.pixels[land], axis=1).mean()


@pytest.mark.parametrize("time", TimeOfDay)
def test_a_bank_of_fog_lies_before_the_feet(time: TimeOfDay) -> None:
    foreground = paint(completed({"sky": Sky.FOG, "time": time}), 3).pixels[215:, :].astype(int).mean(axis=(1, 2))
    assert np.ptp(foreground) > 20
