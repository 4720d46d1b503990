"""Trains the autoencoder: diffusers' AutoencoderTiny, 16 latent channels, 8 times smaller each way.

The first three channels are pulled towards the mean colour of each 8x8 cell, without which colours take hours to come
right; the others are free to hold edges. The decoder sees slightly noisy latents, so that it forgives a denoiser.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderTiny
from torch import Tensor
from torch.nn import functional

from bundled_model.drawing.painter import SIZES, paint
from bundled_model.learning.drawings import DrawingStore, size_of
from bundled_model.learning.pictures import to_bytes, to_tensor
from bundled_model.learning.stopping import Stop
from bundled_model.learning.training import Budget, Trainer, generator_for, to_fastest
from bundled_model.scenes.sampling import numbered_scene
from bundled_model.scenes.scene import Style

LATENT_CHANNELS = 16
COLOUR_SCALE = 1.6
"""Latent units for one unit of colour in -1..1: gives the three colour channels a deviation near 1."""
AUTOENCODER_FILE = "autoencoder.pt"
MEASURED_SERIES = 12
"""Seed of the series of scenes on whose drawings fidelity is measured."""
MEASURED = 64
"""Drawings of each style that fidelity is measured on."""


@dataclass(frozen=True, slots=True)
class AutoencoderSettings:
    """What the autoencoder is and how it is trained; sizes in pixels."""

    width: int = 48
    encoder_blocks: tuple[int, int, int, int] = (0, 1, 2, 2)
    decoder_blocks: tuple[int, int, int, int] = (3, 3, 2, 1)
    crop: int = 128
    batch: int = 8
    peak_rate: float = 2.5e-3
    noise: float = 0.08
    seed: int = 11


def build_autoencoder(settings: AutoencoderSettings) -> AutoencoderTiny:
    """An untrained autoencoder: pictures in -1..1, shape (n, 3, h, w), to latents (n, 16, h/8, w/8)."""
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

    def __init__(self, model: AutoencoderTiny, drawings: DrawingStore, settings: AutoencoderSettings) -> None:
        """Crops of `drawings` for `model`."""
        self.model = model
        self.drawings = drawings
        self.settings = settings
        self.device = next(model.parameters()).device

    def __call__(self, step: int) -> Tensor:
        """Loss of one step (a scalar)."""
        generator = generator_for(self.settings.seed, step)
        crops = self.drawings.crops(self.settings.batch, self.settings.crop, generator).to(self.device)
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


def train_autoencoder(
    folder: Path, drawings: DrawingStore, budget: Budget, stop: Stop, settings: AutoencoderSettings | None = None
) -> bool:
    """Train for the budget, from `folder/autoencoder.pt` where it exists; whether the budget was used up."""
    settings = settings or AutoencoderSettings()
    model = build_autoencoder(settings)
    to_fastest(model)
    loss = AutoencoderLoss(model, drawings, settings)
    trainer = Trainer(model, loss, folder / AUTOENCODER_FILE, peak_rate=settings.peak_rate, averaging=0.99)
    return trainer.train(budget, stop)


def load_autoencoder(folder: Path, settings: AutoencoderSettings | None = None) -> AutoencoderTiny:
    """The trained autoencoder (averaged weights), ready to use."""
    model = build_autoencoder(settings or AutoencoderSettings())
    state = torch.load(folder / AUTOENCODER_FILE, map_location="cpu", weights_only=True)
    model.load_state_dict(state["average"])
    to_fastest(model)
    return model.eval().requires_grad_(False)


def psnr(folder: Path, settings: AutoencoderSettings | None = None, count: int = MEASURED) -> dict[str, float]:
    """How well the trained autoencoder restores drawings: the mean PSNR in dB by style, and over all (as 'all').

    Measured in single precision on bytes, on `count` drawings of each style, of combinations never trained on; of their
    sizes, the shares are those of the training.
    """
    model = load_autoencoder(folder, settings)
    found: dict[str, list[float]] = {style: [] for style in Style}
    index = 0
    while any(len(values) < count for values in found.values()):
        scene, seed = numbered_scene(MEASURED_SERIES, index, held_out=True)
        values = found[scene.style]
        if len(values) < count:
            values.append(_psnr_of(model, paint(scene, seed, SIZES[size_of(index)]).pixels))
        index += 1
    means = {style: float(np.mean(values)) for style, values in found.items()}
    means["all"] = float(np.mean(list(means.values())))
    return {name: round(value, 2) for name, value in means.items()}


@torch.inference_mode()
def _psnr_of(model: AutoencoderTiny, picture: np.ndarray) -> float:
    """Peak signal to noise ratio of the restored picture, in dB."""
    given = to_tensor(picture[None]).to(next(model.parameters()).device, memory_format=torch.channels_last)
    restored = to_bytes(model.decoder(model.encoder(given)))[0]
    error = np.square(restored.astype(np.float64) - picture).mean()
    return float(10 * np.log10(255**2 / max(error, 1e-6)))
