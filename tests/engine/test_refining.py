"""A refiner goes on where the model stops: with real parts, through the generator's whole path."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionXLImg2ImgPipeline, StableDiffusionXLPipeline
from PIL import Image

from tests.one_precision import computed_in
from webui.engine.events import Event, ImageDone, Recorded
from webui.engine.generate import Generator, create
from webui.engine.looks import LookAttention
from webui.engine.worker_control import JobControl
from webui.errors import InvalidRequest, ModelNotFound
from webui.generation.model_options import Refiner
from webui.generation.request import GenerationRequest
from webui.generation.ways import FromStep, Hires

REQUEST = GenerationRequest(
    prompt="the cat", negative_prompt="dog", seed=3, steps=4, width=64, height=64, model="base", sampler="Euler",
    refiner=Refiner(model="refiner", switch_at=0.75), cfg_scale=5.0,
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(sdxl_models: Path, tiny_models_dir: Path) -> Path:
    other = sdxl_models / "tiny-v"
    if not other.exists():
        other.symlink_to(tiny_models_dir / "checkpoints" / "tiny-v")
    return sdxl_models


@pytest.fixture(scope="module")
def generator(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Generator:
    with computed_in(torch.float32):
        return create([folder.parent], tmp_path_factory.mktemp("data"), device=torch.device("cpu"))


def _events(generator: Generator, request: GenerationRequest, job: str = "job", record: str = "off") -> list[Event]:
    with computed_in(torch.float32):
        return [event for event, _ in generator.run(job, request, JobControl(), record=record)]


def _pictures(events: list[Event]) -> list[np.ndarray]:
    pngs = [event.png for event in events if isinstance(event, ImageDone)]
    return [np.asarray(Image.open(io.BytesIO(png))).astype(int) for png in pngs]


def test_the_switch_is_the_one_of_diffusers_two_pipelines(generator: Generator, folder: Path) -> None:
    base: Any = StableDiffusionXLPipeline.from_pretrained(folder / "base", add_watermarker=False)
    refiner: Any = StableDiffusionXLImg2ImgPipeline.from_pretrained(folder / "refiner", add_watermarker=False)
    words = {"prompt": REQUEST.prompt, "negative_prompt": REQUEST.negative_prompt, "guidance_scale": 5.0}
    noise = torch.Generator().manual_seed(REQUEST.seed)
    begun = base(
        **words, num_inference_steps=4, width=64, height=64, denoising_end=0.75, output_type="latent", generator=noise
    ).images
    made = refiner(**words, num_inference_steps=4, denoising_start=0.75, image=begun).images[0]
    (ours,) = _pictures(_events(generator, REQUEST))
    assert np.abs(ours - np.asarray(made).astype(int)).max() <= 1


@pytest.mark.parametrize("changes", [{"sampler": "DPM++ 2M"}, {"guidance": "APG"}], ids=str)
def test_a_refined_walk_resumes_exactly_before_the_switch_and_behind_it(
    generator: Generator, changes: dict[str, str]
) -> None:
    request = REQUEST.with_changes(**changes)
    events = _events(generator, request, job="whole", record="steps")
    (recorded,) = [event.trajectory for event in events if isinstance(event, Recorded)]
    whole = _pictures(events)[0]
    for step in (2, 3):
        again = request.with_changes(start=FromStep(trajectory=recorded, step=step))
        assert np.array_equal(_pictures(_events(generator, again))[0], whole)


def test_where_there_is_a_second_pass_it_is_the_one_that_is_refined(generator: Generator) -> None:
    half = Refiner(model="refiner", switch_at=0.5)
    hires = REQUEST.with_changes(hires=Hires(scale=1.5, strength=0.5, steps=2), refiner=half)
    (refined,) = _pictures(_events(generator, hires))
    (plain,) = _pictures(_events(generator, hires.with_changes(refiner=None)))
    assert refined.shape == plain.shape == (96, 96, 3)
    assert not np.array_equal(refined, plain)
    never = hires.with_changes(refiner=Refiner(model="refiner", switch_at=1.0))
    assert np.array_equal(_pictures(_events(generator, never))[0], plain)


def test_every_batch_begins_with_the_model_itself_and_the_refiner_does_not_stay(generator: Generator) -> None:
    batches = _pictures(_events(generator, REQUEST.with_changes(batch_count=2)))
    alone = [_pictures(_events(generator, REQUEST.with_changes(seed=3 + i)))[0] for i in range(2)]
    assert [np.array_equal(one, other) for one, other in zip(batches, alone, strict=True)] == [True, True]
    assert generator.describe()["model"] == "base"


def test_a_refiner_that_cannot_go_on_is_refused_in_a_sentence(generator: Generator) -> None:
    with pytest.raises(InvalidRequest, match="predict something else") as refused:
        _events(generator, REQUEST.with_changes(refiner=Refiner(model="tiny-v")))
    assert refused.value.field == "refiner.model"
    with pytest.raises(ModelNotFound):
        _events(generator, REQUEST.with_changes(refiner=Refiner(model="gone")))


def test_where_the_refiner_made_a_step_the_model_is_asked_and_that_is_said(generator: Generator) -> None:
    events = _events(generator, REQUEST, job="looked", record="steps")
    (recorded,) = [event.trajectory for event in events if isinstance(event, Recorded)]
    notes = []
    for step in (1, 3):
        question = LookAttention(trajectory=recorded, step=step, picture=0, model="base", of="attention")
        notes.append(generator.look(question).values["notes"])
    assert notes[0] == []
    assert "The refiner 'refiner' made this step" in notes[1][0]
