"""The arithmetic of colours."""

import random

import pytest

pytest.importorskip("skia", exc_type=ImportError)

from bundled_model.drawing.palette import WHITE, ink, mix, palette_of, rgb, tint
from bundled_model.scenes.scene import TimeOfDay


def test_mixing_goes_from_the_first_colour_to_the_second() -> None:
    assert mix(rgb(0, 0, 0), WHITE, 0) == rgb(0, 0, 0)
    assert mix(rgb(0, 0, 0), WHITE, 0.5) == (0.5, 0.5, 0.5)


def test_white_light_changes_no_colour() -> None:
    assert tint(rgb(10, 20, 30), WHITE) == rgb(10, 20, 30)


def test_ink_is_packed_alpha_red_green_blue() -> None:
    assert ink(rgb(1, 2, 3)) == 0xFF010203
    assert ink(WHITE, 0.0) == 0x00FFFFFF


def test_windows_are_lit_after_dark_only() -> None:
    lit = {time: palette_of(time, random.Random(0)).lit for time in TimeOfDay}
    assert lit[TimeOfDay.NIGHT]
    assert not lit[TimeOfDay.DAY]
