"""Each hook of the worker in walks of the tiny model, by extensions that lie in a folder."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.engine.small_extensions import enabled, loadable, write_extension
from webui.diffusion.trajectory import Trajectory, replay
from webui.engine.events import Event, ImageDone, Noted, StepDone
from webui.engine.generate import create
from webui.engine.looks import Answered, LookPreprocess
from webui.engine.trajectory_file import load
from webui.engine.worker_control import JobControl
from webui.engine.worker_extensions import WorkerExtensions
from webui.errors import InvalidRequest
from webui.extensions.faults import ExtensionFailed
from webui.generation.request import GenerationRequest
from webui.library.inputs import InputStore
from webui.library.trajectory_files import TrajectoryFiles
from webui.model_manager.catalogue import Catalogue

STEPS = 3
REGISTERING = """
class Straight(SigmaScheduler):
    def move(self, latents, clean, sigma, sigma_next, noise):
        return clean + (latents - clean) * (sigma_next / sigma)

class Lost(SigmaScheduler):
    def move(self, latents, clean, sigma, sigma_next, noise):
        raise RuntimeError("an order to break")

class Grainy(SigmaScheduler):
    def move(self, latents, clean, sigma, sigma_next, noise):
        return clean + noise() * sigma_next

@hookimpl
def register_samplers():
    return [NewSampler(name="Straight", make=Straight), NewSampler(name="Lost", make=Lost),
            NewSampler(name="Grainy", make=Grainy, aliases=("grain",))]

@hookimpl
def register_schedules():
    def even(steps, least, most):
        return [most - (most - least) * step / max(steps - 1, 1) for step in range(steps)] + [0.0]
    def rising(steps, least, most):
        return range(steps + 1)
    return [NewSchedule(name="Even", sigmas=even), NewSchedule(name="Rising", sigmas=rising)]

@hookimpl
def register_upscalers():
    def upscale(picture, width, height):
        return Image.new("RGB", (width, height), (255, 0, 0))
    def left(picture, width, height):
        return picture
    return [Upscaler(name="Red", upscale=upscale), Upscaler(name="Small", upscale=left)]

@hookimpl
def register_preprocessors():
    def tint(picture, values):
        return Image.new("RGB", picture.size, (values["red"], 0, 0))
    return [Preprocessor(name="Negative", process=lambda picture, values: ImageOps.invert(picture)),
            Preprocessor(name="Tinted", process=tint, controls=(Slider("red", "Red", 0, 255, 1, 100),)),
            Preprocessor(name="Textual", process=lambda picture, values: "a text")]

@hookimpl
def register_prompt_syntax():
    def resolve(text, picture):
        if "@break" in text:
            raise RuntimeError("an order to break")
        return text.replace("@place", f"cat {picture.index} of {picture.count}")
    return [PromptSyntax(name="place", resolve=resolve)]
"""


class Bench:
    """One generator with the model in memory; extensions come and go."""

    def __init__(self, models_dir: Path, folder: Path) -> None:
        self.folder, self.data_dir = folder, folder / "data"
        own = write_extension(folder / "extensions", "registering", REGISTERING)
        self.extensions = WorkerExtensions([enabled(own, self.data_dir)], self.data_dir)
        self.generator = create([models_dir], self.data_dir, extensions=self.extensions)
        self._count = 0
        self.plain = self.made()

    @contextmanager
    def with_extension(self, worker: str) -> Iterator[str]:
        """While an extension with this source is loaded; its name."""
        self._count += 1
        name = f"extension_{self._count}"
        own = write_extension(self.folder / "extensions", name, worker)
        assert self.extensions.host.load(loadable(own, self.data_dir))
        try:
            yield name
        finally:
            self.extensions.host.unload(name)

    def events(self, **asked: Any) -> list[Event]:
        fields = {"prompt": "the cat", "seed": 3, "steps": STEPS, "width": 64, "height": 64, "model": "tiny", **asked}
        self._count += 1
        running = self.generator.run(f"job{self._count}", GenerationRequest.parse(fields), JobControl(), record="steps")
        return [event for event, _ in running]

    def made(self, **asked: Any) -> list[np.ndarray]:
        """The pictures."""
        return pictures(self.events(**asked))

    def recorded(self, events: list[Event]) -> Trajectory:
        """The recording of a job's last picture."""
        done = [event for event in events if isinstance(event, ImageDone)][-1]
        return load(TrajectoryFiles(self.data_dir).path(done.trajectory))


def pictures(events: list[Event]) -> list[np.ndarray]:
    return [np.asarray(Image.open(BytesIO(event.png))) for event in events if isinstance(event, ImageDone)]


def notes(events: list[Event]) -> list[str]:
    return [event.text for event in events if isinstance(event, Noted)]


@pytest.fixture(scope="module")
def bench(tiny_models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    bench = Bench(tiny_models_dir, tmp_path_factory.mktemp("bench"))
    yield bench
    bench.extensions.shut_down()


def test_hook_wrap_prediction(bench: Bench) -> None:
    source = """
    seen = []

    @hookimpl
    def wrap_prediction(prediction, latents, step):
        seen.append((step.index, step.total, step.seeds, latents.shape, step.sigma > step.sigma_next))
        latents.zero_()
        return prediction.mul_(0.5)

    @hookimpl
    def write_infotext():
        return {"Seen": repr(seen)}
    """
    with bench.with_extension(source):
        events = bench.events()
    (picture,) = pictures(events)
    assert not np.array_equal(picture, bench.plain[0])
    (done,) = [event for event in events if isinstance(event, ImageDone)]
    assert f"(2, {STEPS}, (3,), torch.Size([1, 4, 8, 8]), True)" in done.infotext
    # The recording is of what was walked, so that replaying it needs no extension.
    trajectory = bench.recorded(events)
    again = bench.made(start={"kind": "step", "trajectory": trajectory.header.id, "step": STEPS})
    assert np.array_equal(again[0], picture)
    *_, last = replay(trajectory)
    assert last.index == STEPS - 1


def test_hook_process_latents(bench: Bench) -> None:
    source = """
    @hookimpl
    def process_latents(latents, walk):
        assert walk.pass_name in ("base", "hires") and walk.steps and walk.width % 64 == 0
        return latents.flip(-1)
    """
    with bench.with_extension(source):
        events = bench.events()
    assert not np.array_equal(pictures(events)[0], bench.plain[0])
    assert notes(events) == []
    plain = bench.recorded(bench.events()).passes[0].start
    assert bench.recorded(events).passes[0].start.equal(plain.flip(-1))


def test_hook_on_step(bench: Bench) -> None:
    source = """
    count = []

    @hookimpl
    def on_step(step, clean):
        count.append((step.index, tuple(clean().shape)))

    @hookimpl
    def write_infotext():
        return {"Counted": repr(count)}
    """
    with bench.with_extension(source):
        events = bench.events(batch_size=2)
    (first, _) = [event for event in events if isinstance(event, ImageDone)]
    assert all(f"({step}, (2, 4, 8, 8))" in first.infotext for step in range(STEPS))
    assert np.array_equal(pictures(events)[0], bench.plain[0])
    assert len([event for event in events if isinstance(event, StepDone)]) == STEPS


def test_hook_finish_image(bench: Bench) -> None:
    source = """
    @hookimpl
    def finish_image(image, request, seed):
        assert request.seed == seed and request.batch_size == 1
        image.paste((seed, 0, 0), (0, 0, *image.size))
        return image
    """
    with bench.with_extension(source):
        made = bench.made(batch_size=2)
    assert [picture[0, 0].tolist() for picture in made] == [[3, 0, 0], [4, 0, 0]]


def test_a_picture_that_a_hook_only_paints_on_stays(bench: Bench) -> None:
    source = """
    @hookimpl
    def finish_image(image):
        image.paste((0, 0, 0), (0, 0, *image.size))
    """
    with bench.with_extension(source):
        assert np.array_equal(bench.made()[0], bench.plain[0])


def test_hook_write_infotext(bench: Bench) -> None:
    source = """
    @hookimpl
    def write_infotext(request):
        return {"Grain": "0.4", "Steps": "99"}
    """
    with bench.with_extension(source):
        (done,) = [event for event in bench.events() if isinstance(event, ImageDone)]
    assert "Grain: 0.4" in done.infotext
    assert f"Steps: {STEPS}," in done.infotext


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


BROKEN: dict[str, str] = {
    "wrap_prediction": "prediction",
    "process_latents": "latents",
    "on_step": "step",
    "finish_image": "image",
    "write_infotext": "request",
}


@pytest.mark.parametrize("hook", BROKEN)
@pytest.mark.parametrize("what", ["raise RuntimeError('an order to break')", "raise SystemExit(3)", "return 7"])
def test_a_hook_that_fails_is_named_and_the_picture_is_that_without_it(bench: Bench, hook: str, what: str) -> None:
    source = f"""
    @hookimpl
    def {hook}({BROKEN[hook]}):
        {what}
    """
    with bench.with_extension(source) as name:
        events = bench.events()
    assert np.array_equal(pictures(events)[0], bench.plain[0])
    assert any(each.startswith(f"{name} failed in {hook}: ") for each in notes(events)) or (hook, what) == (
        "on_step", "return 7",
    )  # fmt: skip


@pytest.mark.parametrize(
    "made", ["prediction[:, :2]", "prediction.double()", "prediction * float('nan')", "prediction.numpy()"]
)
def test_a_prediction_that_cannot_be_walked_is_not_taken(bench: Bench, made: str) -> None:
    source = f"""
    @hookimpl
    def wrap_prediction(prediction):
        return {made}
    """
    with bench.with_extension(source) as name:
        events = bench.events()
    assert np.array_equal(pictures(events)[0], bench.plain[0])
    assert any(name in each for each in notes(events))


def test_extensions_are_called_one_after_the_other(bench: Bench) -> None:
    def source(factor: float) -> str:
        return f"""
        @hookimpl
        def finish_image(image):
            return image.point(lambda value: value // {factor})
        """

    with bench.with_extension(source(2)), bench.with_extension("@hookimpl\ndef finish_image():\n    1 / 0\n"):
        with bench.with_extension(source(3)):
            made = bench.made()[0]
    assert np.array_equal(made, bench.plain[0] // 2 // 3)


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
