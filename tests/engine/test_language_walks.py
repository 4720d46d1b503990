"""What can be asked of Z-Image, Qwen-Image and FLUX.2 beside their plain pictures, on the real networks."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
import torch
from PIL import Image

from tests.engine.blended_walks import assert_blends
from tests.engine.recorded_walks import Recorded, assert_same_walk
from tests.tiny_flux_2 import build_tiny_flux_2
from tests.tiny_qwen_image import build_tiny_qwen_image
from tests.tiny_z_image import build_tiny_z_image
from webui.diffusion.families.base import Family, PromptOptions
from webui.diffusion.preview import fit_preview
from webui.engine.source_picture import SourcePicture, source_picture
from webui.generation.families import Capability
from webui.generation.request import GenerationRequest
from webui.generation.ways import FromPicture, Hires, Mask
from webui.library.inputs import InputStore
from webui.model_manager.catalogue import Catalogue
from webui.model_manager.loading.load_model import exhausted, load_family

MODELS = ["z-image", "qwen-image", "klein"]
REQUEST = GenerationRequest(
    prompt="the [cat:dogs:0.5]", negative_prompt="x", seed=7, steps=3, width=64, height=64, batch_size=2,
    cfg_scale=3.0, sampler="Euler",
)  # fmt: skip
Load = Callable[[str], Family]


@pytest.fixture(scope="module")
def load(tmp_path_factory: pytest.TempPathFactory) -> Load:
    folder = tmp_path_factory.mktemp("models")
    build = {
        "z-image": build_tiny_z_image,
        "qwen-image": build_tiny_qwen_image,
        "klein": lambda place: build_tiny_flux_2(place, klein=True),
    }

    @cache
    def loaded(name: str) -> Family:
        build[name](folder / "checkpoints" / name)
        entry = Catalogue((folder,)).find(name)
        return exhausted(load_family(entry, device=torch.device("cpu"), dtype=torch.float32))

    return loaded


def _resumes(request: GenerationRequest, family: Family, source: SourcePicture | None = None) -> Recorded:
    original = Recorded(request, family, source=source)
    for step in range(len(original.steps) + 1):
        resumed = original.taken_up(step)
        assert resumed.walk.replayed == step
        assert_same_walk(resumed, original)
    return original


@pytest.mark.parametrize("model", MODELS)
def test_a_walk_resumes_exactly_from_every_step(load: Load, model: str) -> None:
    _resumes(REQUEST, load(model))


@pytest.mark.parametrize("model", MODELS)
def test_a_part_of_a_picture_is_made_anew_and_the_walk_resumes_exactly(load: Load, model: str, tmp_path: Path) -> None:
    inputs, grey = InputStore(tmp_path), Image.linear_gradient("L").resize((64, 64))
    start = FromPicture(picture=inputs.add(grey.convert("RGB")), strength=0.8)
    mask = Mask(picture=inputs.add(Image.new("L", (32, 64), 255).crop((0, 0, 64, 64))), blur=0)
    request = REQUEST.with_changes(start=start, mask=mask)
    original = _resumes(request, load(model), source_picture(request, inputs))
    made = original.walk.pictures()[0]
    assert made.crop((32, 0, 64, 64)).tobytes() == grey.convert("RGB").crop((32, 0, 64, 64)).tobytes()
    assert made.crop((0, 0, 16, 64)).tobytes() != grey.convert("RGB").crop((0, 0, 16, 64)).tobytes()


@pytest.mark.parametrize("model", MODELS)
def test_a_second_pass_is_larger(load: Load, model: str) -> None:
    hires = Hires(scale=1.5, strength=0.6, steps=2)
    original = Recorded(REQUEST.with_changes(hires=hires, batch_size=1), load(model))
    assert [picture.size for picture in original.walk.pictures()] == [(96, 96)]


@pytest.mark.parametrize("model", MODELS)
def test_each_word_can_be_left_out(load: Load, model: str) -> None:
    reader = load(model).read_prompts(PromptOptions(request=REQUEST, embeddings={}.get, width=64, height=64))
    words = reader.words("the cat, the dog")
    assert [word.text for word in words] == ["the", "cat", "the", "dog"]
    without = reader.without("the cat, the dog", words[1])
    assert torch.equal(without.tokens, reader("the , the dog").tokens)


@pytest.mark.parametrize("model", MODELS)
def test_previews_have_a_colour_for_each_latent(load: Load, model: str) -> None:
    family = load(model)
    side = 64 // family.info.latent_scale
    pixels = fit_preview(family).pixels(Recorded(REQUEST, family).steps[0].clean)
    assert pixels.shape == (2, side, side, 3)


def test_prompts_of_one_length_share_a_call_and_the_end_of_a_long_one_is_left_out_and_told(load: Load) -> None:
    reader = load("z-image").read_prompts(PromptOptions(request=REQUEST, embeddings={}.get, width=64, height=64))
    assert reader("a cat").shape == reader("a dog").shape != reader("a horse").shape
    assert not reader.notes
    assert reader("word " * 200).tokens.shape[1] == 512
    assert "left out" in reader.notes[0]


def test_the_shift_of_flux_2_follows_size_and_steps(load: Load) -> None:
    klein = load("klein")
    assert klein.flow_shift(1024, 1024, 10) == pytest.approx(9.546, abs=1e-2), "exp of the line for 10 steps"
    few, many, large = (klein.flow_shift(*asked) for asked in ((1024, 1024, 4), (1024, 1024, 50), (2048, 2048, 50)))
    assert few is not None and many is not None and large is not None
    assert many < few < large
    assert not klein.info.traits.can(Capability.DISTILLED_GUIDANCE)


def test_ideas_are_blended_and_points_walk_together(load: Load) -> None:
    assert_blends(REQUEST, load("qwen-image"))
