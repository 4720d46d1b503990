import pytest
import torch
from diffusers import FluxPipeline

from webui.diffusion.families.dynamic_shift import dynamic_shift
from webui.diffusion.families.packed_latents import packed, text_places, token_places, unpacked


def test_tokens_are_those_of_diffusers_and_lead_back() -> None:
    latents = torch.arange(2 * 3 * 4 * 6, dtype=torch.float32).reshape(2, 3, 4, 6)
    tokens = packed(latents)
    assert torch.equal(tokens, FluxPipeline._pack_latents(latents, 2, 3, 4, 6))
    assert torch.equal(unpacked(tokens, 4, 6), latents)


def test_places_are_those_of_diffusers() -> None:
    cpu = torch.device("cpu")
    theirs = FluxPipeline._prepare_latent_image_ids(1, 2, 3, cpu, torch.float32)
    assert torch.equal(token_places(4, 6, device=cpu), theirs)
    assert not text_places(5, device=cpu).any()


def test_a_shift_grows_with_the_picture_only_where_the_scheduler_says_so() -> None:
    dynamic = {"use_dynamic_shifting": True, "base_shift": 0.0, "max_shift": 1.0}
    few, more = dynamic_shift(dynamic, 256), dynamic_shift(dynamic, 4096)
    assert (few, more) == (pytest.approx(1.0), pytest.approx(2.71828, abs=1e-4))
    assert dynamic_shift({"use_dynamic_shifting": False}, 4096) is None
    assert dynamic_shift({}, 4096) is None
