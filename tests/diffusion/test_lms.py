"""The coefficients of LMS are diffusers' own, found faster."""

from typing import Any

import pytest
from diffusers import LMSDiscreteScheduler

from webui.diffusion.lms import LMSScheduler


@pytest.mark.parametrize("options", [{}, {"use_karras_sigmas": True}])
@pytest.mark.parametrize("steps", [1, 3, 12])
def test_every_coefficient_is_diffusers_own_to_the_last_bit(options: dict[str, Any], steps: int) -> None:
    theirs, ours = LMSDiscreteScheduler(**options), LMSScheduler(**options)
    for scheduler in (theirs, ours):
        scheduler.set_timesteps(steps)
    for step in range(steps):
        order = min(step + 1, 4)
        for back in range(order):
            assert ours.get_lms_coefficient(order, step, back) == theirs.get_lms_coefficient(order, step, back)
