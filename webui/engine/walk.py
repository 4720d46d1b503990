"""The walk of some pictures that have one prompt: from a request to steps, then to pictures. Torch.

There are no modes here: a request gives a start, what is put back after each move, and perhaps a second pass, and all
of it goes along the one denoise loop.
"""

from collections.abc import Generator as Steps
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from PIL import Image

from webui.diffusion.denoise import Step, denoise
from webui.diffusion.families.base import Family, Latents
from webui.diffusion.guidance import Guide, make_guide
from webui.diffusion.noise import draw_noise, picture_generators
from webui.diffusion.prompt_encoding import EmbeddingLookup
from webui.diffusion.samplers import NoiseSchedule, SolverOptions
from webui.diffusion.start import (
    Draw,
    MaskedPicture,
    WalkStart,
    as_mask,
    as_tensor,
    start_from_latents,
    start_from_masked,
    start_from_noise,
)
from webui.diffusion.upscaling import resized_latents
from webui.engine.groups import Group
from webui.engine.hires import enlarged_latents, hires_schedule_steps, hires_size, second_request
from webui.engine.source_picture import SourcePicture
from webui.generation.networks import take_networks
from webui.generation.request import GenerationRequest
from webui.generation.samplers import Schedule
from webui.generation.ways import ResizeMode


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pass:
    schedule: NoiseSchedule
    guide: Guide


class Walk:
    """The passes of a group of pictures: iterate over it for its steps, then ask for its `pictures`.

    Args:
        group: the pictures.
        family: the model.
        source: what they start from; None is noise.
        embeddings: finds textual inversions.

    Raises:
        InvalidRequest: the model or the second pass's sampler cannot do what is asked.
    """

    def __init__(
        self, group: Group, *, family: Family, source: SourcePicture | None, embeddings: EmbeddingLookup
    ) -> None:
        self._group = group
        self._request = group.request
        self._family = family
        self._source = source
        self._embeddings = embeddings
        strength = 1.0 if source is None else source.start.strength
        self._passes = [self._pass(self._request, steps=self._request.steps, strength=strength)]
        if self._request.hires is not None:
            self._passes.append(self._second_pass())
        self._latents: Latents | None = None

    @property
    def calls(self) -> int:
        """How many steps there will be: calls of the model, over all passes."""
        return sum(len(each.schedule.timesteps) for each in self._passes)

    @property
    def notes(self) -> tuple[str, ...]:
        """What of the prompts could not be used, in sentences."""
        return tuple(note for each in self._passes for note in each.guide.notes)

    def __iter__(self) -> Iterator[Step]:
        """Every step of every pass; stop iterating to interrupt."""
        generators = picture_generators(self._group.seeds)
        first = self._passes[0]
        self._latents = yield from _walked(first, self._start(first.schedule, generators), generators)
        if self._request.hires is not None:
            # The same seeds again: the second pass is that of its own picture, whatever the first one drew.
            generators = picture_generators(self._group.seeds)
            second = self._passes[1]
            start = self._second_start(second.schedule, self._latents, generators)
            self._latents = yield from _walked(second, start, generators)

    def pictures(self) -> list[Image.Image]:
        """The pictures (RGB) that the last step led to, put back into what they started from."""
        assert self._latents is not None
        made = [Image.fromarray(pixels) for pixels in self._family.decode(self._latents)]
        return made if self._source is None else [self._source.finished(picture) for picture in made]

    def _pass(
        self, request: GenerationRequest, *, steps: int, strength: float, first: NoiseSchedule | None = None
    ) -> _Pass:
        """A pass of the request; `first` is the schedule of the one before it."""
        schedule = NoiseSchedule(
            sampler=request.sampler,
            schedule=Schedule(request.schedule),
            steps=steps,
            config=self._family.scheduler_config,
            device=self._family.device,
            options=SolverOptions(
                eta=request.eta, s_churn=request.s_churn, s_tmin=request.s_tmin, s_tmax=request.s_tmax,
                s_noise=request.s_noise,
            ),
            strength=strength,
            architecture=self._family.info.name,
        )  # fmt: skip
        prompt, negative = (take_networks(text)[0] for text in (request.prompt, request.negative_prompt))
        guide = make_guide(
            self._family, prompt=prompt, negative_prompt=negative, count=len(self._group.seeds), schedule=schedule,
            request=request, embeddings=self._embeddings, first_pass=first,
        )  # fmt: skip
        return _Pass(schedule=schedule, guide=guide)

    def _second_pass(self) -> _Pass:
        hires = self._request.hires
        assert hires is not None
        steps = hires_schedule_steps(hires.steps or self._request.steps, hires.strength)
        request = second_request(self._request, hires)
        return self._pass(request, steps=steps, strength=hires.strength, first=self._passes[0].schedule)

    def _start(self, schedule: NoiseSchedule, generators: list[torch.Generator]) -> WalkStart:
        """Where the first pass begins."""
        family, request, source, draw = self._family, self._request, self._source, self._draw(generators)
        if source is None:
            return start_from_noise(
                family, schedule, width=request.width, height=request.height, generators=generators, draw=draw
            )
        if source.area is None or source.mask is None:
            clean = self._encoded(source, generators)
            return start_from_latents(family, schedule, clean, generators=generators, draw=draw)
        masked = MaskedPicture(
            picture=as_tensor([source.picture]),
            mask=as_mask(source.area.mask),
            content=source.mask.content,
            blurred=source.mask.blur > 0,
            soft=source.mask.soft,
        )
        return start_from_masked(
            family, schedule, masked, strength=source.start.strength,
            clean=lambda: self._encoded(source, generators), generators=generators, draw=draw,
        )  # fmt: skip

    def _second_start(self, schedule: NoiseSchedule, latents: Latents, generators: list[torch.Generator]) -> WalkStart:
        hires = self._request.hires
        assert hires is not None
        size = hires_size(self._request, hires, multiple=self._family.info.size_multiple)
        clean = enlarged_latents(self._family, latents, size, hires.upscaler, generators)
        return start_from_latents(self._family, schedule, clean, generators=generators, draw=self._draw(generators))

    def _encoded(self, source: SourcePicture, generators: list[torch.Generator]) -> Latents:
        """The source's latents, one for each picture of the group, at the walk's size."""
        latents = self._family.encode_pictures(as_tensor([source.picture]), generators)
        scale = self._family.info.latent_scale
        height, width = self._request.height // scale, self._request.width // scale
        if source.start.resize is ResizeMode.LATENT and latents.shape[-2:] != (height, width):
            latents = resized_latents(latents, height, width)
        return latents

    def _draw(self, generators: list[torch.Generator]) -> Draw:
        request, info = self._request, self._family.info
        from_width, from_height = request.seed_resize_width, request.seed_resize_height

        def draw(height: int, width: int) -> Latents:
            noise = draw_noise(
                seeds=self._group.seeds,
                generators=generators,
                shape=(info.latent_channels, height, width),
                dtype=self._family.dtype,
                source=request.noise_source,
                variation_seeds=self._group.variation_seeds,
                variation_strength=request.variation_strength,
                resize_from=(from_height // info.latent_scale, from_width // info.latent_scale)
                if from_width and from_height
                else None,
            )
            return noise.to(self._family.device)

        return draw


def _walked(each: _Pass, start: WalkStart, generators: list[torch.Generator]) -> Steps[Step, None, Latents]:
    """One pass along the denoise loop; returns the latents that it ends with."""
    each.guide.extra_channels = start.seen
    latents = start.latents
    for step in denoise(each.guide, each.schedule, start.latents, generators=generators, constrain=start.constrain):
        yield step
        latents = step.latents
    return latents
