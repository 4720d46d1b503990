"""Any pipeline of diffusers that makes pictures or films of a prompt, run as it is: the general adapter.

A native family is walked by the one denoise loop, which can start, stop, record and branch anywhere. A pipeline walks
by itself; its callbacks tell of the steps, and a callback can end it. Nothing else is asked of it.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any, NoReturn

import numpy as np
import torch
from diffusers import AutoencoderKL, AutoencoderKLWan, AutoencoderTiny

from webui.diffusion.attention_maps import AttentionMaps
from webui.diffusion.families.base import FamilyInfo, Latents, PromptEmbedding, PromptOptions, PromptReader
from webui.diffusion.families.picture_vae import PictureVae
from webui.diffusion.families.pipeline_run import PipelineRun
from webui.errors import InvalidRequest, ViewUnavailable
from webui.generation.families import family_traits
from webui.generation.pipeline_calls import PipelineCall

_ALWAYS: Mapping[str, Any] = {"output_type": "pil", "clean_caption": False, "use_resolution_binning": False}
"""The prompt and the size are what was asked for, not the nearest ones that a model was trained with."""


class PipelineModel:
    """A loaded pipeline: a `Family` that can be run as a whole, and refuses what belongs to our own loop.

    Args:
        pipeline: the pipeline with its parts on their device.
        call: what it may be asked for.
        device: where it computes.
        dtype: what it computes in.
    """

    def __init__(self, pipeline: Any, call: PipelineCall, *, device: torch.device, dtype: torch.dtype) -> None:
        self._pipeline = pipeline
        pipeline.set_progress_bar_config(disable=True)
        self.device = device
        self.dtype = dtype
        self.call = call
        self.parts: Mapping[str, torch.nn.Module] = {
            name: part for name, part in pipeline.components.items() if isinstance(part, torch.nn.Module)
        }
        self.scheduler_config: Mapping[str, Any] = dict(getattr(getattr(pipeline, "scheduler", None), "config", {}))
        vae = self.parts.get("vae")
        self._vae = PictureVae(vae, device=device, dtype=dtype) if _is_known(vae) else None
        self.info = _info(pipeline, self.call, self.parts, self._vae)

    @property
    def class_name(self) -> str:
        """The pipeline's class in diffusers."""
        return type(self._pipeline).__name__

    @property
    def shows_latents(self) -> bool:
        """Whether latents can be turned into pictures on the way."""
        return self._vae is not None

    def run(self, arguments: Mapping[str, Any]) -> PipelineRun:
        """Begin a run; `arguments` that the pipeline does not take are left out."""
        told = {name: value for name, value in {**_ALWAYS, **arguments}.items() if name in self.call.parameters}
        return PipelineRun(self._pipeline, told)

    def encode_pictures(self, pictures: torch.Tensor, generators: Sequence[torch.Generator] | None = None) -> Latents:
        """Pictures (batch, 3, height, width) from -1 to 1 to latents.

        Raises:
            ViewUnavailable: the pipeline has no autoencoder that is known here.
        """
        return self._autoencoder.encode(pictures, generators)

    def decode(self, latents: Latents) -> np.ndarray:
        """Latents to pictures, uint8 (batch, height, width, 3).

        Raises:
            ViewUnavailable: as from `encode_pictures`.
        """
        return self._autoencoder.decode(latents)

    @property
    def _autoencoder(self) -> PictureVae:
        if self._vae is None:
            raise ViewUnavailable("The latents of this model cannot be shown.", hint="Wait for the finished picture.")
        return self._vae

    def flow_shift(self, width: int, height: int, steps: int) -> float | None:
        """The pipeline shifts its noise levels by itself."""
        return None

    def read_prompts(self, options: PromptOptions) -> PromptReader:
        """See `_refuse`."""
        self._refuse()

    def predict(self, latents: Latents, timestep: torch.Tensor, prompts: PromptEmbedding) -> Latents:
        """See `_refuse`."""
        self._refuse()

    def perturbed_attention(self, first: int) -> AbstractContextManager[None]:
        """See `_refuse`."""
        self._refuse()

    def recorded_attention(self, maps: AttentionMaps) -> AbstractContextManager[None]:
        """See `_refuse`."""
        self._refuse()

    def tiled(self) -> AbstractContextManager[None]:
        """See `_refuse`."""
        self._refuse()

    def _refuse(self) -> NoReturn:
        """Requests are checked against the capabilities first (`webui.generation.abilities`); this is for the rest.

        Raises:
            InvalidRequest: always.
        """
        raise InvalidRequest(
            "This model runs as diffusers' own pipeline and cannot be asked for single steps.",
            hint="Choose a model of another family.", field="model",
        )  # fmt: skip


def _is_known(vae: Any) -> bool:
    """Whether pictures can be encoded and decoded one by one, in latents of a known size."""
    known = isinstance(vae, AutoencoderKL | AutoencoderTiny | AutoencoderKLWan)
    return known and vae.config.get("patch_size") is None


def _info(
    pipeline: Any, call: PipelineCall, parts: Mapping[str, torch.nn.Module], vae: PictureVae | None
) -> FamilyInfo:
    """What can be told of a pipeline's sizes by the attributes and configurations that most of them have."""
    network = parts.get("transformer", parts.get("unet"))
    config: Any = getattr(network, "config", None)
    scale = _first_number(
        pipeline, ("vae_scale_factor", "vae_scale_factor_spatial", "vae_spatial_compression_ratio"), 8
    )
    patch = _spatial(getattr(config, "patch_size", None), 1)
    side = _spatial(getattr(config, "sample_size", None), 64)
    return FamilyInfo(
        traits=replace(family_traits("pipeline"), capabilities=call.capabilities),
        architecture="",
        default_size=side * scale,
        size_multiple=scale * patch,
        latent_channels=vae.channels if vae else 4,
        latent_scale=vae.scale if vae else scale,
    )


def _first_number(owner: Any, names: tuple[str, ...], default: int) -> int:
    found = (getattr(owner, name, None) for name in names)
    return next((value for value in found if isinstance(value, int) and value > 0), default)


def _spatial(value: Any, default: int) -> int:
    """A whole number of a configuration; of several (frames, height, width) the last."""
    last = value[-1] if isinstance(value, list | tuple) and value else value
    return last if isinstance(last, int) and last > 0 else default
