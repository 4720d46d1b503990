"""Trains the autoencoder: diffusers' AutoencoderTiny, 8 latent channels, 8 times smaller each way.

The first three channels are pulled towards the mean colour of each 8x8 cell, without which colours take hours to come
right; the other five are free to hold edges. The decoder sees slightly noisy latents, so that it forgives a denoiser.
"""

from dataclasses import dataclass
from pathlib import Path

import torch
from diffusers import AutoencoderTiny
from torch import Tensor
from torch.nn import functional

from bundled_model.learning.pictures import PicturePool
from bundled_model.learning.training import Budget, Stop, Trainer, generator_for, to_fastest

LATENT_CHANNELS = 8
COLOUR_SCALE = 1.6
"""Latent units for one unit of colour in -1..1: gives the three colour channels a deviation near 1."""


@dataclass(frozen=True, slots=True)
class AutoencoderSettings:
    """What the autoencoder is and how it is trained; sizes in pixels."""

    width: int = 48
    encoder_blocks: tuple[int, int, int, int] = (0, 1, 2, 2)
    decoder_blocks: tuple[int, int, int, int] = (3, 3, 2, 1)
    crop: int = 128
    batch: int = 8
    pool: int = 3000
    peak_rate: float = 2.5e-3
    noise: float = 0.08
    seed: int = 11


def build_autoencoder(settings: AutoencoderSettings) -> AutoencoderTiny:
    """An untrained autoencoder: pictures in -1..1, shape (n, 3, h, w), to latents (n, 8, h/8, w/8)."""
    torch.manual_seed(settings.seed)
    return AutoencoderTiny(
        encoder_block_out_channels=(settings.width,) * 4,
        decoder_block_out_channels=(settings.width,) * 4,
        num_encoder_blocks=settings.encoder_blocks,
        num_decoder_blocks=settings.decoder_blocks,
        latent_channels=LATENT_CHANNELS,
        upsample_fn="nearest",
    )


def edges(pictures: Tensor) -> tuple[Tensor, Tensor]:
    """Differences between neighbours, down and across."""
    return pictures[:, :, 1:] - pictures[:, :, :-1], pictures[:, :, :, 1:] - pictures[:, :, :, :-1]


class AutoencoderLoss:
    """Reconstruction with its edges, mean colours in three channels, and unit spread in each channel."""

    def __init__(self, model: AutoencoderTiny, pool: PicturePool, settings: AutoencoderSettings) -> None:
        """Draw crops from `pool` for `model`."""
        self.model = model
        self.pool = pool
        self.settings = settings
        self.device = next(model.parameters()).device

    def __call__(self, step: int) -> Tensor:
        """Loss of one step (a scalar)."""
        generator = generator_for(self.settings.seed, step)
        crops = self.pool.crops(self.settings.batch, self.settings.crop, generator).to(self.device)
        crops = crops.contiguous(memory_format=torch.channels_last)
        with torch.autocast(self.device.type, dtype=torch.bfloat16):
            latents = self.model.encoder(crops)
            noise = torch.randn(latents.shape, generator=generator).to(self.device)
            seen = latents + self.settings.noise * noise
            restored = self.model.decoder(seen)
        latents, restored = latents.float(), restored.float()
        return self._reconstruction(restored, crops) + self._shape(latents, crops)

    def _reconstruction(self, restored: Tensor, crops: Tensor) -> Tensor:
        loss = functional.l1_loss(restored, crops) + 2 * functional.mse_loss(restored, crops)
        for mine, true in zip(edges(restored), edges(crops), strict=True):
            loss = loss + functional.l1_loss(mine, true)
        return loss

    def _shape(self, latents: Tensor, crops: Tensor) -> Tensor:
        colours = COLOUR_SCALE * functional.avg_pool2d(crops, 8)
        colour = functional.mse_loss(latents[:, :3], colours)
        detail = latents[:, 3:]
        mean = detail.mean(dim=(0, 2, 3)).square().mean()
        spread = (detail.std(dim=(0, 2, 3)) - 1).square().mean()
        return 0.3 * colour + 0.05 * (mean + spread)


def train_autoencoder(folder: Path, budget: Budget, stop: Stop, settings: AutoencoderSettings | None = None) -> bool:
    """Train for the budget, from `folder/autoencoder.pt` where it exists; whether the budget was used up."""
    settings = settings or AutoencoderSettings()
    model = build_autoencoder(settings)
    to_fastest(model)
    loss = AutoencoderLoss(model, PicturePool(settings.pool, settings.seed), settings)
    trainer = Trainer(model, loss, folder / "autoencoder.pt", peak_rate=settings.peak_rate, averaging=0.99)
    return trainer.train(budget, stop)


def load_autoencoder(folder: Path, settings: AutoencoderSettings | None = None) -> AutoencoderTiny:
    """The trained autoencoder (averaged weights), ready to use."""
    model = build_autoencoder(settings or AutoencoderSettings())
    state = torch.load(folder / "autoencoder.pt", map_location="cpu", weights_only=True)
    model.load_state_dict(state["average"])
    to_fastest(model)
    return model.eval().requires_grad_(False)
