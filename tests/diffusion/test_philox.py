import numpy as np
import pytest
import torch

from webui.diffusion.philox import philox4x32, philox_noise


@pytest.mark.parametrize(
    ("counter", "key", "words"),
    [
        ([0] * 4, [0] * 2, [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]),
        ([0xFFFFFFFF] * 4, [0xFFFFFFFF] * 2, [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]),
        (
            [0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344],
            [0xA4093822, 0x299F31D0],
            [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1],
        ),
    ],
)
def test_the_words_are_those_of_random123s_known_answers(counter: list[int], key: list[int], words: list[int]) -> None:
    drawn = philox4x32(np.array(counter, dtype=np.uint32)[:, None], (key[0], key[1]))
    assert drawn[:, 0].tolist() == words


def test_the_noise_is_what_a_cuda_card_gives_for_seed_zero() -> None:
    """`torch.manual_seed(0); torch.randn(2, 4, device="cuda")`, as printed by a CUDA build of PyTorch."""
    known = [[-0.9247, -0.4253, -2.6438, 0.1452], [-0.1209, -0.5797, -0.6229, -0.3284]]
    torch.testing.assert_close(philox_noise(0, (2, 4)), torch.tensor(known), atol=5e-5, rtol=0)


def test_large_seeds_and_later_draws_give_noise_of_their_own() -> None:
    drawn = [philox_noise(1, (4,)), philox_noise(1 + 2**32, (4,)), philox_noise(1, (4,), draw=1)]
    assert len({tuple(noise.tolist()) for noise in drawn}) == 3


def test_the_noise_is_standard_normal() -> None:
    noise = philox_noise(3, (4, 128, 128))
    assert abs(float(noise.mean())) < 0.02
    assert abs(float(noise.std()) - 1) < 0.02
