"""What can be asked of Stable Diffusion 3, FLUX.1 and Chroma beside their plain pictures, on the real networks."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from tests.engine.blended_walks import assert_blends
from tests.engine.recorded_walks import Recorded, assert_same_walk
from webui.diffusion.families.base import Family, PromptOptions
from webui.diffusion.preview import fit_preview
from webui.engine.source_picture import SourcePicture, source_picture
from webui.errors import InvalidRequest, ViewUnavailable
from webui.generation.families import Capability
from webui.generation.request import GenerationRequest
from webui.generation.ways import FromPicture, Hires, HiresUpscaler, Mask
from webui.library.inputs import InputStore
from webui.model_manager.catalogue import Catalogue
from webui.model_manager.loading.load_model import exhausted, load_family

MODELS = ["sd3", "dev", "schnell", "fill", "chroma"]
WALKED = ["sd3", "schnell", "fill", "chroma"]
"""Without dev, which is schnell's code with more to read."""
REQUEST = GenerationRequest(
    prompt="the [cat:dog:0.5], (a:1.3) 3", negative_prompt="x", seed=7, steps=3, width=64, height=64, batch_size=2,
    cfg_scale=3.0, sampler="Euler",
)  # fmt: skip
Load = Callable[[str], Family]


@pytest.fixture(scope="module")
def load(flow_models: Path) -> Load:
    catalogue = Catalogue((flow_models.parent,))

    @cache
    def loaded(name: str) -> Family:
        return exhausted(load_family(catalogue.find(name), device=torch.device("cpu"), dtype=torch.float32))

    return loaded


@pytest.fixture
def inputs(tmp_path: Path) -> InputStore:
    return InputStore(tmp_path)


def _resumes(request: GenerationRequest, family: Family, source: SourcePicture | None = None) -> Recorded:
    original = Recorded(request, family, source=source)
    for step in (1, len(original.steps) - 1):
        resumed = original.taken_up(step)
        assert resumed.walk.replayed == step
        assert_same_walk(resumed, original)
    end = original.taken_up(len(original.steps)).walk.pictures()
    assert [each.tobytes() for each in end] == [each.tobytes() for each in original.walk.pictures()]
    return original


@pytest.mark.parametrize(("model", "sampler"), [*((model, "Euler") for model in MODELS), ("sd3", "DPM++ 2M")])
def test_a_walk_resumes_exactly(load: Load, model: str, sampler: str) -> None:
    _resumes(REQUEST.with_changes(sampler=sampler), load(model))


@pytest.mark.parametrize("model", WALKED)
@pytest.mark.parametrize("soft", [None, False, True], ids=["whole", "hard mask", "soft mask"])
def test_from_a_picture_it_resumes_exactly(load: Load, inputs: InputStore, model: str, *, soft: bool | None) -> None:
    grey = Image.linear_gradient("L").resize((64, 64))
    start = FromPicture(picture=inputs.add(grey.convert("RGB")), strength=0.8)
    mask = None if soft is None else Mask(picture=inputs.add(grey.rotate(90)), soft=soft)
    request = REQUEST.with_changes(start=start, mask=mask)
    _resumes(request, load(model), source_picture(request, inputs))


@pytest.mark.parametrize("model", WALKED)
def test_both_passes_of_a_picture_resume_exactly(load: Load, model: str) -> None:
    hires = Hires(scale=1.5, strength=0.6, upscaler=HiresUpscaler.LATENT, steps=2)
    original = _resumes(REQUEST.with_changes(hires=hires, batch_size=1), load(model))
    assert {picture.size for picture in original.walk.pictures()} == {(96, 96)}


@pytest.mark.parametrize("model", WALKED)
def test_a_branch_follows_another_prompt_from_its_step_on(load: Load, model: str) -> None:
    original = Recorded(REQUEST, load(model))
    branch = original.taken_up(1, prompt="a 9 to 5")
    assert torch.equal(branch.steps[0].latents, original.steps[0].latents)
    assert not torch.equal(branch.end, original.end)


def test_fill_is_shown_the_mask_of_a_branch_pixel_by_pixel(load: Load) -> None:
    right = Image.new("L", (64, 64))
    right.paste(255, (36, 0, 64, 64))
    original = Recorded(REQUEST, load("fill"))
    branch = original.taken_up(1, mask=Mask(picture="0" * 32, blur=0), mask_picture=right)
    seen = branch.trajectory.passes[0].turns[-1].seen
    assert seen is not None
    assert seen.shape == (2, 16 + 64, 8, 8)
    shown = torch.nn.functional.pixel_shuffle(seen[:1, 16:], 8)[0, 0]
    assert torch.equal(shown, torch.from_numpy(np.asarray(right) / 255).float())
    assert_same_walk(branch.taken_up(2), branch)


def test_fill_takes_up_a_walk_of_dev_and_the_other_way_round(load: Load) -> None:
    for before, after in (("dev", "fill"), ("fill", "dev")):
        original = Recorded(REQUEST, load(before))
        branch = original.taken_up(1, family=load(after))
        assert torch.equal(branch.steps[0].latents, original.steps[0].latents)
        seen = branch.trajectory.passes[0].turns[-1].seen
        assert (seen is not None) == (after == "fill")
        assert seen is None or bool((seen[:, 16:] == 1).all())


@pytest.mark.parametrize("model", WALKED)
def test_the_first_picture_of_a_batch_is_the_one_that_walks_alone(load: Load, model: str) -> None:
    together, alone = Recorded(REQUEST, load(model)), Recorded(REQUEST.with_changes(batch_size=1), load(model))
    torch.testing.assert_close(together.end[:1], alone.end, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("model", ["sd3", "dev"])
@pytest.mark.parametrize(
    "changes",
    [{"prompt": "the cat AND dog:0.5"}, {"guidance": "APG"}, {"cfg_rescale": 0.5}, {"cfg_scale": 1.0}],
    ids=str,
)
def test_what_else_guides_a_picture_changes_it(load: Load, model: str, changes: dict[str, Any]) -> None:
    plain, changed = Recorded(REQUEST, load(model)), Recorded(REQUEST.with_changes(**changes), load(model))
    assert torch.isfinite(changed.end).all()
    assert not torch.allclose(plain.end, changed.end)


@pytest.mark.parametrize("model", ["dev", "fill"])
def test_models_that_are_told_their_guidance_listen(load: Load, model: str) -> None:
    low, high = (Recorded(REQUEST.with_changes(distilled_guidance=scale), load(model)) for scale in (1.0, 8.0))
    assert not torch.allclose(low.end, high.end)


@pytest.mark.parametrize("model", WALKED)
def test_previews_have_the_colours_of_sixteen_channels(load: Load, model: str) -> None:
    family = load(model)
    preview = fit_preview(family)
    assert preview.weights.shape == (16, 3)
    assert preview.pixels(Recorded(REQUEST, family).steps[0].clean).shape == (2, 8, 8, 3)


@pytest.mark.parametrize("model", ["sd3-without-t5", *MODELS])
def test_each_word_can_be_left_out(load: Load, model: str) -> None:
    reader = load(model).read_prompts(PromptOptions(request=REQUEST, embeddings={}.get, width=64, height=64))
    prompt = "the (cat:1.2), the dog"
    words = reader.words(prompt)
    assert [word.text for word in words] == ["the", "cat", "the", "dog"]
    whole, without = reader(prompt), reader.without(prompt, words[1])
    assert not torch.equal(without.tokens[:, :5], whole.tokens[:, :5])
    plain = reader("the , the dog")
    assert all(torch.equal(without.more[name], plain.more[name]) for name in whole.more)
    assert torch.equal(without.tokens, plain.tokens)


@pytest.mark.parametrize("model", MODELS)
def test_what_a_family_cannot_do_is_said_and_not_offered(load: Load, model: str) -> None:
    family = load(model)
    assert not family.info.traits.capabilities & {Capability.PAG, Capability.TILING, Capability.ATTENTION_MAPS}
    for refused in (lambda: family.perturbed_attention(0), family.tiled):
        with pytest.raises(InvalidRequest, match="cannot"):
            refused()
    with pytest.raises(ViewUnavailable, match="where it looks"):
        family.recorded_attention(None)  # pyright: ignore[reportArgumentType]


def test_each_kind_of_flux_starts_with_its_own_settings(load: Load) -> None:
    steps = {name: load(name).info.traits.steps for name in ("dev", "schnell", "fill")}
    told = {name: load(name).info.traits.distilled_guidance for name in ("dev", "schnell", "fill")}
    assert steps == {"dev": 28, "schnell": 4, "fill": 50}
    assert told == {"dev": 3.5, "schnell": None, "fill": 30.0}
    assert not load("schnell").info.traits.can(Capability.DISTILLED_GUIDANCE)


def test_larger_pictures_are_shifted_further_where_the_model_was_trained_so(load: Load) -> None:
    dev, schnell = load("dev"), load("schnell")
    small, large = (dev.flow_shift(side, side, 20) for side in (256, 1024))
    assert small == pytest.approx(1.6487, abs=1e-3), "exp(0.5) at 256 tokens"
    assert large == pytest.approx(3.1582, abs=1e-3), "exp(1.15) at 4096 tokens"
    assert schnell.flow_shift(1024, 1024, 20) is None


def test_pictures_that_the_network_has_no_places_for_are_refused(load: Load) -> None:
    for changes, field in (({"width": 272}, "width"), ({"width": 96, "hires": Hires(scale=4.0)}, "hires.scale")):
        with pytest.raises(InvalidRequest, match="at most 256 x 256 pixels") as refused:
            Recorded(REQUEST.with_changes(**changes), load("sd3"))
        assert refused.value.field == field


def test_textual_inversions_stand_for_words_in_each_of_clips_encoders(load: Load) -> None:
    vectors = {"clip_l": torch.ones(2, 16), "clip_g": torch.ones(2, 8)}
    options = PromptOptions(
        request=REQUEST, embeddings=lambda name: vectors if name == "mine" else None, width=64, height=64
    )
    reader = load("sd3").read_prompts(options)
    with_vectors, without = reader("a mine cat"), reader("a none cat")
    assert not torch.allclose(with_vectors.tokens[:, :77, :16], without.tokens[:, :77, :16])
    assert not torch.allclose(with_vectors.tokens[:, :77, 16:24], without.tokens[:, :77, 16:24])
    assert reader.notes == []
    wrong = PromptOptions(request=REQUEST, embeddings=lambda _: torch.ones(1, 999), width=64, height=64)
    reader = load("sd3").read_prompts(wrong)
    reader("mine")
    assert reader.notes == ["The embedding 'mine' was made for another kind of model and is read as ordinary words."]


@pytest.mark.parametrize("model", ["sd3", "schnell"])
def test_ideas_are_blended_and_points_walk_together(load: Load, model: str) -> None:
    assert_blends(REQUEST, load(model))
