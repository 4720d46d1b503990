"""The pictures or films of a group by a whole pipeline of diffusers: a `Walk` without a loop of ours. Torch."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from PIL import Image

from webui.diffusion.families.pipeline import PipelineModel
from webui.diffusion.families.pipeline_run import PipelineStep
from webui.engine.groups import Group
from webui.engine.source_picture import SourcePicture
from webui.errors import InvalidRequest
from webui.generation.networks import take_networks
from webui.generation.request import GenerationRequest
from webui.generation.ways import Video

_NOT_LISTENED_TO = (
    "variation_strength", "seed_resize_width", "guidance", "cfg_rescale", "guidance_start", "guidance_end", "eta",
    "s_churn", "s_noise", "emphasis", "vae", "refiner", "flow_shift", "size_conditioning", "fast",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownStep:
    """A step as far as a pipeline tells of it.

    `latents` are those of the picture that is made now; `clean` (pictures, channels, h, w) are what previews of the
    whole group show, None where they cannot be shown. A pipeline keeps its noise levels to itself: `sigma_next` is 0.
    """

    latents: torch.Tensor | None
    clean: torch.Tensor | None
    sigma_next: float = 0.0


class PipelineWalk:
    """Iterate over it for its steps, then ask for its `pictures`.

    Pictures are made one after the other, each from its own generator, so that each is the same alone and in a batch.

    Args:
        group: the pictures.
        model: the pipeline.
        source: what they start from; None is noise.

    Raises:
        InvalidRequest: the pipeline needs a picture to start from.
    """

    replayed = 0

    def __init__(self, group: Group, *, model: PipelineModel, source: SourcePicture | None) -> None:
        self._group = group
        self._request = group.request
        self._model = model
        self._source = source
        self._made: list[list[Image.Image]] = []
        if source is None and model.call.needs_picture(model.class_name):
            raise InvalidRequest(
                "start: this model makes something of a picture, and there is none.",
                hint="Choose a picture to start from, or another model.", field="start",
            )  # fmt: skip

    @property
    def calls(self) -> int:
        """How many steps there are expected to be; some pipelines make a few more or less."""
        return self._request.steps * len(self._group.seeds)

    @property
    def notes(self) -> tuple[str, ...]:
        """What of the request could not be used, in sentences."""
        notes = ["The model runs as diffusers' own pipeline, with its own sampler and noise levels."]
        named = dict.fromkeys(network.name for text in self._group.texts for network in take_networks(text)[1])
        if named:
            notes.append(f"It takes no LoRAs: {', '.join(named)} {'was' if len(named) == 1 else 'were'} left out.")
        usual = GenerationRequest()
        asked = [name for name in _NOT_LISTENED_TO if getattr(self._request, name) != getattr(usual, name)]
        if asked:
            notes.append(f"It does not listen to: {', '.join(asked)}.")
        if self._source is not None and "strength" not in self._model.call.parameters:
            notes.append("It does not listen to the denoising strength.")
        return tuple(notes)

    def __iter__(self) -> Iterator[ShownStep]:
        """Every step of every picture; stop iterating to interrupt."""
        shown: torch.Tensor | None = None
        for row, seed in enumerate(self._group.seeds):
            run = self._model.run(self._arguments(seed))
            for step in run:
                shown = self._shown(step, row, shown)
                yield ShownStep(latents=step.latents, clean=shown)
            self._made += run.result[:1]

    def pictures(self) -> list[Image.Image]:
        """The pictures (RGB), put back into what they started from; of a film the first frame."""
        first = [frames[0] for frames in self._made]
        return first if self._source is None or self.is_film else [self._source.finished(each) for each in first]

    def films(self) -> list[list[Image.Image]]:
        """The frames of each film (RGB); nothing where pictures were made."""
        return self._made if self.is_film else []

    @property
    def is_film(self) -> bool:
        """Whether films are made."""
        return self._model.call.makes_films

    def _arguments(self, seed: int) -> dict[str, Any]:
        """Whatever of the request some pipeline takes, by its parameters' names."""
        request, video = self._request, self._request.video
        guidance = {"guidance_scale": request.cfg_scale}
        if "true_cfg_scale" in self._model.call.parameters:
            guidance = {"true_cfg_scale": request.cfg_scale}
            if self._model.call.is_told_guidance:
                guidance["guidance_scale"] = request.distilled_guidance
        arguments: dict[str, Any] = {
            "prompt": take_networks(request.prompt)[0],
            "negative_prompt": take_networks(request.negative_prompt)[0],
            "width": request.width,
            "height": request.height,
            "num_inference_steps": request.steps,
            "generator": torch.Generator("cpu").manual_seed(seed),
            **guidance,
        }
        if self.is_film:
            arguments |= dict.fromkeys(("frame_rate", "fps"), (video or Video()).fps)
        if video is not None:  # else as many frames as the pipeline makes by itself
            arguments |= dict.fromkeys(("num_frames", "video_length"), video.frames)
        if self._source is not None:
            arguments |= {"image": self._source.picture, "strength": self._source.start.strength}
            if self._source.area is not None:
                arguments["mask_image"] = self._source.area.mask
        return arguments

    def _shown(self, step: PipelineStep, row: int, before: torch.Tensor | None) -> torch.Tensor | None:
        """The latents of the whole group, of films the frame in their middle; those to come are nothing yet."""
        latents = step.latents
        if latents is not None and latents.ndim == 5:
            latents = latents[:, :, latents.shape[2] // 2]
        if not self._model.shows_latents or latents is None or latents.ndim != 4:
            return None
        if latents.shape[1] != self._model.info.latent_channels:
            return None
        if before is None or before.shape[1:] != latents.shape[1:]:
            before = latents.new_zeros((len(self._group.seeds), *latents.shape[1:]))
        shown = before.clone()
        shown[row] = latents[0]
        return shown
