"""Makes the autoencoder: diffusers' AutoencoderTiny, 16 latent channels, 8 times smaller each way.

Its encoder is not trained but found: the best linear one, whose latents are the 16 principal components of the 192
values of an 8x8 cell. So the latents are known in a minute, and stay the same however long the decoder is trained; the
first three are the mean colour, which a denoiser learns first and most. The decoder sees what is around a cell, which
no linear one does, and slightly noisy latents, so that it forgives a denoiser.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderTiny
from torch import Tensor, nn
from torch.nn import functional

from bundled_model.drawing.painter import SIZES, paint
from bundled_model.learning.drawings import CELL, DrawingStore, size_of
from bundled_model.learning.pictures import to_bytes, to_tensor
from bundled_model.learning.stopping import Stop
from bundled_model.learning.training import Budget, Trainer, generator_for, to_fastest
from bundled_model.scenes.sampling import numbered_scene
from bundled_model.scenes.scene import Style

LATENT_CHANNELS = 16
LARGEST = 0.6
"""Deviation of the first latent: small beside 3, where AutoencoderTiny's decoder cuts latents off."""
EVENNESS = 0.5
"""Exponent of the deviations of the components, relative to the first: 1 leaves the many small ones to be learned last
of all, 0 makes them as loud as the colour."""
FITTED = 512
"""Crops that the encoder is found from."""
AUTOENCODER_FILE = "autoencoder.pt"
ENCODER_FILE = "encoder.pt"
MEASURED_SERIES = 12
"""Seed of the series of scenes on whose drawings fidelity is measured."""
MEASURED = 64
"""Drawings of each style that fidelity is measured on."""


@dataclass(frozen=True, slots=True)
class AutoencoderSettings:
    """What the autoencoder is and how its decoder is trained; sizes in pixels."""

    width: int = 48
    decoder_blocks: tuple[int, int, int, int] = (3, 3, 2, 1)
    crop: int = 128
    batch: int = 8
    peak_rate: float = 2.5e-3
    matrix_rate: float = 0.004
    """It has no norms, and falls apart at the usual rate."""
    noise: float = 0.08
    """Deviation of the most noise that the decoder is shown; a latent's own is 0.26."""
    seed: int = 11


def build_autoencoder(settings: AutoencoderSettings) -> AutoencoderTiny:
    """An untrained autoencoder: pictures in -1..1, shape (n, 3, h, w), to latents (n, 16, h/8, w/8)."""
    torch.manual_seed(settings.seed)
    return AutoencoderTiny(
        encoder_block_out_channels=(settings.width,) * 4,
        decoder_block_out_channels=(settings.width,) * 4,
        num_encoder_blocks=(0, 0, 0, 0),
        num_decoder_blocks=settings.decoder_blocks,
        latent_channels=LATENT_CHANNELS,
        upsample_fn="nearest",
    )


def principal_components(cells: Tensor) -> tuple[Tensor, Tensor]:
    """The map from cells to latents that loses least, and what it makes of a cell of zeros.

    Args:
        cells: Values in 0..1, shape (n, 3, 8, 8).

    Returns:
        Rows of shape (16, 3, 8, 8), and offsets of shape (16,).
    """
    flat = cells.flatten(1).double()
    mean = flat.mean(dim=0)
    spread, directions = torch.linalg.eigh((flat - mean).T @ (flat - mean) / len(flat))
    deviations = spread.flip(0)[:LATENT_CHANNELS].clamp(min=1e-12).sqrt()
    rows = directions.flip(1)[:, :LATENT_CHANNELS].T
    wanted = LARGEST * (deviations / deviations[0]) ** EVENNESS
    rows = rows * (wanted / deviations)[:, None]
    return rows.view(LATENT_CHANNELS, 3, CELL, CELL).float(), -(rows @ mean).float()


@torch.no_grad()
def set_encoder(model: AutoencoderTiny, rows: Tensor, offsets: Tensor) -> None:
    """Write a linear map of 8x8 cells into the encoder's convolutions.

    Its three strided ones have kernels of 3x3, of which the lower right 2x2 gathers a cell's quarters: 3 values become
    12, 12 become 48, and the third sums what the rows ask of 4 times 48.
    """
    layers = [layer for layer in model.encoder.layers if isinstance(layer, nn.Conv2d)]
    for layer in layers:
        nn.init.zeros_(layer.weight)
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)
    first, second, third, fourth, last = layers
    for channel in range(3):
        first.weight[channel, channel, 1, 1] = 1
    for layer, channels in ((second, 3), (third, 12)):
        for quarter in range(4):
            for channel in range(channels):
                layer.weight[quarter * channels + channel, channel, 1 + quarter // 2, 1 + quarter % 2] = 1
    for y in range(CELL):
        for x in range(CELL):
            # From the coarsest to the finest bit of the place: the fourth layer, the third and the second.
            channel = 12 * (2 * (y >> 1 & 1) + (x >> 1 & 1)) + 3 * (2 * (y & 1) + (x & 1))
            tap = (1 + (y >> 2), 1 + (x >> 2))
            fourth.weight[:LATENT_CHANNELS, channel : channel + 3, tap[0], tap[1]] = rows[:, :, y, x]
    for channel in range(LATENT_CHANNELS):
        last.weight[channel, channel, 1, 1] = 1
    assert last.bias is not None
    last.bias.copy_(offsets)


def find_encoder(folder: Path, drawings: DrawingStore) -> None:
    """Find the encoder from drawings and keep it in `folder/encoder.pt`; nothing, where it is there."""
    file = folder / ENCODER_FILE
    if file.exists():
        return
    generator = generator_for(AutoencoderSettings().seed, 0)
    crops = torch.cat([drawings.crops(16, 128, generator) for _ in range(FITTED // 16)]).add(1).div(2)
    cells = functional.unfold(crops, CELL, stride=CELL).transpose(1, 2).reshape(-1, 3, CELL, CELL)
    rows, offsets = principal_components(cells)
    torch.save({"rows": rows, "offsets": offsets}, file)


def load_encoder(folder: Path, settings: AutoencoderSettings | None = None) -> AutoencoderTiny:
    """The autoencoder with the encoder of the folder and a decoder that knows nothing yet."""
    model = build_autoencoder(settings or AutoencoderSettings())
    found = torch.load(folder / ENCODER_FILE, map_location="cpu", weights_only=True)
    set_encoder(model, found["rows"], found["offsets"])
    to_fastest(model)
    return model.eval().requires_grad_(False)


def edges(pictures: Tensor) -> tuple[Tensor, Tensor]:
    """Differences between neighbours, down and across."""
    return pictures[:, :, 1:] - pictures[:, :, :-1], pictures[:, :, :, 1:] - pictures[:, :, :, :-1]


class DecoderLoss:
    """How far restored drawings, with their edges, are from the true ones."""

    def __init__(
        self,
        encode: Callable[[Tensor], Tensor],
        decoder: nn.Module,
        drawings: DrawingStore,
        settings: AutoencoderSettings,
    ) -> None:
        """Crops of `drawings`, encoded by `encode`, for `decoder`."""
        self.encode = encode
        self.decoder = decoder
        self.drawings = drawings
        self.settings = settings
        self.device = next(decoder.parameters()).device

    def __call__(self, step: int) -> Tensor:
        """Loss of one step (a scalar)."""
        generator = generator_for(self.settings.seed, step)
        crops = self.drawings.crops(self.settings.batch, self.settings.crop, generator).to(self.device)
        crops = crops.contiguous(memory_format=torch.channels_last)
        with torch.no_grad():
            latents = self.encode(crops)
        levels = self.settings.noise * torch.rand(len(latents), 1, 1, 1, generator=generator)
        noise = levels * torch.randn(latents.shape, generator=generator)
        with torch.autocast(self.device.type, dtype=torch.bfloat16):
            restored = self.decoder(latents + noise.to(self.device))
        restored = restored.float()
        loss = functional.l1_loss(restored, crops) + 4 * functional.mse_loss(restored, crops)
        for mine, true in zip(edges(restored), edges(crops), strict=True):
            loss = loss + 0.5 * functional.l1_loss(mine, true)
        return loss


def train_autoencoder(
    folder: Path, drawings: DrawingStore, budget: Budget, stop: Stop, settings: AutoencoderSettings | None = None
) -> bool:
    """Train the decoder for the budget, from `folder/autoencoder.pt` where it exists; whether the budget was used up.

    The encoder must have been found before (`find_encoder`).
    """
    settings = settings or AutoencoderSettings()
    model = load_encoder(folder, settings)
    model.decoder.requires_grad_(True)
    trainer = Trainer(
        model.decoder,
        DecoderLoss(model.encoder, model.decoder, drawings, settings),
        folder / AUTOENCODER_FILE,
        peak_rate=settings.peak_rate,
        matrix_rate=settings.matrix_rate,
        averaging=0.995,
    )
    return trainer.train(budget, stop)


def load_autoencoder(folder: Path, settings: AutoencoderSettings | None = None) -> AutoencoderTiny:
    """The autoencoder with its trained decoder (averaged weights), ready to use."""
    model = load_encoder(folder, settings)
    state = torch.load(folder / AUTOENCODER_FILE, map_location="cpu", weights_only=True)
    model.decoder.load_state_dict(state["average"])
    return model


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
