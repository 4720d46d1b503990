from types import SimpleNamespace

import torch

from webui.diffusion.start import picture_generators, pure_noise


def test_each_picture_of_a_batch_starts_from_the_noise_of_its_own_seed() -> None:
    info = SimpleNamespace(latent_channels=4, latent_scale=8)
    family = SimpleNamespace(info=info, dtype=torch.float32, device=torch.device("cpu"))

    def noise(*seeds: int) -> torch.Tensor:
        generators = picture_generators(seeds)
        return pure_noise(family, width=64, height=32, generators=generators, init_noise_sigma=2.0)

    assert noise(5, 6).shape == (2, 4, 4, 8)
    assert torch.equal(noise(5, 6)[1], noise(6)[0])
    assert torch.equal(noise(5), 2.0 * torch.randn(1, 4, 4, 8, generator=torch.Generator().manual_seed(5)))
