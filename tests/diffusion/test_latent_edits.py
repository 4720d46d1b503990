import base64

import numpy as np
import pytest
import torch

from webui.diffusion.latent_edits import edited
from webui.errors import InvalidRequest
from webui.generation.latent_edits import (
    AddNoise,
    BlurLatents,
    LatentMask,
    PaintLatents,
    ScaleChannel,
    SwapChannels,
)

SIZES = pytest.mark.parametrize("channels", [4, 16, 128])


def _latents(channels: int = 4, height: int = 6, width: int = 10) -> torch.Tensor:
    return torch.randn(channels, height, width, generator=torch.Generator().manual_seed(5))


def _mask(mask: np.ndarray) -> LatentMask:
    height, width = mask.shape
    return LatentMask(width=width, height=height, bits=base64.b64encode(np.packbits(mask.ravel()).tobytes()).decode())


def test_without_edits_the_latents_are_the_very_same() -> None:
    latents = _latents()
    assert edited(latents, ()) is latents


@SIZES
def test_a_channel_is_scaled_and_shifted_and_the_others_stay(channels: int) -> None:
    latents = _latents(channels)
    last = channels - 1
    result = edited(latents, [ScaleChannel(channel=last, factor=2.0, shift=-0.5)])
    assert torch.equal(result[last], latents[last] * 2 - 0.5)
    assert torch.equal(result[:last], latents[:last])
    assert torch.equal(edited(latents, [ScaleChannel(factor=2.0)]), latents * 2)


@SIZES
def test_two_channels_change_places_and_back(channels: int) -> None:
    latents, swap = _latents(channels), SwapChannels(one=0, other=channels - 1)
    once = edited(latents, [swap])
    assert torch.equal(once[0], latents[-1])
    assert torch.equal(once[-1], latents[0])
    assert torch.equal(edited(latents, [swap, swap]), latents)


def test_noise_is_that_of_its_seed_also_for_one_channel_alone() -> None:
    latents = torch.zeros(4, 64, 64)
    everywhere = edited(latents, [AddNoise(seed=3, amount=0.5)])
    alone = edited(latents, [AddNoise(seed=3, amount=0.5, channel=2)])
    assert float(everywhere.std()) == pytest.approx(0.5, rel=0.05)
    assert torch.equal(alone[2], everywhere[2])
    assert not alone[[0, 1, 3]].any()
    assert not torch.equal(everywhere, edited(latents, [AddNoise(seed=4, amount=0.5)]))


def test_blur_spreads_a_point_by_its_sigma_and_keeps_the_sum() -> None:
    point = torch.zeros(4, 41, 41)
    point[1, 20, 20] = 1.0
    blurred = edited(point, [BlurLatents(channel=1, sigma=2.0)])[1]
    places = torch.arange(41.0) - 20
    assert float(blurred.sum()) == pytest.approx(1.0, abs=1e-5)
    assert float((blurred.sum(0) * places**2).sum()) == pytest.approx(4.0, rel=0.05)
    assert torch.allclose(blurred, blurred.T)


def test_blur_leaves_an_even_channel_as_it_is_up_to_its_edges() -> None:
    even = torch.full((4, 6, 10), 0.75)
    assert torch.allclose(edited(even, [BlurLatents(sigma=9.0)]), even)


def test_paint_sets_the_masked_latents_alone() -> None:
    latents, mask = _latents(), np.zeros((6, 10), bool)
    mask[1, 3:5] = mask[5, 9] = True
    result = edited(latents, [PaintLatents(channel=2, value=1.5, mask=_mask(mask))])
    where = torch.from_numpy(mask)
    assert (result[2][where] == 1.5).all()
    assert torch.equal(result[2][~where], latents[2][~where])
    assert torch.equal(result[[0, 1, 3]], latents[[0, 1, 3]])


def test_edits_hold_in_their_order() -> None:
    latents = _latents()
    first, second = ScaleChannel(channel=0, factor=3.0), SwapChannels(one=0, other=1)
    assert torch.equal(edited(latents, [first, second])[1], latents[0] * 3)
    assert torch.equal(edited(latents, [second, first])[1], latents[0])


@pytest.mark.parametrize(
    ("edit", "field"),
    [
        (ScaleChannel(channel=4), "edits.1.channel"),
        (SwapChannels(one=0, other=9), "edits.1.other"),
        (PaintLatents(mask=_mask(np.ones((3, 3), bool))), "edits.1.mask"),
    ],
)
def test_what_does_not_fit_the_latents_is_named(edit: ScaleChannel, field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        edited(_latents(), [ScaleChannel(), edit])
    assert refused.value.field == field
