"""A strand of a batch: the pictures that are guided alike, by the same prompts at the same scales."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from webui.diffusion.apg import ProjectedGuidance
from webui.diffusion.conditioning import Conditioning
from webui.diffusion.families.base import Latents
from webui.diffusion.rows import Row
from webui.diffusion.samplers import NoiseSchedule
from webui.generation.request import GuidanceMethod


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidanceOptions:
    """How a walk is guided.

    `scale` is counted so that 1 means no guidance. `start` and `end` are shares of the schedule: outside them the
    prompt is followed at a scale of 1. `rescale` and `pag_scale` of 0 do nothing.
    """

    scale: float
    method: GuidanceMethod = GuidanceMethod.CFG
    rescale: float = 0.0
    start: float = 0.0
    end: float = 1.0
    pag_scale: float = 0.0

    def at(self, progress: float) -> tuple[float, float]:
        """The scales of the prompt and of the perturbation where so much of the schedule is done."""
        guided = self.start <= progress < self.end
        return (max(self.scale, 1.0), self.pag_scale) if guided else (1.0, 0.0)


@dataclass(frozen=True, slots=True)
class Guided:
    """What is followed at a call, and the predictions with and without the prompt; the same one twice if unguided."""

    prediction: torch.Tensor
    prompted: torch.Tensor
    negative: torch.Tensor


class Strand:
    """Guides some pictures of a batch, with one entry of `conditionings` for each call of the walk.

    For the parts c_i of the prompt with their weights w_i, the negative prompt u and the scale s, the prediction is
    u + sum of s w_i (c_i - u): Ho & Salimans 2022, equation 6, with the scale counted as in Saharia et al. 2022, and
    for several parts Liu et al. 2022, equation 11. Where u counts for nothing it is not predicted, so that at a scale
    of 1 or less a prompt of one part costs one prediction, as in diffusers' pipelines.

    `projected` remembers the calls before, for adaptive projected guidance. `notes` says in sentences what of the
    prompts could not be used.
    """

    def __init__(
        self,
        conditionings: Sequence[Conditioning],
        options: GuidanceOptions,
        schedule: NoiseSchedule,
        *,
        keeps_length: bool = False,
        notes: Sequence[str] = (),
    ) -> None:
        self._conditionings = conditionings
        self._options = options
        self._schedule = schedule
        self._keeps_length = keeps_length
        self.projected = ProjectedGuidance()
        self.notes = tuple(notes)

    def conditioning(self, index: int) -> Conditioning:
        """What call `index` is conditioned on."""
        return self._conditionings[index]

    def rows(self, index: int, pictures: slice) -> list[Row]:
        """The predictions that are needed at call `index`, of the pictures of a batch that the strand is."""
        conditioning = self._conditionings[index]
        scale, pag_scale = self._scales(index)
        unweighted = math.isclose(sum(part.weight for part in conditioning.parts), 1.0)
        rows = [Row(part.embedding, pictures) for part in conditioning.parts]
        negatives = [] if unweighted and scale <= 1.0 else [Row(conditioning.negative, pictures)]
        changed = [Row(row.embedding, pictures, perturbed=True) for row in rows] if pag_scale > 0.0 else []
        return [*negatives, *rows, *changed]

    def guided(self, said: Sequence[torch.Tensor], latents: Latents, index: int) -> Guided:
        """What to follow, from what the network said of each of `rows` for the latents of these pictures."""
        scale, pag_scale = self._scales(index)
        predicted = self._predictions(said, index, perturbed=pag_scale > 0.0)
        guided = prompted = predicted.unguided()
        if scale > 1.0:
            guided = self._guide(predicted, prompted, latents, index, scale)
            if self._keeps_length:
                guided = as_long(guided, prompted)
        if pag_scale > 0.0:
            guided = guided + pag_scale * predicted.structure()
        if scale > 1.0 and self._options.rescale > 0.0:
            guided = rescaled(guided, prompted, self._options.rescale)
        return Guided(guided, prompted, prompted if predicted.negative is None else predicted.negative)

    def _scales(self, index: int) -> tuple[float, float]:
        return self._options.at(self._schedule.progress(index))

    def _predictions(self, said: Sequence[torch.Tensor], index: int, *, perturbed: bool) -> "_Predictions":
        weights = [part.weight for part in self._conditionings[index].parts]
        first = len(said) - len(weights) * (2 if perturbed else 1)
        behind = first + len(weights)
        return _Predictions(weights, said[first:behind], negative=said[0] if first else None, perturbed=said[behind:])

    def _guide(
        self, predicted: "_Predictions", prompted: torch.Tensor, latents: Latents, index: int, scale: float
    ) -> torch.Tensor:
        if self._options.method is GuidanceMethod.CFG:
            return predicted.guided(scale)
        assert predicted.negative is not None
        clean, clean_negative = (
            self._schedule.clean_from_input(prediction, latents, index) for prediction in (prompted, predicted.negative)
        )
        guided = self.projected(clean, clean_negative, scale)
        return self._schedule.prediction_from_clean(guided, latents, index).to(prompted.dtype)


@dataclass(frozen=True, slots=True)
class _Predictions:
    """What the network said at one call: of each part of the prompt, which have weights, and of what else was asked."""

    weights: Sequence[float]
    parts: Sequence[torch.Tensor]
    negative: torch.Tensor | None
    perturbed: Sequence[torch.Tensor]

    def guided(self, scale: float) -> torch.Tensor:
        """u + sum of s w (c - u)."""
        assert self.negative is not None
        result = self.negative
        for weight, part in zip(self.weights, self.parts, strict=True):
            result = result + (scale * weight) * (part - self.negative)
        return result

    def unguided(self) -> torch.Tensor:
        """The same at a scale of 1, where the negative prompt counts for nothing if the weights add to 1."""
        if not math.isclose(sum(self.weights), 1.0):
            return self.guided(1.0)
        if len(self.parts) == 1:
            return self.parts[0]
        return torch.stack([weight * part for weight, part in zip(self.weights, self.parts, strict=True)]).sum(0)

    def structure(self) -> torch.Tensor:
        """Where self-attention takes the prediction: sum of w (c - perturbed c). Ahn et al. 2024, equation 15."""
        moves = zip(self.weights, self.parts, self.perturbed, strict=True)
        return torch.stack([weight * (part - perturbed) for weight, part, perturbed in moves]).sum(0)


def rescaled(guided: torch.Tensor, prompted: torch.Tensor, share: float) -> torch.Tensor:
    """A guided prediction (batch, channels, h, w), by so large a share with the spread of the one without guidance.

    Source: Lin et al. 2023, section 3.4, equations 15 and 16.
    """
    axes = list(range(1, guided.ndim))
    spread = prompted.std(dim=axes, keepdim=True) / guided.std(dim=axes, keepdim=True)
    return share * (guided * spread) + (1 - share) * guided


def as_long(guided: torch.Tensor, prompted: torch.Tensor, token: int = 2) -> torch.Tensor:
    """A guided prediction (batch, channels, h, w), each token of it as long as in the one without guidance.

    Tokens are of `token` by `token` latents. Source: diffusers' pipelines of Qwen-Image (Wu et al. 2025).
    """
    wanted, found = (_lengths(prediction, token) for prediction in (prompted, guided))
    return guided * (wanted / found).repeat_interleave(token, -1).repeat_interleave(token, -2)


def _lengths(prediction: torch.Tensor, token: int) -> torch.Tensor:
    """The length of each token: (batch, 1, h / token, w / token)."""
    rows, channels, height, width = prediction.shape
    tokens = prediction.reshape(rows, channels, height // token, token, width // token, token)
    return torch.linalg.vector_norm(tokens, dim=(1, 3, 5))[:, None]
