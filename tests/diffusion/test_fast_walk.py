from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from tests.tiny_chroma import build_tiny_chroma
from tests.tiny_flux import build_tiny_flux
from tests.tiny_flux_2 import build_tiny_flux_2
from tests.tiny_qwen_image import build_tiny_qwen_image
from webui.diffusion.families.base import Family, PromptEmbedding, PromptOptions
from webui.diffusion.fast_walk import fast_walk
from webui.errors import InvalidRequest
from webui.generation.request import GenerationRequest
from webui.model_manager.catalogue import Catalogue
from webui.model_manager.loading.load_model import exhausted, load_family

STEPS = 12


@pytest.fixture(scope="module")
def flux(tmp_path_factory: pytest.TempPathFactory) -> Family:
    models_dir = tmp_path_factory.mktemp("fast")
    build_tiny_flux(models_dir / "checkpoints" / "flux")
    entry = Catalogue((models_dir,)).find("flux")
    return exhausted(load_family(entry, device=torch.device("cpu"), dtype=torch.float32))


@pytest.fixture(scope="module")
def prompts(flux: Family) -> PromptEmbedding:
    request = GenerationRequest(prompt="the cat", width=64, height=64)
    return flux.read_prompts(PromptOptions(request=request, embeddings={}.get, width=64, height=64))("the cat")


@torch.inference_mode()
def walked(family: Family, prompts: PromptEmbedding, count: int = STEPS) -> list[torch.Tensor]:
    """Predictions along latents that change a little from one to the next."""
    latents = torch.randn(1, family.info.latent_channels, 8, 8, generator=torch.Generator().manual_seed(0))
    return [
        family.predict(latents * (1 - step / 400), torch.tensor(900.0 - step / 4), prompts) for step in range(count)
    ]


@pytest.mark.parametrize(("preset", "in_full"), [("fast", range(1, STEPS)), ("faster", [5])])
def test_a_preset_computes_some_of_the_predictions_and_stays_close(
    flux: Family, prompts: PromptEmbedding, preset: str, in_full: range | list[int]
) -> None:
    exact = walked(flux, prompts)
    with fast_walk(flux, preset) as computed:
        fast = walked(flux, prompts)
    assert computed.calls == STEPS
    assert computed.in_full in in_full
    assert f"{computed.in_full} of {STEPS}" in computed.note
    assert torch.equal(fast[0], exact[0])
    assert not torch.equal(fast[-1], exact[-1])
    far = max(float((a - b).norm() / b.norm()) for a, b in zip(fast, exact, strict=True))
    assert far < 0.2


@pytest.mark.parametrize("build", [build_tiny_flux, build_tiny_chroma, build_tiny_flux_2, build_tiny_qwen_image])
def test_where_nothing_changes_what_is_remembered_is_what_was_computed(
    build: Callable[[Path], Path], tmp_path: Path
) -> None:
    build(tmp_path / "checkpoints" / "model")
    entry = Catalogue((tmp_path,)).find("model")
    family = exhausted(load_family(entry, device=torch.device("cpu"), dtype=torch.float32))
    request = GenerationRequest(prompt="the cat", width=64, height=64)
    read = family.read_prompts(PromptOptions(request=request, embeddings={}.get, width=64, height=64))
    latents = torch.randn(1, family.info.latent_channels, 8, 8, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode(), fast_walk(family, "fast") as computed:
        first, second, third = (family.predict(latents, torch.tensor(900.0), read("the cat")) for _ in range(3))
    assert (computed.calls, computed.in_full) == (3, 1)
    assert torch.allclose(second, first, atol=1e-5)
    assert torch.allclose(third, first, atol=1e-5)


def test_nothing_of_a_walk_is_left_for_the_next(flux: Family, prompts: PromptEmbedding) -> None:
    exact = walked(flux, prompts)
    with fast_walk(flux, "faster"):
        first = walked(flux, prompts)
    with fast_walk(flux, "faster"):
        walked(flux, prompts, 5)  # broken off
    with fast_walk(flux, "faster"):
        again = walked(flux, prompts)
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    assert all(torch.equal(a, b) for a, b in zip(walked(flux, prompts), exact, strict=True))


def test_exact_is_exact_and_tells_nothing(flux: Family, prompts: PromptEmbedding) -> None:
    with fast_walk(flux, "") as computed:
        assert all(torch.equal(a, b) for a, b in zip(walked(flux, prompts), walked(flux, prompts), strict=True))
    assert computed.note == ""


def test_a_model_without_presets_says_so(tiny_models_dir: Path) -> None:
    entry = Catalogue((tiny_models_dir,)).find("tiny")
    family = exhausted(load_family(entry, device=torch.device("cpu"), dtype=torch.float32))
    with pytest.raises(InvalidRequest, match="no preset 'fast'"), fast_walk(family, "fast"):
        pass
