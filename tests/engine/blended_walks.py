"""What holds of blends and points with any family, whatever its text encoders say."""

from typing import Any

import torch

from tests.engine.recorded_walks import Recorded, assert_same_walk
from webui.diffusion.families.base import Family
from webui.generation.points import joined
from webui.generation.request import GenerationRequest

LONG = " ".join(["the cat, a dog,"] * 20)
"""Two of CLIP's chunks."""
SLIDER: dict[str, Any] = {"low": "the cat", "high": LONG, "value": 1.0}


def assert_blends(request: GenerationRequest, family: Family) -> None:
    """That one idea is its prompt, that ideas of any length can be blended, and that points are what they are alone."""
    request = request.with_changes(batch_size=1, steps=2, width=64, height=64)
    short = request.with_changes(prompt="the cat")
    one = request.with_changes(blend={"ideas": [{"prompt": "the cat"}]})
    assert_same_walk(Recorded(one, family), Recorded(short, family))
    points = [
        short,
        short.with_changes(blend=_blend("linear"), seed=8),
        short.with_changes(blend=_blend("spherical"), cfg_scale=2.0),
        short.with_changes(sliders=[SLIDER], noise_turns=[{"seed": 1, "share": 0.3}]),
    ]
    together = Recorded(joined(points), family)
    alone = [Recorded(point, family).end for point in points]
    assert torch.isfinite(together.end).all()
    torch.testing.assert_close(together.end, torch.cat(alone), rtol=1e-3, atol=1e-3)
    assert_same_walk(together.taken_up(1), together)
    whole = Recorded(short.with_changes(sliders=[SLIDER]), family)
    torch.testing.assert_close(whole.end, Recorded(short.with_changes(prompt=LONG), family).end, rtol=1e-3, atol=1e-3)


def _blend(way: str) -> dict[str, Any]:
    return {"ideas": [{"prompt": "the cat", "weight": 0.4}, {"prompt": LONG, "weight": 0.6}], "way": way}
