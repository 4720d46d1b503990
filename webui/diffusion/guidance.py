"""Guidance: how the predictions with and without the prompt become the one that the walk follows."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from webui.diffusion.apg import ProjectedGuidance
from webui.diffusion.conditioning import Conditioning, conditionings, first_pass_timing, second_pass_timing
from webui.diffusion.families.base import Family, Latents, PromptOptions
from webui.diffusion.rows import Row, predict_rows
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


class Guide:
    """The guided model of one walk.

    For the parts c_i of the prompt with their weights w_i, the negative prompt u and the scale s, the prediction is
    u + sum of s w_i (c_i - u): Ho & Salimans 2022, equation 6, with the scale counted as in Saharia et al. 2022, and
    for several parts Liu et al. 2022, equation 11. Where u counts for nothing it is not predicted, so that at a scale
    of 1 or less a prompt of one part costs one prediction, as in diffusers' pipelines.

    `extra_channels` is what an inpainting network sees beside the latents: (batch, channels, height / 8, width / 8).
    `notes` says in sentences what of the prompts could not be used. `last_parts` are the predictions of the last call
    with and without the prompt; the same one twice where it went unguided. `before_call` is called with the index of
    each call: what else the model needs for it is put in place there.
    """

    def __init__(
        self,
        family: Family,
        *,
        conditionings: Sequence[Conditioning],
        options: GuidanceOptions,
        schedule: NoiseSchedule,
        notes: Sequence[str] = (),
    ) -> None:
        self._family = family
        self._conditionings = conditionings
        self._options = options
        self._schedule = schedule
        self._projected = ProjectedGuidance()
        self.extra_channels: torch.Tensor | None = None
        self.notes = tuple(notes)
        self.last_parts: tuple[torch.Tensor, torch.Tensor] | None = None
        self.before_call: Callable[[int], None] = lambda index: None

    @property
    def momentum(self) -> torch.Tensor | None:
        """What adaptive projected guidance remembers of the calls before, float32; None for other guidance."""
        return self._projected.average

    @momentum.setter
    def momentum(self, average: torch.Tensor | None) -> None:
        self._projected.average = average

    def conditioning(self, index: int) -> Conditioning:
        """What call `index` is conditioned on."""
        return self._conditionings[index]

    def __call__(self, latents: Latents, timestep: torch.Tensor, index: int) -> torch.Tensor:
        """The guided prediction for the latents that the network sees at call `index`, of the latents' shape."""
        self.before_call(index)
        scale, pag_scale = self._options.at(self._schedule.progress(index))
        predicted = self._predict(latents, timestep, index, negative=scale > 1.0, perturbed=pag_scale > 0.0)
        guided = prompted = predicted.unguided()
        self.last_parts = (prompted, prompted if predicted.negative is None else predicted.negative)
        if scale > 1.0:
            guided = self._guide(predicted, prompted, latents, index, scale)
            if self._family.info.keeps_length:
                guided = as_long(guided, prompted)
        if pag_scale > 0.0:
            guided = guided + pag_scale * predicted.structure()
        if scale > 1.0 and self._options.rescale > 0.0:
            guided = rescaled(guided, prompted, self._options.rescale)
        return guided

    def _predict(
        self, latents: Latents, timestep: torch.Tensor, index: int, *, negative: bool, perturbed: bool
    ) -> "_Predictions":
        conditioning = self._conditionings[index]
        weights = [part.weight for part in conditioning.parts]
        rows = [Row(part.embedding) for part in conditioning.parts]
        negatives = [Row(conditioning.negative)] if negative or not math.isclose(sum(weights), 1.0) else []
        changed = [Row(row.embedding, perturbed=True) for row in rows] if perturbed else []
        seen = latents
        if self.extra_channels is not None:
            seen = torch.cat([latents, self.extra_channels.to(latents)], dim=1)
        results = predict_rows(self._family, [*negatives, *rows, *changed], seen, timestep)
        first = len(negatives)
        return _Predictions(
            weights,
            results[first : first + len(rows)],
            negative=results[0] if negatives else None,
            perturbed=results[first + len(rows) :],
        )

    def _guide(
        self, predicted: "_Predictions", prompted: torch.Tensor, latents: Latents, index: int, scale: float
    ) -> torch.Tensor:
        if self._options.method is GuidanceMethod.CFG:
            return predicted.guided(scale)
        assert predicted.negative is not None
        clean, clean_negative = (
            self._schedule.clean_from_input(prediction, latents, index) for prediction in (prompted, predicted.negative)
        )
        guided = self._projected(clean, clean_negative, scale)
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


def make_guide(
    family: Family,
    *,
    prompt: str,
    negative_prompt: str,
    schedule: NoiseSchedule,
    reading: PromptOptions,
    first_pass: NoiseSchedule | None = None,
    before: int = 0,
) -> Guide:
    """The guide of a walk along `schedule`, for prompts whose names are resolved already.

    Where it is the second pass of a picture, `first_pass` is the first one's schedule, which its prompts go on from.
    `before` is how many of the schedule's calls another walk made, which this one takes up.

    Raises:
        InvalidRequest: the model cannot do what the request asks of its text encoder.
    """
    request, read = reading.request, family.read_prompts(reading)
    timing = (
        first_pass_timing(schedule, before) if first_pass is None else second_pass_timing(schedule, first_pass, before)
    )
    conditioned = conditionings(prompt=prompt, negative_prompt=negative_prompt, timing=timing, read=read)
    options = GuidanceOptions(
        scale=request.cfg_scale,
        method=request.guidance,
        rescale=request.cfg_rescale,
        start=request.guidance_start,
        end=request.guidance_end,
        pag_scale=request.pag_scale,
    )
    return Guide(family, conditionings=conditioned, options=options, schedule=schedule, notes=read.notes)
