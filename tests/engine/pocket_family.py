"""A model that walks in microseconds and yet does what a real one does: it is nonlinear, listens to each word of its
prompt and to the timestep, samples its encoder, and loses something on the way to pixels and back."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from tests.diffusion.toy_encoder import ToyEncoder
from tests.diffusion.walks import CLEAN, EPSILON
from webui.diffusion.families.base import FamilyInfo, MaskView, PromptEmbedding, PromptOptions
from webui.diffusion.families.single_encoder import SingleEncoderReader
from webui.diffusion.flow import predicts_flow
from webui.generation.families import family_traits

_KEPT = np.cumprod(1 - np.linspace(0.00085**0.5, 0.012**0.5, 1000) ** 2)
_LOG_SIGMAS = np.log((1 - _KEPT) / _KEPT) / 2
"""Of `EPSILON`'s thousand timesteps."""
_SPREAD = 4.0
"""How many levels of noise the colours from 0 to 1 span."""


def _info(*, inpainting: bool) -> FamilyInfo:
    return FamilyInfo(
        traits=replace(family_traits("stable-diffusion"), name="pocket"), architecture="pocket", default_size=64,
        size_multiple=8, latent_channels=4, latent_scale=8, mask_view=MaskView.LATENTS if inpainting else None,
    )  # fmt: skip


@dataclass
class PocketFamily:
    """Latents of four channels, 8 pixels each; `calls` counts predictions."""

    scheduler_config: Mapping[str, Any] = field(default_factory=lambda: EPSILON)
    dtype: torch.dtype = torch.float32
    inpainting: bool = False
    calls: int = 0
    text: ToyEncoder = field(default_factory=lambda: ToyEncoder(chunk_length=8))
    perturbed_from: int | None = None

    def __post_init__(self) -> None:
        self.info = _info(inpainting=self.inpainting)
        self.device = torch.device("cpu")

    def flow_shift(self, width: int, height: int, steps: int) -> float | None:
        return None

    def read_prompts(self, options: PromptOptions) -> SingleEncoderReader:
        return SingleEncoderReader(self.text, options)

    def predict(self, latents: torch.Tensor, timestep: torch.Tensor, prompts: PromptEmbedding) -> torch.Tensor:
        assert latents.dtype == self.dtype
        assert latents.shape[1] == self.info.input_channels
        self.calls += 1
        words = prompts.tokens.float().sum((1, 2)).reshape(-1, 1, 1, 1)
        if self.perturbed_from is not None:
            words = torch.cat([words[: self.perturbed_from], torch.zeros_like(words[self.perturbed_from :])])
        seen = latents.float()
        own, beside = seen[:, :4], seen[:, 4:].sum(1, keepdim=True)
        mixed = own + 0.5 * own.roll(1, dims=1) + 0.3 * own.roll(1, dims=3) + beside
        return torch.tanh(mixed + 0.01 * words + 0.0003 * float(timestep)).to(self.dtype)

    @contextmanager
    def perturbed_attention(self, first: int) -> Iterator[None]:
        self.perturbed_from = first
        yield
        self.perturbed_from = None

    def encode_pictures(
        self, pictures: torch.Tensor, generators: Sequence[torch.Generator] | None = None
    ) -> torch.Tensor:
        colours = functional.avg_pool2d(pictures.float(), 8) / 2 * _SPREAD
        latents = torch.cat([colours, 0.5 * colours[:, :1]], dim=1)
        if generators is not None:
            noise = [torch.randn((1, *latents.shape[1:]), generator=own) for own in generators]
            latents = latents + 0.01 * torch.cat(noise)
        return latents.to(self.dtype)

    def decode(self, latents: torch.Tensor) -> np.ndarray:
        colours = (latents.float()[:, :3] / _SPREAD + 0.5).clamp(0, 1)
        large = functional.interpolate(colours, scale_factor=8, mode="nearest")
        return (large.movedim(1, -1) * 255).round().to(torch.uint8).numpy()

    @contextmanager
    def tiled(self) -> Iterator[None]:
        yield


@dataclass
class KnowingFamily(PocketFamily):
    """Knows the picture that all walks should end at: `CLEAN`."""

    def predict(self, latents: torch.Tensor, timestep: torch.Tensor, prompts: PromptEmbedding) -> torch.Tensor:
        if predicts_flow(self.scheduler_config):
            sigma = float(timestep) / 1000
            return (latents - CLEAN) / sigma
        sigma = float(np.exp(np.interp(float(timestep), np.arange(1000), _LOG_SIGMAS)))
        signal = (1 + sigma**2) ** -0.5
        return (latents - signal * CLEAN) / (sigma * signal)
