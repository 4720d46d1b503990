"""What extensions of the worker register, in walks of the tiny model: syntaxes, samplers, schedules, families..."""

import json
import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.engine.hooked_bench import STEPS, Bench, notes, pictures
from tests.engine.small_extensions import enabled, write_extension
from webui.engine.events import ImageDone
from webui.engine.generate import create
from webui.engine.looks import Answered, LookEnlarge, LookPreprocess
from webui.engine.worker_control import JobControl
from webui.engine.worker_extensions import WorkerExtensions
from webui.errors import InvalidRequest
from webui.extensions.faults import ExtensionFailed
from webui.generation.request import GenerationRequest
from webui.library.inputs import InputStore
from webui.model_manager.catalogue import Catalogue


@pytest.fixture(scope="module")
def bench(tiny_models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    bench = Bench(tiny_models_dir, tmp_path_factory.mktemp("bench"))
    yield bench
    bench.extensions.shut_down()


def test_hook_register_prompt_syntax(bench: Bench) -> None:
    events = bench.events(prompt="a {@place|@place}", batch_size=2)
    done = [event for event in events if isinstance(event, ImageDone)]
    assert [event.infotext.splitlines()[0] for event in done] == ["a cat 0 of 2", "a cat 1 of 2"]


def test_a_syntax_that_fails_leaves_the_prompt_as_it_is(bench: Bench) -> None:
    events = bench.events(prompt="@break")
    assert [each for each in notes(events) if "registering" in each and "an order to break" in each]
    (done,) = [event for event in events if isinstance(event, ImageDone)]
    assert done.infotext.startswith("@break")


def test_hook_register_samplers(bench: Bench) -> None:
    straight, euler = bench.events(sampler="straight"), bench.events(sampler="Euler")
    assert np.array_equal(pictures(straight)[0], pictures(euler)[0])
    (done,) = [event for event in straight if isinstance(event, ImageDone)]
    assert "Sampler: Straight" in done.infotext
    assert not np.array_equal(bench.made(sampler="Grain")[0], pictures(euler)[0])


def test_a_walk_with_an_extensions_sampler_goes_on_from_its_recording(bench: Bench) -> None:
    events = bench.events(sampler="Grainy", steps=4)
    start = {"kind": "step", "trajectory": bench.recorded(events).header.id, "step": 2}
    assert np.array_equal(bench.made(sampler="Grainy", steps=4, start=start)[0], pictures(events)[0])


def test_a_sampler_that_fails_fails_the_job_by_name(bench: Bench) -> None:
    with pytest.raises(Exception, match="registering failed in the sampler Lost: RuntimeError: an order to break"):
        bench.events(sampler="Lost")


def test_hook_register_schedules(bench: Bench) -> None:
    events = bench.events(schedule="Even", sampler="Euler")
    sigmas = bench.recorded(events).passes[0].plan.sigmas
    assert sigmas[-1] == 0.0
    assert sigmas[0] - sigmas[1] == pytest.approx(sigmas[1] - sigmas[2], rel=1e-3)
    straight = bench.made(schedule="Even", sampler="Straight")
    assert np.array_equal(straight[0], pictures(events)[0])
    with pytest.raises(InvalidRequest, match="cannot follow the schedule type Even"):
        bench.events(schedule="Even", sampler="DDIM")
    with pytest.raises(Exception, match=f"it must be {STEPS + 1} falling numbers that end with 0"):
        bench.events(schedule="Rising")


def test_hook_register_upscalers(bench: Bench) -> None:
    hires = {"scale": 2.0, "strength": 0.0, "steps": 1}
    red = bench.made(hires={**hires, "upscaler": "red"})[0]
    assert red.shape == (128, 128, 3)
    assert not np.array_equal(red, bench.made(hires={**hires, "upscaler": "Lanczos"})[0])
    small = bench.events(hires={**hires, "upscaler": "Small"})
    assert np.array_equal(pictures(small)[0], bench.made(hires={**hires, "upscaler": "Lanczos"})[0])
    assert any("registering failed in the upscaler Small" in each for each in notes(small))


def test_a_name_that_is_taken_silences_the_extension(bench: Bench, tmp_path: Path) -> None:
    source = """
    @hookimpl
    def register_samplers():
        return [NewSampler(name="euler A", make=SigmaScheduler)]

    @hookimpl
    def finish_image(image):
        return ImageOps.invert(image)
    """
    heard: list[Any] = []
    own = write_extension(tmp_path, "taking", source)
    extensions = WorkerExtensions([enabled(own, tmp_path / "data")], tmp_path / "data", on_fault=heard.append)
    assert extensions.host.names == ()
    assert "there is a sampler 'euler A' already" in heard[0].sentence


def test_hook_register_preprocessors(bench: Bench) -> None:
    inputs = InputStore(bench.data_dir)
    given = Image.fromarray(bench.plain[0])

    def asked(name: str, **values: Any) -> Answered:
        question = LookPreprocess(picture=inputs.add(given), name=name, values=values)
        return bench.generator.look(question)

    answered = asked("Negative")
    made = np.asarray(Image.open(BytesIO(answered.parts[0])))
    assert np.array_equal(made, 255 - bench.plain[0])
    assert answered.values == {"width": 64, "height": 64}
    with pytest.raises(InvalidRequest, match="there is no preprocessor 'Edges'"):
        asked("Edges")
    with pytest.raises(InvalidRequest, match="Negative has no such value"):
        asked("Negative", amount=3)
    tinted = np.asarray(Image.open(BytesIO(asked("Tinted", red=200).parts[0])))
    assert tinted[0, 0].tolist() == [200, 0, 0]
    with pytest.raises(InvalidRequest, match="red"):
        asked("Tinted", red=300)
    with pytest.raises(ExtensionFailed, match="registering failed in the preprocessor Textual"):
        asked("Textual")


def test_upscalers_enlarge_pictures_on_their_own(bench: Bench) -> None:
    kept = InputStore(bench.data_dir).add(Image.fromarray(bench.plain[0]))

    def asked(name: str) -> Answered:
        return bench.generator.look(LookEnlarge(picture=kept, upscaler=name, width=130, height=70))

    answered = asked("Red")
    made = np.asarray(Image.open(BytesIO(answered.parts[0])))
    assert (made.shape, made[0, 0].tolist()) == ((70, 130, 3), [255, 0, 0])
    assert answered.values == {"width": 130, "height": 70}
    with pytest.raises(InvalidRequest, match="there is no upscaler 'Blue'"):
        asked("Blue")
    with pytest.raises(ExtensionFailed, match="the upscaler Small"):
        asked("Small")


FAMILY = """
from webui.diffusion.families.stable_diffusion import StableDiffusion

@hookimpl
def register_families():
    clip, tokens = ("CLIPTextModel",), ("CLIPTokenizer",)
    parts = {"text_encoder": clip, "vae": ("AutoencoderKL",), "unet": ("UNet2DConditionModel",)}
    return [NewFamily(name="own", label="Our own", family=StableDiffusion, pipelines=("OurOwnPipeline",), parts=parts,
                      tokenizers={"tokenizer": tokens}, capabilities=("img2img",))]
"""


def test_hook_register_families(bench: Bench, tiny_models_dir: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(tiny_models_dir / "checkpoints" / "tiny", tmp_path / "models" / "checkpoints" / "own")
    index = json.loads((folder / "model_index.json").read_text())
    (folder / "model_index.json").write_text(json.dumps(index | {"_class_name": "OurOwnPipeline"}))
    catalogue = Catalogue((tmp_path / "models",), tmp_path / "data")
    assert "none of diffusers' own" in (catalogue.entries()[0].problem or "")

    own = enabled(write_extension(tmp_path / "extensions", "familiar", FAMILY), tmp_path / "data")
    extensions = WorkerExtensions([own], tmp_path / "data")
    try:
        (entry,) = catalogue.entries()
        assert (entry.family, entry.base, entry.problem, entry.capabilities) == ("own", "Our own", None, ("img2img",))
        generator = create([tmp_path / "models"], tmp_path / "data", extensions=extensions)
        request = GenerationRequest(prompt="the cat", seed=3, steps=STEPS, width=64, height=64, model="own")
        events = [event for event, _ in generator.run("job", request, JobControl())]
        assert np.array_equal(pictures(events)[0], bench.plain[0])
    finally:
        extensions.shut_down()
    assert catalogue.entries()[0].problem is not None
