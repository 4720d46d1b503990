"""Pipelines of diffusers through the one path of jobs: the pictures are theirs, and the user can end them."""

import io
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import torch
from diffusers import DDIMScheduler, PixArtAlphaPipeline, StableDiffusionInstructPix2PixPipeline, WanPipeline
from PIL import Image

from tests.one_precision import computed_in
from tests.tiny_pipelines import build_tiny_pix2pix, build_tiny_pixart, build_tiny_wan
from webui.engine.events import Event, ImageDone, Noted, StepDone
from webui.engine.generate import Generator, create
from webui.engine.worker_control import JobControl
from webui.errors import GenerationFailed, InvalidRequest
from webui.generation.infotext_reader import read_infotext
from webui.generation.request import GenerationRequest
from webui.imaging.mp4_text import mp4_comment
from webui.library.inputs import InputStore


@pytest.fixture(scope="module")
def models_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    build_tiny_pixart(folder / "checkpoints" / "pixart")
    build_tiny_wan(folder / "checkpoints" / "wan")
    build_tiny_pix2pix(folder / "checkpoints" / "pix2pix")
    return folder


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def generator(models_dir: Path, data_dir: Path) -> Iterator[Generator]:
    with computed_in(torch.float32):
        yield create([models_dir], data_dir, device=torch.device("cpu"))


def _request(model: str, **values: Any) -> GenerationRequest:
    usual = {"prompt": "the cat", "negative_prompt": "a", "seed": 5, "steps": 3, "width": 64, "height": 96}
    return GenerationRequest.parse({**usual, "model": model, **values})


def _events(generator: Generator, request: GenerationRequest, control: JobControl | None = None) -> list[Event]:
    return [event for event, _ in generator.run("job", request, control or JobControl(), record="steps")]


def _pictures(events: list[Event]) -> list[np.ndarray]:
    done = [event for event in events if isinstance(event, ImageDone)]
    return [np.asarray(Image.open(io.BytesIO(event.png))) for event in done]


def test_the_pictures_of_a_batch_are_those_of_the_pipeline(generator: Generator, models_dir: Path) -> None:
    events = _events(generator, _request("pixart", batch_size=2))
    plain: Any = PixArtAlphaPipeline.from_pretrained(models_dir / "checkpoints" / "pixart")
    plain.set_progress_bar_config(disable=True)
    for seed, made in zip((5, 6), _pictures(events), strict=True):
        theirs = plain(
            "the cat", negative_prompt="a", num_inference_steps=3, guidance_scale=5.0, width=64, height=96,
            generator=torch.Generator("cpu").manual_seed(seed), use_resolution_binning=False, clean_caption=False,
        ).images[0]  # fmt: skip
        assert np.array_equal(made, np.asarray(theirs))


def test_each_step_is_told_with_previews_of_the_whole_batch(generator: Generator) -> None:
    request = _request("pixart", batch_size=2)
    steps = [(e, pixels) for e, pixels in generator.run("job", request, JobControl()) if isinstance(e, StepDone)]
    assert [(event.index, event.total) for event, _ in steps] == [(index, 6) for index in range(1, 7)]
    assert all(pixels is not None and pixels.shape == (2, 12, 8, 3) for _, pixels in steps)


def test_an_interrupt_ends_the_pipeline_after_a_step(generator: Generator) -> None:
    control, events = JobControl(), []
    for event, _ in generator.run("job", _request("pixart"), control):
        events.append(event)
        if isinstance(event, StepDone):
            control.interrupt()
    assert sum(isinstance(event, StepDone) for event in events) == 1
    assert not _pictures(events)
    assert len(_pictures(_events(generator, _request("pixart")))) == 1


def test_the_picture_carries_its_request_and_the_user_is_told_what_was_not_listened_to(generator: Generator) -> None:
    events = _events(generator, _request("pixart", eta=0.5))
    done = next(event for event in events if isinstance(event, ImageDone))
    assert read_infotext(done.infotext).values["prompt"] == "the cat"
    assert any(isinstance(event, Noted) and "eta" in event.text for event in events)
    assert not done.trajectory and not done.film


def test_a_vae_that_was_left_out_is_not_told_of_the_picture(generator: Generator, models_dir: Path) -> None:
    (models_dir / "vae").mkdir()
    weights = models_dir / "checkpoints" / "pixart" / "vae" / "diffusion_pytorch_model.safetensors"
    shutil.copy(weights, models_dir / "vae" / "another.safetensors")
    events = _events(generator, _request("pixart", vae="another"))
    done = next(event for event in events if isinstance(event, ImageDone))
    assert any(isinstance(event, Noted) and "vae" in event.text for event in events)
    assert "VAE" not in done.infotext
    assert GenerationRequest.model_validate_json(done.request).vae is None


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"hires": {}}, "hires"),
        ({"tiling": True}, "tiling"),
        ({"pag_scale": 2}, "pag_scale"),
        ({"clip_skip": 2}, "clip_skip"),
        ({"video": {"frames": 5}}, "video"),
    ],
)
def test_what_the_pipeline_cannot_do_is_refused_by_its_field(
    generator: Generator, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        _events(generator, _request("pixart", **values))
    assert refused.value.field == field


def test_a_film_is_that_of_the_pipeline_with_its_first_frame_as_the_picture(
    generator: Generator, models_dir: Path
) -> None:
    events = _events(generator, _request("wan", height=64, video={"frames": 5, "fps": 8}))
    done = next(event for event in events if isinstance(event, ImageDone))
    plain: Any = WanPipeline.from_pretrained(models_dir / "checkpoints" / "wan")
    plain.set_progress_bar_config(disable=True)
    theirs = plain(
        "the cat", negative_prompt="a", num_inference_steps=3, guidance_scale=5.0, width=64, height=64, num_frames=5,
        generator=torch.Generator("cpu").manual_seed(5), output_type="pil",
    ).frames[0]  # fmt: skip
    assert np.array_equal(_pictures(events)[0], np.asarray(theirs[0]))
    assert mp4_comment(done.film) == done.infotext
    opened: Any = av.open(io.BytesIO(done.film))
    with opened as film:
        frames = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
        assert film.streams.video[0].average_rate == 8
    assert len(frames) == 5
    assert np.abs(frames[0].astype(int) - np.asarray(theirs[0])).mean() < 12


def test_loras_that_prompts_name_are_left_out_and_told(generator: Generator) -> None:
    events = _events(generator, _request("pixart", prompt="the cat <lora:ink:0.5>"))
    assert any(isinstance(event, Noted) and "ink" in event.text and "no LoRAs" in event.text for event in events)
    assert np.array_equal(_pictures(events)[0], _pictures(_events(generator, _request("pixart")))[0])


@pytest.mark.parametrize(("values", "error"), [({"width": 72}, InvalidRequest), ({"steps": 150}, GenerationFailed)])
def test_what_goes_wrong_in_a_pipeline_is_told_in_its_words(
    generator: Generator, monkeypatch: pytest.MonkeyPatch, values: dict[str, Any], error: type[Exception]
) -> None:
    def fails(scheduler: DDIMScheduler, *_: Any, **__: Any) -> None:
        raise RuntimeError("tensors do not fit")

    if error is GenerationFailed:
        monkeypatch.setattr(DDIMScheduler, "step", fails)
    with pytest.raises(error):
        _events(generator, _request("pixart", **values))


def test_a_pipeline_that_changes_pictures_is_given_one_or_asks_for_it(
    generator: Generator, models_dir: Path, data_dir: Path
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        _events(generator, _request("pix2pix"))
    assert refused.value.field == "start"
    drawn = Image.linear_gradient("L").resize((64, 96)).convert("RGB")
    start = {"kind": "picture", "picture": InputStore(data_dir).add(drawn)}
    events = _events(generator, _request("pix2pix", start=start))
    plain: Any = StableDiffusionInstructPix2PixPipeline.from_pretrained(models_dir / "checkpoints" / "pix2pix")
    plain.set_progress_bar_config(disable=True)
    theirs = plain(
        "the cat", negative_prompt="a", image=drawn, num_inference_steps=3, guidance_scale=5.0,
        generator=torch.Generator("cpu").manual_seed(5),
    ).images[0]  # fmt: skip
    assert np.array_equal(_pictures(events)[0], np.asarray(theirs))
    assert any(isinstance(event, Noted) and "denoising strength" in event.text for event in events)
