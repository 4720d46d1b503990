from pathlib import Path
from typing import Any

import pytest
import torch

from webui.diffusion.attention_maps import AttentionMaps
from webui.diffusion.families.base import PromptOptions
from webui.diffusion.families.stable_diffusion_xl import StableDiffusionXL
from webui.errors import InvalidRequest
from webui.generation.model_options import SizeConditioning
from webui.generation.request import GenerationRequest
from webui.model_manager.catalogue import Catalogue
from webui.model_manager.loading.load_model import exhausted, load_family

WIDTHS = {"clip_l": 32, "clip_g": 64}


def _loaded(folder: Path, name: str) -> StableDiffusionXL:
    entry = Catalogue((folder,)).find(name)
    family = exhausted(load_family(entry, device=torch.device("cpu"), dtype=torch.float32))
    assert isinstance(family, StableDiffusionXL)
    return family


@pytest.fixture(scope="module")
def base(sdxl_models: Path) -> StableDiffusionXL:
    return _loaded(sdxl_models.parent, "base")


@pytest.fixture(scope="module")
def refiner(sdxl_models: Path) -> StableDiffusionXL:
    return _loaded(sdxl_models.parent, "refiner")


def _options(embeddings: dict[str, Any] | None = None, **changes: Any) -> PromptOptions:
    request = GenerationRequest.parse({"width": 64, "height": 96} | changes)
    return PromptOptions(
        request=request, embeddings=(embeddings or {}).get, width=request.width, height=request.height
    )  # fmt: skip


def test_base_and_refiner_say_what_loras_must_fit(base: StableDiffusionXL, refiner: StableDiffusionXL) -> None:
    assert (base.info.architecture, refiner.info.architecture) == ("sdxl", "sdxl-refiner")
    assert (base.info.name, base.info.default_size) == ("stable-diffusion-xl", 64)
    assert (base.scored, refiner.scored) == (False, True)


def test_a_model_is_told_heights_before_widths_and_the_sizes_of_the_pass_unless_others_are_given(
    base: StableDiffusionXL, refiner: StableDiffusionXL
) -> None:
    told = SizeConditioning(original_width=40, crop_left=8, crop_top=16, aesthetic_score=7, negative_aesthetic_score=1)
    assert base.read_prompts(_options())("the").more["numbers"].tolist() == [[96, 64, 0, 0, 96, 64]]
    read = base.read_prompts(_options(size_conditioning=told))
    assert read("the").more["numbers"].tolist() == read("the", negative=True).more["numbers"].tolist()
    assert read("the").more["numbers"].tolist() == [[96, 40, 16, 8, 96, 64]]
    scored = refiner.read_prompts(_options(size_conditioning=told))
    assert scored("the").more["numbers"].tolist() == [[96, 40, 16, 8, 7]]
    assert scored("the", negative=True).more["numbers"].tolist() == [[96, 40, 16, 8, 1]]


@torch.inference_mode()
def test_an_empty_negative_prompt_is_nothing_for_the_base_and_words_for_the_refiner(
    base: StableDiffusionXL, refiner: StableDiffusionXL
) -> None:
    nothing = base.read_prompts(_options())("", negative=True)
    assert not nothing.tokens.any()
    assert not nothing.more["pooled"].any()
    assert base.read_prompts(_options())("").tokens.any()
    assert refiner.read_prompts(_options())("", negative=True).tokens.any()


@torch.inference_mode()
def test_prompts_of_any_length_are_read_in_chunks_and_the_first_one_is_pooled(base: StableDiffusionXL) -> None:
    read = base.read_prompts(_options())
    long, short = read("the " * 80), read("the " * 75)
    assert (long.tokens.shape, short.tokens.shape) == ((1, 154, 96), (1, 77, 96))
    assert torch.equal(long.more["pooled"], short.more["pooled"])
    assert torch.equal(long.tokens[:, :77], short.tokens)


@torch.inference_mode()
def test_a_word_is_left_out_of_both_encoders_and_of_what_is_pooled(base: StableDiffusionXL) -> None:
    read = base.read_prompts(_options())
    (the, cat) = read.words("the cat")
    assert (the.tokens, cat.tokens) == ((1,), (2, 3, 4))
    without, alone = read.without("the cat", cat), read("the")
    assert torch.equal(without.tokens, alone.tokens)
    assert torch.equal(without.more["pooled"], alone.more["pooled"])


@torch.inference_mode()
def test_textual_inversions_have_vectors_for_both_encoders_or_are_words(base: StableDiffusionXL) -> None:
    both = {name: torch.ones(2, width) for name, width in WIDTHS.items()}
    read = base.read_prompts(_options({"foto": both, "old": torch.ones(2, 32)}))
    assert [word.tokens for word in read.words("a foto")] == [(1,), (2, 3)]
    assert not torch.equal(read("a foto").tokens, base.read_prompts(_options())("a foto").tokens)
    assert read.notes == []
    assert torch.equal(read("a old").tokens, base.read_prompts(_options())("a old").tokens)
    assert "made for another kind of model" in read.notes[0]


@torch.inference_mode()
def test_clip_skip_counts_from_the_layer_before_the_last(base: StableDiffusionXL) -> None:
    usual, skipped = (base.read_prompts(_options(clip_skip=skip))("the") for skip in (1, 2))
    assert not torch.equal(usual.tokens, skipped.tokens)
    assert torch.equal(usual.more["pooled"], skipped.more["pooled"])
    with pytest.raises(InvalidRequest, match="has 3 layers"):
        base.read_prompts(_options(clip_skip=3))("the")


@torch.inference_mode()
@pytest.mark.parametrize("name", ["base", "refiner"])
def test_it_can_be_looked_at_perturbed_and_tiled(name: str, request: pytest.FixtureRequest) -> None:
    family: StableDiffusionXL = request.getfixturevalue(name)
    prompts, timestep = family.read_prompts(_options())("the cat"), torch.tensor(500)
    latents = torch.randn(1, 4, 12, 8, generator=torch.Generator().manual_seed(0))
    plain = family.predict(latents, timestep, prompts)
    maps = AttentionMaps(12, 8)
    with family.recorded_attention(maps):
        assert torch.equal(family.predict(latents, timestep, prompts), plain)
    assert maps.mean().shape == (77, 12, 8)
    with family.perturbed_attention(0):
        assert not torch.equal(family.predict(latents, timestep, prompts), plain)
    with family.tiled():
        moved = family.predict(latents.roll(4, dims=3), timestep, prompts)
        straight = family.predict(latents, timestep, prompts)
    torch.testing.assert_close(moved, straight.roll(4, dims=3), atol=1e-4, rtol=1e-4)
