"""What may change: masks as latents have them, and what is put back after each move."""

import pytest
import torch

from webui.diffusion.masking import KeptPart, PutBack, hard_latent_mask, masked_pictures, soft_latent_mask


class _LevelsOfFour:
    """A walk of four moves whose forward process adds the level's number, so that a result tells where it is from."""

    timesteps = torch.tensor([4, 3, 2, 1])

    def noised(self, clean: torch.Tensor, noise: torch.Tensor, index: int) -> torch.Tensor:
        return clean + noise * (4 - index)


def _mask(*rows: list[float]) -> torch.Tensor:
    return torch.tensor(rows)[None, None]


def _put_back(mask: torch.Tensor, index: int, *, soft: bool) -> list[float]:
    clean, noise = torch.full_like(mask, 10.0), torch.full_like(mask, 1.0)
    put_back = PutBack(_LevelsOfFour(), KeptPart(clean=clean, noise=noise, mask=mask, soft=soft))  # type: ignore[arg-type]
    return put_back(torch.zeros_like(mask), index).flatten().tolist()


def test_what_a_hard_mask_keeps_is_the_picture_noised_to_the_level_that_was_reached() -> None:
    assert _put_back(_mask([0.0, 1.0]), 0, soft=False) == [13.0, 0.0]
    assert _put_back(_mask([0.0, 1.0]), 3, soft=False) == [10.0, 0.0], "after the last move it is the picture itself"


@pytest.mark.parametrize(
    ("index", "kept"),
    [(0, [True, True, True, False]), (1, [True, True, False, False]), (2, [True, False, False, False]),
     (3, [True, False, False, False])],
)  # fmt: skip
def test_a_soft_masks_grey_says_at_which_share_of_the_walk_a_latent_is_freed(index: int, kept: list[bool]) -> None:
    grey = _mask([0.0, 0.25, 0.5, 1.0])
    assert [value != 0 for value in _put_back(grey, index, soft=True)] == kept


def test_a_sharp_mask_gives_each_latent_the_value_of_its_first_pixel() -> None:
    mask = torch.zeros(1, 1, 8, 16)
    mask[..., 0, 8] = 1.0
    mask[..., 4:, :4] = 1.0
    assert hard_latent_mask(mask, scale=8, blurred=False).flatten().tolist() == [0.0, 1.0]


def test_a_blurred_mask_is_scaled_and_rounded() -> None:
    mask = torch.zeros(1, 1, 16, 32)
    mask[..., 16:] = 0.9
    latent = hard_latent_mask(mask, scale=8, blurred=True)
    assert latent.shape == (1, 1, 2, 4)
    assert latent[0, 0, 0].tolist() == [0.0, 0.0, 1.0, 1.0]


def test_a_mask_smaller_than_a_latent_still_frees_what_it_touches() -> None:
    mask = torch.zeros(1, 1, 16, 16)
    mask[..., 11, 13] = 1.0
    assert hard_latent_mask(mask, scale=8, blurred=False).flatten().tolist() == [0.0, 0.0, 0.0, 1.0]


def test_a_soft_masks_latent_has_the_mean_grey_of_its_pixels() -> None:
    mask = torch.zeros(1, 1, 8, 8)
    mask[..., :4] = 0.5
    assert soft_latent_mask(mask, scale=8).item() == pytest.approx(0.25)


def test_an_inpainting_model_is_shown_grey_where_the_picture_may_change() -> None:
    pictures = torch.full((1, 3, 1, 2), -1.0)
    assert masked_pictures(pictures, _mask([0.0, 1.0]))[0, 0].flatten().tolist() == [-1.0, 0.0]
