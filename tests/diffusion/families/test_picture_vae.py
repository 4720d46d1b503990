import pytest
import torch
from diffusers import AutoencoderKL

from webui.diffusion.families.picture_vae import PictureVae

CPU = torch.device("cpu")


def _vae(**more: object) -> AutoencoderKL:
    torch.manual_seed(0)
    return AutoencoderKL(
        block_out_channels=(8, 8), down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2, latent_channels=4, norm_num_groups=4, layers_per_block=1, **more,
    ).eval()  # fmt: skip


def _overflowing(vae: AutoencoderKL) -> AutoencoderKL:
    """One whose first layer gives more than float16 can hold; what comes behind it makes that small again."""
    with torch.no_grad():
        vae.decoder.conv_in.weight.mul_(200_000)
        vae.encoder.conv_in.weight.mul_(200_000)
    return vae


@pytest.fixture
def latents() -> torch.Tensor:
    return torch.randn(1, 4, 4, 4, generator=torch.Generator().manual_seed(1))


def test_an_autoencoder_that_overflows_in_half_precision_decodes_in_float32(latents: torch.Tensor) -> None:
    half = _overflowing(_vae()).to(torch.float16)
    assert not half.decode(latents.half()).sample.isfinite().all()
    made = PictureVae(half, device=CPU, dtype=torch.float16).decode(latents.half())
    expected = PictureVae(half.float(), device=CPU, dtype=torch.float32).decode(latents.half().float())
    assert made.std() > 0
    assert (made == expected).all()


def test_it_encodes_in_float32_too_and_gives_latents_of_its_dtype() -> None:
    half = _overflowing(_vae()).to(torch.float16)
    pictures = torch.rand(1, 3, 8, 8, generator=torch.Generator().manual_seed(1)) * 2 - 1
    made = PictureVae(half, device=CPU, dtype=torch.float16).encode(pictures)
    assert made.dtype == torch.float16
    assert made.isfinite().all()


def test_its_own_weights_stay_as_they_were(latents: torch.Tensor) -> None:
    half = _overflowing(_vae()).to(torch.float16)
    before = {name: each.clone() for name, each in half.state_dict().items()}
    PictureVae(half, device=CPU, dtype=torch.float16).decode(latents.half())
    assert half.dtype == torch.float16
    assert all(torch.equal(each, before[name]) for name, each in half.state_dict().items())
