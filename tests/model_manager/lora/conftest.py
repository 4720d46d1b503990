from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import StableDiffusionPipeline
from torch import nn

from tests.tiny_loras import Tensors, save_lora
from webui.generation.networks import Network
from webui.model_manager.lora.applied import ModelNetworks
from webui.model_manager.lora.file import LoraFiles


@cache
def _loaded_once(folder: Path) -> Any:
    return StableDiffusionPipeline.from_pretrained(folder, safety_checker=None)


class Loaded:
    """A tiny Stable Diffusion's networks, and LoRAs on them."""

    def __init__(self, models_dir: Path, loras: Path) -> None:
        loaded = _loaded_once(models_dir / "checkpoints" / "tiny")
        changing = ("unet", "text_encoder")
        parts = {name: deepcopy(part) if name in changing else part for name, part in loaded.components.items()}
        self.pipeline: Any = StableDiffusionPipeline(**parts, requires_safety_checker=False)
        self.parts: Mapping[str, nn.Module] = {"unet": self.pipeline.unet, "text_encoder": self.pipeline.text_encoder}
        self._loras = loras
        self.networks = ModelNetworks(
            self.parts, model="the model 'tiny'", files=LoraFiles(), find=self.path, made_for=lambda path: ""
        )
        self.plain = self.said()

    def path(self, name: str) -> Path | None:
        path = self._loras / f"{name}.safetensors"
        return path if path.is_file() else None

    def save(self, name: str, tensors: Tensors, **metadata: str) -> Path:
        return save_lora(self._loras / f"{name}.safetensors", tensors, **metadata)

    def said(self) -> tuple[torch.Tensor, torch.Tensor]:
        """What the UNet and the text encoder say to the same questions."""
        draw = torch.Generator().manual_seed(3)
        latents, texts = torch.randn(2, 4, 8, 8, generator=draw), torch.randn(2, 77, 32, generator=draw)
        tokens = torch.randint(0, 60, (1, 77), generator=draw)
        with torch.inference_mode():
            unet = self.parts["unet"](latents, 7, encoder_hidden_states=texts, return_dict=False)[0]
            return unet, self.parts["text_encoder"](tokens)[0]

    def with_loras(self, *networks: Network) -> tuple[torch.Tensor, torch.Tensor]:
        self.networks.apply(networks)
        try:
            return self.said()
        finally:
            self.networks.clear()

    def weights(self) -> dict[str, torch.Tensor]:
        return {
            f"{part}.{name}": tensor.clone()
            for part, network in self.parts.items()
            for name, tensor in network.state_dict().items()
        }


@pytest.fixture
def loaded(tiny_models_dir: Path, tmp_path: Path) -> Loaded:
    return Loaded(tiny_models_dir, tmp_path)


def same(these: tuple[torch.Tensor, ...], those: tuple[torch.Tensor, ...], atol: float = 2e-5) -> bool:
    return all(torch.allclose(a, b, atol=atol, rtol=1e-4) for a, b in zip(these, those, strict=True))


def equal(these: tuple[torch.Tensor, ...], those: tuple[torch.Tensor, ...]) -> bool:
    return all(torch.equal(a, b) for a, b in zip(these, those, strict=True))
