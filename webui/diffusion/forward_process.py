"""The forward process on a picture: noise added level by level, in pixels and in latents (Ho et al. 2020, equation 4).

Level 0 is the picture itself; level j is where a walk of strength j / steps begins along a schedule, and the last level
is its noisiest one. Everything is shown as networks see it, with squares of signal and noise that add to 1.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from webui.diffusion.families.base import Family, Latents
from webui.diffusion.noise import draw_noise, picture_generators
from webui.diffusion.samplers import NoiseSchedule, walked_steps
from webui.diffusion.solvers import Scaling, solver_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A noise level: `sigma` is noise over signal, `strength` what a walk from a picture needs to begin there.

    `timestep` is None and `sigma` 0 for the clean picture. `signal` and `noise` are the factors of what is mixed.
    """

    position: int
    sigma: float
    timestep: float | None
    strength: float
    signal: float
    noise: float

    @property
    def snr_db(self) -> float | None:
        """The ratio of the powers of signal and noise in decibels; None where there is no noise."""
        return -20 * math.log10(self.sigma) if self.sigma > 0 else None

    def mixed(self, clean: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
        """What is seen at this level."""
        return self.signal * clean + self.noise * noise


def forward_levels(
    *,
    sampler: str,
    schedule: str,
    steps: int,
    config: Mapping[str, Any],
    architecture: str,
    shift: float | None = None,
) -> list[Level]:
    """The levels of a schedule from the clean picture to its beginning, `steps` + 1 of them.

    Raises:
        InvalidRequest: the model cannot be walked with the sampler.
    """
    flow = solver_for(sampler, config).scaling is Scaling.FLOW
    levels = [Level(position=0, sigma=0.0, timestep=None, strength=0.0, signal=1.0, noise=0.0)]
    for walked in range(1, steps + 1):
        begun = NoiseSchedule(
            sampler=sampler, schedule=schedule, steps=steps, config=config, device=torch.device("cpu"),
            begin=steps - walked, architecture=architecture, shift=shift,
        )  # fmt: skip
        sigma = begun.sigma(0)
        signal = 1 / (1 + sigma) if flow else (1 + sigma**2) ** -0.5
        levels.append(
            Level(
                position=walked, sigma=sigma, timestep=float(begun.timesteps[0]), signal=signal, noise=sigma * signal,
                strength=strength_of(walked, steps, flow=flow),
            )
        )  # fmt: skip
    return levels


def strength_of(walked: int, steps: int, *, flow: bool = False) -> float:
    """The denoising strength of which exactly `walked` of `steps` steps come, for all that rounding does."""
    strength = walked / steps
    while walked_steps(steps, strength, flow=flow) < walked:
        strength = math.nextafter(strength, 2.0)
    while walked_steps(steps, strength, flow=flow) > walked:
        strength = math.nextafter(strength, 0.0)
    return min(strength, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoisedLatents:
    """A picture's latents and the noise of a seed, (1, channels, h, w), as a walk from the picture begins with them."""

    clean: Latents
    noise: Latents

    def at(self, level: Level) -> Latents:
        """As the network would see them at a level."""
        return level.mixed(self.clean, self.noise)


@torch.inference_mode()
def noised_latents(family: Family, picture: torch.Tensor, seed: int) -> NoisedLatents:
    """The latents of a picture (1, 3, height, width) from -1 to 1, with the noise that a walk of that seed draws."""
    generators = picture_generators([seed])
    clean = family.encode_pictures(picture, generators)
    noise = draw_noise(seeds=[seed], generators=generators, shape=_shape(clean), dtype=family.dtype)
    return NoisedLatents(clean=clean, noise=noise.to(clean.device))


def pixel_cells(picture: torch.Tensor, levels: Sequence[Level], seed: int) -> list[np.ndarray]:
    """A picture (1, 3, height, width) from -1 to 1 with noise in its pixels at each level, uint8 (height, width, 3)."""
    noise = torch.randn(picture.shape, generator=torch.Generator().manual_seed(seed))
    return [_as_picture(level.mixed(picture, noise)) for level in levels]


@torch.inference_mode()
def round_trip(family: Family, picture: torch.Tensor) -> np.ndarray:
    """What comes back of a picture (1, 3, height, width) from -1 to 1 that is encoded to latents and decoded again.

    uint8 (height, width, 3).
    """
    return family.decode(family.encode_pictures(picture))[0]


def psnr(one: np.ndarray, other: np.ndarray) -> float | None:
    """The peak signal-to-noise ratio of two pictures, uint8 of one shape, in decibels; None where they are equal."""
    mean_square = float(np.square(one.astype(np.float64) - other).mean())
    return 10 * math.log10(255**2 / mean_square) if mean_square else None


def _as_picture(pixels: torch.Tensor) -> np.ndarray:
    return ((pixels[0].movedim(0, -1).clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8).numpy()


def _shape(latents: Latents) -> tuple[int, int, int]:
    channels, height, width = latents.shape[1:]
    return channels, height, width
