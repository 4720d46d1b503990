import pytest
import torch

from webui.diffusion.latent_histograms import BINS, histograms, value_range


def test_every_latent_is_counted_once_also_beyond_the_range() -> None:
    latents = torch.randn(4, 9, 7, generator=torch.Generator().manual_seed(2))
    for far in (latents, latents * 100):
        counts = histograms(far, *value_range(latents))
        assert [len(each) for each in counts] == [BINS] * 4
        assert [sum(each) for each in counts] == [63] * 4


def test_the_range_holds_all_values_with_room_at_both_ends() -> None:
    low, high = value_range(torch.tensor([[[-1.0, 3.0]]]))
    assert (low, high) == pytest.approx((-1.4, 3.4))


def test_equal_values_have_a_range_too() -> None:
    low, high = value_range(torch.zeros(1, 2, 2))
    assert low < 0 < high
    assert sum(histograms(torch.zeros(1, 2, 2), low, high)[0]) == 4
