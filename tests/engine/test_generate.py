import io
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from tests.engine.watched_walks import Wishes
from webui.diffusion.families.base import PromptEmbedding
from webui.diffusion.start import as_tensor
from webui.engine.events import Decoding, Event, ImageDone, ModelLoading, Noted, StepDone
from webui.engine.generate import Generator, create
from webui.errors import GenerationFailed, InvalidRequest, ModelNotFound
from webui.generation.request import GenerationRequest
from webui.generation.ways import (
    FromPicture,
    Hires,
    HiresUpscaler,
    InpaintArea,
    Margins,
    Mask,
    MaskedContent,
    ResizeMode,
)
from webui.library.inputs import InputStore

REQUEST = GenerationRequest(prompt="the cat", seed=3, steps=4, width=64, height=64, model="tiny")


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def generator(tiny_models_dir: Path, data_dir: Path) -> Generator:
    return create([tiny_models_dir], data_dir)


def _run(generator: Generator, request: GenerationRequest, wishes: Wishes | None = None) -> list[Event]:
    wishes = wishes or Wishes()
    events = []
    for event, _ in generator.run("job", request, wishes):
        wishes.steps += isinstance(event, StepDone)
        events.append(event)
    return events


def test_a_job_tells_loading_each_step_decoding_and_the_picture_in_order(tiny_models_dir: Path, tmp_path: Path) -> None:
    kinds = [type(event) for event in _run(create([tiny_models_dir], tmp_path), REQUEST)]
    loading = kinds.count(ModelLoading)
    assert loading >= 4
    assert kinds == [ModelLoading] * loading + [StepDone] * 4 + [Decoding, ImageDone]


def test_each_step_comes_with_a_small_preview_of_each_picture(generator: Generator) -> None:
    request = REQUEST.with_changes(batch_size=2)
    previews = [preview for event, preview in generator.run("job", request, Wishes()) if isinstance(event, StepDone)]
    assert [preview.shape for preview in previews if preview is not None] == [(2, 8, 8, 3)] * 4


def test_the_same_request_gives_the_same_bytes(generator: Generator, tiny_models_dir: Path, tmp_path: Path) -> None:
    first, again, elsewhere = (
        _run(each, REQUEST)[-1].png for each in (generator, generator, create([tiny_models_dir], tmp_path))
    )
    assert first == again == elsewhere


def test_a_picture_carries_the_infotext_and_the_request_that_makes_it_alone(generator: Generator) -> None:
    request = REQUEST.with_changes(batch_size=2, batch_count=2)
    pictures = [event for event in _run(generator, request) if isinstance(event, ImageDone)]
    assert [picture.seed for picture in pictures] == [3, 4, 5, 6]
    assert [picture.index for picture in pictures] == [0, 1, 2, 3]
    texts = Image.open(io.BytesIO(pictures[2].png)).text
    assert texts["parameters"] == pictures[2].infotext
    alone = GenerationRequest.parse(json.loads(texts["darkroom"]))
    assert alone == REQUEST.with_changes(seed=5)
    (again,) = (event for event in _run(generator, alone) if isinstance(event, ImageDone))
    one, other = (np.asarray(Image.open(io.BytesIO(png))).astype(int) for png in (again.png, pictures[2].png))
    assert np.abs(one - other).max() <= 1


def test_an_interrupt_takes_effect_within_one_step(generator: Generator) -> None:
    events = _run(generator, REQUEST.with_changes(steps=20, batch_count=3), Wishes(interrupt_after=3))
    assert [type(event) for event in events] == [StepDone] * 3


def test_a_skip_ends_the_batch_and_goes_on_with_the_next(generator: Generator) -> None:
    events = _run(generator, REQUEST.with_changes(batch_count=2), Wishes(skip_after=2))
    steps = [(event.batch, event.index) for event in events if isinstance(event, StepDone)]
    assert steps == [(0, 1), (0, 2), (1, 1), (1, 2), (1, 3), (1, 4)]
    assert [event.index for event in events if isinstance(event, ImageDone)] == [1]


def test_an_unknown_model_is_a_sentence_and_the_next_job_works(generator: Generator) -> None:
    with pytest.raises(ModelNotFound, match="no model 'nope'"):
        _run(generator, REQUEST.with_changes(model="nope"))
    assert isinstance(_run(generator, REQUEST)[-1], ImageDone)


def test_a_walk_into_nothing_is_told_with_its_step_and_the_next_job_works(
    generator: Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    _run(generator, REQUEST)
    family = generator._manager.loaded.family  # type: ignore[union-attr]
    calls = []

    def predict(latents: torch.Tensor, timestep: torch.Tensor, prompts: PromptEmbedding) -> torch.Tensor:
        calls.append(timestep)
        return latents * (torch.nan if len(calls) == 2 else 1.0)

    with monkeypatch.context() as patch:
        patch.setattr(family, "predict", predict)
        with pytest.raises(GenerationFailed, match="lost at step 2"):
            _run(generator, REQUEST)
    assert isinstance(_run(generator, REQUEST)[-1], ImageDone)


def test_warming_up_loads_the_default_model(tiny_models_dir: Path, tmp_path: Path) -> None:
    generator = create([tiny_models_dir], tmp_path)
    assert generator.describe()["model"] is None
    generator.warm_up()
    assert generator.describe()["model"] == "tiny"
    assert not any(isinstance(event, ModelLoading) for event in _run(generator, REQUEST))


@pytest.fixture
def picture(data_dir: Path) -> str:
    across, down = np.meshgrid(np.linspace(0, 255, 64), np.linspace(0, 255, 64))
    return InputStore(data_dir).add(Image.fromarray(np.stack([across, down, 255 - across], -1).astype(np.uint8)))


@pytest.fixture
def right_half(data_dir: Path) -> str:
    mask = np.zeros((64, 64), np.uint8)
    mask[:, 32:] = 255
    return InputStore(data_dir).add(Image.fromarray(mask))


def _pixels(event: Event) -> np.ndarray:
    assert isinstance(event, ImageDone)
    return np.asarray(Image.open(io.BytesIO(event.png))).astype(int)


def _notes(events: list[Event]) -> list[str]:
    return [event.text for event in events if isinstance(event, Noted)]


@pytest.mark.parametrize("model", ["tiny", "tiny-inpaint"])
@pytest.mark.parametrize("area", InpaintArea)
@pytest.mark.parametrize("content", MaskedContent)
def test_outside_a_hard_mask_the_picture_stays_byte_for_byte(
    generator: Generator, data_dir: Path, picture: str, right_half: str, model: str, area: str, content: str
) -> None:
    mask = Mask(picture=right_half, blur=0, area=area, content=content, padding=8)
    request = REQUEST.with_changes(start=FromPicture(picture=picture), mask=mask, model=model)
    made, before = _pixels(_run(generator, request)[-1]), np.asarray(InputStore(data_dir).open(picture))
    assert np.array_equal(made[:, :32], before[:, :32])
    assert not np.array_equal(made[:, 32:], before[:, 32:])


def test_an_inverted_mask_frees_the_other_part(
    generator: Generator, data_dir: Path, picture: str, right_half: str
) -> None:
    mask = Mask(picture=right_half, blur=0, inverted=True)
    made = _pixels(_run(generator, REQUEST.with_changes(start=FromPicture(picture=picture), mask=mask))[-1])
    before = np.asarray(InputStore(data_dir).open(picture))
    assert np.array_equal(made[:, 32:], before[:, 32:])
    assert not np.array_equal(made[:, :32], before[:, :32])


def test_an_empty_mask_is_a_sentence(generator: Generator, data_dir: Path, picture: str) -> None:
    black = InputStore(data_dir).add(Image.new("L", (64, 64)))
    with pytest.raises(InvalidRequest, match="the mask is empty") as refused:
        _run(generator, REQUEST.with_changes(start=FromPicture(picture=picture), mask=Mask(picture=black)))
    assert (refused.value.field, "Paint" in refused.value.hint) == ("mask", True)


def test_a_mask_of_another_size_is_resized_and_told(generator: Generator, data_dir: Path, picture: str) -> None:
    small = InputStore(data_dir).add(Image.new("L", (32, 16), 255))
    request = REQUEST.with_changes(start=FromPicture(picture=picture), mask=Mask(picture=small), batch_count=2)
    notes = _notes(_run(generator, request))
    assert len(notes) == 1
    assert "mask was resized" in notes[0]


def test_strength_decides_how_many_steps_are_walked_and_none_are_at_0(generator: Generator, picture: str) -> None:
    def steps(strength: float) -> list[tuple[int, int]]:
        request = REQUEST.with_changes(start=FromPicture(picture=picture, strength=strength))
        return [(event.index, event.total) for event in _run(generator, request) if isinstance(event, StepDone)]

    assert steps(0.5) == [(1, 2), (2, 2)]
    assert steps(0.01) == [(1, 1)]
    assert steps(0.0) == []


def test_at_strength_0_the_picture_comes_back_through_the_autoencoder_alone(
    generator: Generator, data_dir: Path, picture: str
) -> None:
    made = _pixels(_run(generator, REQUEST.with_changes(start=FromPicture(picture=picture, strength=0.0)))[-1])
    family = generator._manager.loaded.family  # type: ignore[union-attr]
    generators = [torch.Generator().manual_seed(REQUEST.seed)]
    encoded = family.encode_pictures(as_tensor([InputStore(data_dir).open(picture)]), generators)
    assert np.abs(made - family.decode(encoded)[0]).max() <= 1


@pytest.mark.parametrize("resize", ResizeMode)
def test_a_picture_of_another_size_comes_to_the_requests(generator: Generator, picture: str, resize: str) -> None:
    request = REQUEST.with_changes(start=FromPicture(picture=picture, resize=resize), width=96)
    assert _pixels(_run(generator, request)[-1]).shape == (64, 96, 3)


def test_outpainting_keeps_what_was_there_but_for_the_seam(generator: Generator, data_dir: Path, picture: str) -> None:
    start = FromPicture(picture=picture, margins=Margins(left=32, bottom=16))
    made = _pixels(_run(generator, REQUEST.with_changes(start=start, width=96, height=80))[-1])
    before = np.asarray(InputStore(data_dir).open(picture))
    assert made.shape == (80, 96, 3)
    assert np.array_equal(made[:32, 64:], before[:32, 32:])


def test_margins_that_do_not_fit_the_size_say_which_would(generator: Generator, picture: str) -> None:
    start = FromPicture(picture=picture, margins=Margins(left=32))
    with pytest.raises(InvalidRequest, match="96 x 64") as refused:
        _run(generator, REQUEST.with_changes(start=start))
    assert refused.value.hint == "Set width 96 and height 64."


@pytest.mark.parametrize("upscaler", HiresUpscaler)
def test_the_second_pass_is_counted_with_the_first_and_ends_at_its_own_size(
    generator: Generator, upscaler: str
) -> None:
    hires = Hires(scale=1.5, steps=3, strength=0.5, upscaler=upscaler, sampler="Euler", prompt="a dog")
    events = _run(generator, REQUEST.with_changes(hires=hires, batch_size=2))
    steps = [event for event in events if isinstance(event, StepDone)]
    assert [(step.index, step.total) for step in steps] == [(i, 7) for i in range(1, 8)]
    assert [_pixels(event).shape for event in events[-2:]] == [(96, 96, 3)] * 2


def test_an_interrupt_ends_the_second_pass_too(generator: Generator) -> None:
    request = REQUEST.with_changes(hires=Hires(scale=1.5, strength=0.5))
    assert [type(event) for event in _run(generator, request, Wishes(interrupt_after=6))] == [StepDone] * 6


def test_a_second_pass_of_a_masked_picture_is_refused(generator: Generator, picture: str, right_half: str) -> None:
    request = REQUEST.with_changes(start=FromPicture(picture=picture), mask=Mask(picture=right_half), hires=Hires())
    with pytest.raises(InvalidRequest, match="no second pass"):
        _run(generator, request)


def test_variations_share_the_seed_and_lie_between_their_ends(generator: Generator) -> None:
    def made(**changes: object) -> np.ndarray:
        return _pixels(_run(generator, REQUEST.with_changes(**changes))[-1])

    start, near, far, end = made(), *(
        made(variation_seed=9, variation_strength=share) for share in (0.05, 0.9, 1.0)
    )  # fmt: skip
    assert np.abs(near - start).mean() < np.abs(far - start).mean()
    assert np.abs(end - made(seed=9)).max() <= 1


def test_a_texture_tiles_and_the_next_picture_is_made_as_before(generator: Generator) -> None:
    before = _run(generator, REQUEST)[-1].png
    tiled = _pixels(_run(generator, REQUEST.with_changes(tiling=True))[-1])
    seam = np.abs(tiled[:, 0] - tiled[:, -1]).mean()
    inside = np.abs(np.diff(tiled, axis=1)).mean()
    assert seam < 3 * inside
    assert _run(generator, REQUEST)[-1].png == before


def test_pictures_whose_wildcards_differ_walk_one_by_one_and_keep_their_own_prompts(
    generator: Generator, data_dir: Path
) -> None:
    (data_dir / "wildcards").mkdir(exist_ok=True)
    (data_dir / "wildcards" / "pets.txt").write_text("\n".join(f"pet{i}" for i in range(50)))
    request = REQUEST.with_changes(prompt="the __pets__ # mine", batch_size=2)
    events = _run(generator, request)
    assert [(event.index, event.total) for event in events if isinstance(event, StepDone)] == [
        (i, 8) for i in range(1, 9)
    ]
    pictures = [event for event in events if isinstance(event, ImageDone)]
    prompts = [json.loads(picture.request)["prompt"] for picture in pictures]
    assert len(set(prompts)) == 2
    assert all(prompt.startswith("the pet") and "#" not in prompt for prompt in prompts)
    assert all("Wildcard prompt: the __pets__" in picture.infotext for picture in pictures)
    alone = GenerationRequest.parse(json.loads(pictures[1].request))
    assert np.abs(_pixels(_run(generator, alone)[-1]) - _pixels(pictures[1])).max() <= 1


def test_what_a_prompt_names_in_vain_is_told_once(generator: Generator) -> None:
    request = REQUEST.with_changes(prompt="a <lora:nope:0.5> __nowhere__", batch_count=2)
    notes = _notes(_run(generator, request))
    assert len(notes) == 2
    assert {"no LoRA 'nope'" in note for note in notes} == {True, False}
