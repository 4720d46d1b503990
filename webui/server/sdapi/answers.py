"""What txt2img and img2img answer: the pictures, an echo of the request, and `info`, which is JSON in a text."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import webui
from webui.errors import ModelNotFound, ModelUnusable
from webui.generation.infotext_form import split_layout
from webui.generation.request import GenerationRequest
from webui.generation.ways import FromPicture
from webui.library.index import Picture
from webui.model_manager.catalogue import Catalogue, ModelEntry
from webui.model_manager.catalogue.model_entry import CHECKPOINT, VAE
from webui.server.sdapi.generation_bodies import Generation, ImageToImage
from webui.server.sdapi.model_names import file_name, short_hash

_IN_FIELDS_OF_INFO = frozenset(
    {
        "Steps", "Sampler", "CFG scale", "Seed", "Size", "Model hash", "Model", "VAE hash", "VAE", "Variation seed",
        "Variation seed strength", "Seed resize from", "Denoising strength", "Clip skip", "Version",
    }
)  # fmt: skip
"""Pairs of an infotext that `info` has under names of its own; the others are `extra_generation_params`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was made of a request.

    Args:
        request: what was asked for, with its seed fixed where it was.
        pictures: in the order they were finished.
        files: the pictures that are sent, PNG; the first is a grid of all where `has_grid`.
        notes: sentences on what was done otherwise than asked.
        began: when it was asked for, seconds since 1970.
    """

    request: GenerationRequest
    pictures: Sequence[Picture]
    files: Sequence[bytes]
    has_grid: bool
    notes: Sequence[str]
    began: float


def parameters_of(wanted: Generation) -> dict[str, Any]:
    """The request as it was understood, without its pictures unless they were to be told back."""
    told = wanted.model_dump()
    if isinstance(wanted, ImageToImage) and not wanted.include_init_images:
        told |= {"init_images": None, "mask": None}
    return told


def info_of(outcome: Outcome, catalogue: Catalogue) -> str:
    """A1111's `info` as a JSON text."""
    return json.dumps(_info(outcome, catalogue))


def _info(outcome: Outcome, catalogue: Catalogue) -> Mapping[str, Any]:
    """Where nothing was made, because it was interrupted, it tells of what was asked for."""
    made = [GenerationRequest.parse(json.loads(picture.request)) for picture in outcome.pictures]
    made = made or [outcome.request]
    infotexts = [picture.infotext for picture in outcome.pictures]
    first = made[0]
    return {
        "prompt": first.prompt,
        "all_prompts": [each.prompt for each in made],
        "negative_prompt": first.negative_prompt,
        "all_negative_prompts": [each.negative_prompt for each in made],
        "seed": first.seed,
        "all_seeds": [each.seed for each in made],
        "subseed": first.variation_seed,
        "all_subseeds": [each.variation_seed for each in made],
        "subseed_strength": first.variation_strength,
        "width": outcome.pictures[0].width if outcome.pictures else first.width,
        "height": outcome.pictures[0].height if outcome.pictures else first.height,
        "sampler_name": first.sampler,
        "cfg_scale": first.cfg_scale,
        "steps": first.steps,
        "batch_size": outcome.request.batch_size,
        "restore_faces": False,
        "face_restoration_model": None,
        **_models(first, catalogue),
        "seed_resize_from_w": first.seed_resize_width or -1,
        "seed_resize_from_h": first.seed_resize_height or -1,
        "denoising_strength": _strength(first),
        "extra_generation_params": _extra(infotexts[0]) if infotexts else {},
        "index_of_first_image": int(outcome.has_grid),
        "infotexts": [*infotexts[:1], *infotexts] if outcome.has_grid else infotexts,
        "styles": list(outcome.request.styles),
        "job_timestamp": datetime.fromtimestamp(outcome.began).strftime("%Y%m%d%H%M%S"),
        "clip_skip": first.clip_skip,
        "version": f"Darkroom {webui.__version__}",
        "notes": list(outcome.notes),
    }


def _models(request: GenerationRequest, catalogue: Catalogue) -> Mapping[str, Any]:
    model, vae = _entry(catalogue, request.model, CHECKPOINT), _entry(catalogue, request.vae, VAE)
    return {
        "sd_model_name": model.name if model else request.model,
        "sd_model_hash": short_hash(model) if model else None,
        "sd_vae_name": file_name(vae) if vae else request.vae,
        "sd_vae_hash": short_hash(vae) if vae else None,
        "is_using_inpainting_conditioning": bool(model and model.inpainting),
    }


def _entry(catalogue: Catalogue, name: str | None, kind: str) -> ModelEntry | None:
    try:
        return catalogue.find(name, kind) if name is not None else None
    except (ModelNotFound, ModelUnusable):
        return None


def _strength(request: GenerationRequest) -> float | None:
    if isinstance(request.start, FromPicture):
        return request.start.strength
    return request.hires.strength if request.hires else None


def _extra(infotext: str) -> dict[str, str]:
    pairs = split_layout(infotext).pairs
    return {key: value for key, value in pairs.items() if key not in _IN_FIELDS_OF_INFO}
