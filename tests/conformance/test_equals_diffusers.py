"""The picture for a request equals the one that diffusers' own pipeline makes from the same folder."""

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import (
    DDIMScheduler,
    DPMSolverMultistepScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
    StableDiffusionPipeline,
    UniPCMultistepScheduler,
)
from PIL import Image

from webui.engine.events import ImageDone
from webui.engine.generate import Files, Generator
from webui.generation.request import GenerationRequest
from webui.library.inputs import InputStore
from webui.model_manager.manager import ModelManager

SCHEDULERS = {
    "DPM++ 2M": DPMSolverMultistepScheduler,
    "Euler": EulerDiscreteScheduler,
    "Euler a": EulerAncestralDiscreteScheduler,
    "DDIM": DDIMScheduler,
    "UniPC": UniPCMultistepScheduler,
}
KARRAS = {"use_karras_sigmas": True}
CASES = [
    *((sampler, "Automatic", {}) for sampler in SCHEDULERS),
    *((sampler, "Karras", KARRAS) for sampler in ("DPM++ 2M", "Euler", "UniPC")),
    *((sampler, "SGM Uniform", {"timestep_spacing": "trailing"}) for sampler in ("Euler a", "DDIM")),
]
BUNDLED = Path(__file__).parents[2] / "models" / "checkpoints" / "postcard"


class _Undisturbed:
    interrupted = False

    def take_skip(self) -> bool:
        return False


@pytest.fixture(scope="module", params=[torch.float32, torch.bfloat16], ids=["fp32", "bf16"])
def dtype(request: pytest.FixtureRequest) -> Iterator[torch.dtype]:
    with pytest.MonkeyPatch.context() as patch:
        for module in ("manager", "precision"):
            patch.setattr(f"webui.model_manager.{module}.candidate_dtypes", lambda device: (request.param,))
        yield request.param


@pytest.fixture(scope="module")
def generator(tiny_models_dir: Path, dtype: torch.dtype, tmp_path_factory: pytest.TempPathFactory) -> Generator:
    return _generator(tiny_models_dir, tmp_path_factory.mktemp("data"))


def _generator(models_dir: Path, data_dir: Path) -> Generator:
    manager = ModelManager(models_dirs=(models_dir,), data_dir=data_dir, device=torch.device("cpu"))
    nothing = lambda name: None  # noqa: E731
    return Generator(manager, Files(inputs=InputStore(data_dir), wildcards=nothing, embeddings=nothing))


def _ours(generator: Generator, request: GenerationRequest) -> list[np.ndarray]:
    events = [event for event, _ in generator.run("job", request, _Undisturbed())]
    pngs = [event.png for event in events if isinstance(event, ImageDone)]
    return [np.asarray(Image.open(io.BytesIO(png))).astype(int) for png in pngs]


def _theirs(folder: Path, request: GenerationRequest, dtype: torch.dtype, options: dict) -> list[np.ndarray]:
    pipeline = StableDiffusionPipeline.from_pretrained(folder, dtype=dtype)
    pipeline.set_progress_bar_config(disable=True)
    pipeline.scheduler = SCHEDULERS[request.sampler].from_config(pipeline.scheduler.config, **options)
    seeds = [request.seed + i for i in range(request.batch_size)]
    pictures = pipeline(
        [request.prompt] * len(seeds),
        negative_prompt=[request.negative_prompt] * len(seeds),
        num_inference_steps=request.steps,
        guidance_scale=request.cfg_scale,
        width=request.width,
        height=request.height,
        generator=[torch.Generator("cpu").manual_seed(seed) for seed in seeds],
    ).images
    return [np.asarray(picture).astype(int) for picture in pictures]


@pytest.mark.parametrize(("sampler", "schedule", "options"), CASES)
@pytest.mark.parametrize("model", ["tiny", "tiny-v"])
def test_a_batch_equals_the_plain_pipelines(
    generator: Generator,
    tiny_models_dir: Path,
    dtype: torch.dtype,
    model: str,
    sampler: str,
    schedule: str,
    options: dict,
) -> None:
    request = GenerationRequest(
        prompt="the cat", negative_prompt="dog", seed=5, steps=5, sampler=sampler, schedule=schedule,
        width=64, height=96, batch_size=2, model=model,
    )  # fmt: skip
    ours = _ours(generator, request)
    theirs = _theirs(tiny_models_dir / "checkpoints" / model, request, dtype, options)
    assert len(ours) == 2
    assert max(np.abs(a - b).max() for a, b in zip(ours, theirs, strict=True)) <= 1


@pytest.mark.parametrize("cfg_scale", [0.0, 1.0, 7.5])
def test_every_guidance_scale_equals_the_plain_pipelines(
    generator: Generator, tiny_models_dir: Path, dtype: torch.dtype, cfg_scale: float
) -> None:
    request = GenerationRequest(
        prompt="a", seed=1, steps=4, sampler="DDIM", cfg_scale=cfg_scale, width=64, height=64, model="tiny"
    )
    (ours,), (theirs,) = (
        _ours(generator, request),
        _theirs(tiny_models_dir / "checkpoints" / "tiny", request, dtype, {}),
    )
    assert np.abs(ours - theirs).max() <= 1


@pytest.mark.parametrize("sampler", list(SCHEDULERS))
def test_the_bundled_models_picture_equals_the_plain_pipelines(
    sampler: str, dtype: torch.dtype, tmp_path_factory: pytest.TempPathFactory
) -> None:
    request = GenerationRequest(
        prompt="a sailboat on the sea at sunset, sun on the left", seed=7, steps=6, sampler=sampler, model="postcard"
    )
    ours = _ours(_generator(BUNDLED.parents[1], tmp_path_factory.mktemp("data")), request)
    assert np.abs(ours[0] - _theirs(BUNDLED, request, dtype, {})[0]).max() <= 1
