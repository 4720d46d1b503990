"""Guidance: how the predictions with and without the prompt become the one that the walk follows."""

from collections.abc import Callable, Sequence
from itertools import islice

import torch

from webui.diffusion.conditioning import (
    Conditioning,
    PromptTiming,
    conditionings,
    first_pass_timing,
    second_pass_timing,
)
from webui.diffusion.families.base import Family, Latents, PromptOptions
from webui.diffusion.rows import ALL_PICTURES, predict_rows
from webui.diffusion.samplers import NoiseSchedule
from webui.diffusion.strand import GuidanceOptions, Strand
from webui.generation.blend import Slider


class Guide:
    """The guided model of one walk.

    There is one strand for all pictures, or one for each of them; whatever they need predicted at a call goes through
    the network together.

    `extra_channels` is what an inpainting network sees beside the latents: (batch, channels, height / 8, width / 8).
    `notes` says in sentences what of the prompts could not be used. `last_parts` are the predictions of the last call
    with and without the prompt; the same one twice where it went unguided. `before_call` is called with the index of
    each call: what else the model needs for it is put in place there.
    """

    def __init__(self, family: Family, strands: Sequence[Strand]) -> None:
        self._family = family
        alone = len(strands) == 1
        self._strands = [
            (strand, ALL_PICTURES if alone else slice(picture, picture + 1)) for picture, strand in enumerate(strands)
        ]
        self.extra_channels: torch.Tensor | None = None
        self.notes = tuple(dict.fromkeys(note for strand in strands for note in strand.notes))
        self.last_parts: tuple[torch.Tensor, torch.Tensor] | None = None
        self.before_call: Callable[[int], None] = lambda index: None

    @property
    def momentum(self) -> torch.Tensor | None:
        """What adaptive projected guidance remembers of the calls before, float32; None for other guidance.

        Where only some pictures are guided, those that are not remember a guidance of no length.
        """
        averages = [strand.projected.average for strand, _ in self._strands]
        known = next((average for average in averages if average is not None), None)
        if known is None:
            return None
        return _together([torch.zeros_like(known) if average is None else average for average in averages])

    @momentum.setter
    def momentum(self, average: torch.Tensor | None) -> None:
        for strand, pictures in self._strands:
            strand.projected.average = None if average is None else average[pictures]

    def conditioning(self, index: int) -> Conditioning:
        """What call `index` is conditioned on, for the first picture."""
        return self._strands[0][0].conditioning(index)

    def __call__(self, latents: Latents, timestep: torch.Tensor, index: int) -> torch.Tensor:
        """The guided prediction for the latents that the network sees at call `index`, of the latents' shape."""
        self.before_call(index)
        seen = latents
        if self.extra_channels is not None:
            seen = torch.cat([latents, self.extra_channels.to(latents)], dim=1)
        wanted = [strand.rows(index, pictures) for strand, pictures in self._strands]
        said = iter(predict_rows(self._family, [row for rows in wanted for row in rows], seen, timestep))
        guided = [
            strand.guided(list(islice(said, len(rows))), latents[pictures], index)
            for (strand, pictures), rows in zip(self._strands, wanted, strict=True)
        ]
        self.last_parts = (
            _together([each.prompted for each in guided]), _together([each.negative for each in guided])
        )  # fmt: skip
        return _together([each.prediction for each in guided])


def _together(tensors: Sequence[torch.Tensor]) -> torch.Tensor:
    return tensors[0] if len(tensors) == 1 else torch.cat(list(tensors))


def make_guide(
    family: Family,
    *,
    schedule: NoiseSchedule,
    readings: Sequence[PromptOptions],
    first_pass: NoiseSchedule | None = None,
    before: int = 0,
) -> Guide:
    """The guide of a walk along `schedule`.

    Args:
        family: the model.
        schedule: of the walk.
        readings: how the prompts are read of all pictures or, if they are several, of each; the names of networks in
            their requests' prompts are resolved already.
        first_pass: where it is the second pass of a picture, the first one's schedule, which its prompts go on from.
        before: how many of the schedule's calls another walk made, which this one takes up.

    Raises:
        InvalidRequest: the model cannot do what the request asks of its text encoder.
    """
    timing = (
        first_pass_timing(schedule, before) if first_pass is None else second_pass_timing(schedule, first_pass, before)
    )
    return Guide(family, [_strand(family, schedule, reading, timing) for reading in readings])


def _strand(family: Family, schedule: NoiseSchedule, reading: PromptOptions, timing: PromptTiming) -> Strand:
    request, read = reading.request, family.read_prompts(reading)

    def sliders(call: int) -> list[Slider]:
        progress = schedule.progress(call)
        return [slider for slider in request.sliders if slider.start <= progress < slider.end]

    conditioned = conditionings(
        prompt=request.prompt, negative_prompt=request.negative_prompt, timing=timing, read=read, blend=request.blend,
        sliders=sliders,
    )  # fmt: skip
    options = GuidanceOptions(
        scale=request.cfg_scale,
        method=request.guidance,
        rescale=request.cfg_rescale,
        start=request.guidance_start,
        end=request.guidance_end,
        pag_scale=request.pag_scale,
    )
    return Strand(conditioned, options, schedule, keeps_length=family.info.keeps_length, notes=read.notes)
