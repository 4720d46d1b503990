import math

import pytest
import torch

from webui.diffusion.latent_statistics import channel_statistics, named


def _noise(channels: int = 2, side: int = 64) -> torch.Tensor:
    return torch.randn(channels, side, side, generator=torch.Generator().manual_seed(0))


def test_noise_is_normal_and_has_its_share_of_high_frequencies() -> None:
    for channel in channel_statistics(_noise()):
        assert channel.mean == pytest.approx(0, abs=0.05)
        assert channel.deviation == pytest.approx(1, abs=0.05)
        assert channel.kurtosis == pytest.approx(0, abs=0.2)
        assert channel.high_frequencies == pytest.approx(0.75, abs=0.03)


def test_mean_and_spread_follow_the_values_and_the_rest_does_not() -> None:
    before, after = channel_statistics(_noise())[0], channel_statistics(_noise() * 3 + 5)[0]
    assert after.mean == pytest.approx(before.mean * 3 + 5, abs=1e-4)
    assert after.deviation == pytest.approx(before.deviation * 3, rel=1e-4)
    assert after.kurtosis == pytest.approx(before.kurtosis, abs=1e-3)
    assert after.high_frequencies == pytest.approx(before.high_frequencies, abs=1e-3)


def test_smooth_latents_have_no_high_frequencies_and_a_chessboard_nothing_else() -> None:
    slope = torch.linspace(-1, 1, 64)[None, None].expand(1, 64, 64)
    chessboard = (torch.arange(64)[:, None] + torch.arange(64)[None]).remainder(2).float()[None]
    assert channel_statistics(slope)[0].high_frequencies < 0.05
    assert channel_statistics(chessboard)[0].high_frequencies == pytest.approx(1)


def test_a_few_far_values_make_heavy_tails() -> None:
    latents = _noise()
    latents[0, :2, :2] = 20
    one, other = channel_statistics(latents)
    assert one.kurtosis > 10 > other.kurtosis


def test_heavy_tails_count_by_their_logarithm_so_that_a_smooth_picture_is_no_strange_one() -> None:
    latents = _noise()
    latents[0, :2, :2] = 20
    latents[1, :2, :2] = 100
    one, other = channel_statistics(latents)
    told = named([one, other])
    assert other.kurtosis - one.kurtosis > 100
    assert told["channel 2 tails"] == pytest.approx(math.log(other.kurtosis + 3))
    assert told["channel 2 tails"] - told["channel 1 tails"] < 3
    assert named(channel_statistics(torch.full((1, 8, 9), 3.0)))["channel 1 tails"] == pytest.approx(math.log(3))


def test_even_latents_have_no_spread_and_are_no_fault() -> None:
    (channel,) = channel_statistics(torch.full((1, 8, 9), 3.0))
    assert (channel.mean, channel.deviation, channel.kurtosis, channel.high_frequencies) == (3, 0, 0, 0)


def test_films_and_half_precision_are_measured_too() -> None:
    film = _noise().reshape(2, 4, 16, 64)
    assert channel_statistics(film)[1].deviation == pytest.approx(1, abs=0.05)
    assert channel_statistics(film.half())[1].deviation == pytest.approx(1, abs=0.05)


def test_the_names_count_channels_from_one() -> None:
    names = list(named(channel_statistics(_noise())))
    assert names[:4] == [
        "channel 1 mean", "channel 1 deviation", "channel 1 tails", "channel 1 high frequencies"
    ]  # fmt: skip
    assert names[4] == "channel 2 mean"
