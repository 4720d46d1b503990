"""A family and a schedule that can be worked out by hand: the network says what its embedding says."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import torch

from tests.diffusion.toy_encoder import ToyEncoder
from webui.diffusion.families.base import FamilyInfo, PromptEmbedding, PromptOptions
from webui.diffusion.families.single_encoder import SingleEncoderReader
from webui.diffusion.samplers import NoiseSchedule
from webui.generation.families import family_traits
from webui.generation.samplers import Schedule


@dataclass
class ToyFamily:
    """Predicts the latents' sum over channels plus the embedding's second token (its first word).

    Where perturbed, it predicts nothing but the latents.
    """

    text: ToyEncoder = field(default_factory=lambda: ToyEncoder(chunk_length=4))
    batches: list[tuple[int, int]] = field(default_factory=list)
    """The pictures and the tokens of each call."""
    perturbed_from: int | None = None
    info = FamilyInfo(
        traits=family_traits("stable-diffusion"), architecture="toy", default_size=8, size_multiple=8,
        latent_channels=1, latent_scale=8,
    )  # fmt: skip

    def read_prompts(self, options: PromptOptions) -> SingleEncoderReader:
        return SingleEncoderReader(self.text, options)

    def predict(self, latents: torch.Tensor, timestep: torch.Tensor, prompts: PromptEmbedding) -> torch.Tensor:
        self.batches.append((len(latents), prompts.tokens.shape[1]))
        words = prompts.tokens[:, 1, 0].clone()
        if self.perturbed_from is not None:
            words[self.perturbed_from :] = 0
        return latents.sum(1, keepdim=True) + words.reshape(-1, 1, 1, 1).to(latents)

    @contextmanager
    def perturbed_attention(self, first: int) -> Iterator[None]:
        self.perturbed_from = first
        yield
        self.perturbed_from = None


def toy_schedule(
    steps: int = 10, *, sampler: str = "Euler", prediction_type: str = "epsilon", strength: float = 1.0
) -> NoiseSchedule:
    config = {"prediction_type": prediction_type, "beta_schedule": "scaled_linear", "clip_sample": False}
    return NoiseSchedule(
        sampler=sampler,
        schedule=Schedule.AUTOMATIC,
        steps=steps,
        config=config,
        device=torch.device("cpu"),
        strength=strength,
    )
