"""The plan of a training run."""

from pathlib import Path

import pytest

pytest.importorskip("skia", exc_type=ImportError)

from bundled_model.learning.stages import MINUTES, Plan


def test_each_stage_has_its_own_minutes_unless_told_otherwise() -> None:
    plan = Plan(Path(), ("denoiser",))
    assert plan.budget("denoiser").minutes == MINUTES["denoiser"]
    assert Plan(Path(), ("denoiser",), minutes=3).budget("denoiser").minutes == 3


def test_steps_take_the_place_of_minutes() -> None:
    assert Plan(Path(), ("denoiser",), steps=10).budget("denoiser").progress(5, 1e9) == 0.5
