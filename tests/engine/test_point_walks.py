"""Pictures of points, walked beside the jobs: they are what jobs make, whatever else goes on meanwhile."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from pydantic import ValidationError

from webui.diffusion.families.stable_diffusion import StableDiffusion
from webui.engine.events import ImageDone
from webui.engine.generate import Generator, create
from webui.engine.looks import Answered, LookPoints
from webui.engine.worker_control import JobControl
from webui.errors import InvalidRequest
from webui.generation.blend import Blend, Idea
from webui.generation.noise_turns import NoiseTurn
from webui.generation.points import joined
from webui.generation.request import GenerationRequest
from webui.generation.ways import FromPicture, Hires
from webui.library.inputs import InputStore

STEPS = 3


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def generator(tiny_models_dir: Path, data_dir: Path) -> Generator:
    return create([tiny_models_dir], data_dir)


def _request(**asked: Any) -> GenerationRequest:
    fields = {"prompt": "the cat", "seed": 3, "steps": STEPS, "width": 64, "height": 64, "model": "tiny", **asked}
    return GenerationRequest.parse(fields)


def _question(request: GenerationRequest) -> LookPoints:
    return LookPoints(model=request.model or "", request=request, format="png")


def _of_job(generator: Generator, request: GenerationRequest) -> list[np.ndarray]:
    events = [event for event, _ in generator.run("job", request, JobControl())]
    return [_pixels(event.png) for event in events if isinstance(event, ImageDone)]


def _pixels(file: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(file)).convert("RGB"))


def _same(answered: Answered, pictures: list[np.ndarray]) -> bool:
    return all(np.array_equal(_pixels(part), one) for part, one in zip(answered.parts, pictures, strict=True))


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"batch_size": 2, "sampler": "Euler a", "variation_strength": 0.3, "variation_seed": 5},
        {"hires": Hires(scale=2.0, steps=2, strength=0.5), "tiling": True},
        {"model": "tiny-v", "cfg_scale": 1.0},
    ],
)
def test_the_pixels_are_those_of_a_jobs_picture(generator: Generator, asked: dict[str, Any]) -> None:
    request = _request(**asked)
    assert _same(generator.look(_question(request)), _of_job(generator, request))


def test_points_that_differ_walk_together_as_in_a_job(generator: Generator) -> None:
    way = Blend(ideas=(Idea(prompt="the cat", weight=0.4), Idea(prompt="a dog", weight=0.6)))
    turn = NoiseTurn(seed=4, share=0.3)
    points = joined([_request(), _request(prompt="a dog", blend=way, cfg_scale=3.0), _request(noise_turns=(turn,))])
    answered = generator.look(_question(points))
    assert _same(answered, _of_job(generator, points))
    assert len({*answered.parts}) == 3


def test_a_point_may_begin_with_a_picture(generator: Generator, data_dir: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    picture = InputStore(data_dir).add(Image.fromarray(pixels))
    request = _request(start=FromPicture(picture=picture, strength=0.7))
    assert _same(generator.look(_question(request)), _of_job(generator, request))


def test_what_there_is_to_tell_of_a_picture_comes_with_it(generator: Generator) -> None:
    (told, other) = generator.look(_question(_request(batch_size=2))).values["pictures"]
    assert (told["seed"], other["seed"], told["width"], told["height"], told["lost"]) == (3, 4, 64, 64, False)
    assert len(told["statistics"]) == 16


def test_others_have_their_turn_after_each_call_of_the_network(generator: Generator) -> None:
    looking = generator.looking(_question(_request()))
    assert sum(1 for _ in looking) == STEPS


def test_a_job_with_the_same_model_meanwhile_costs_the_walk_nothing(
    generator: Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = _request(seed=8)
    alone = generator.look(_question(request))
    looking = generator.looking(_question(request))
    next(looking)
    _of_job(generator, _request(prompt="a dog", steps=2))
    calls = _counted(monkeypatch)
    assert _rest(looking) == alone
    assert len(calls) == STEPS - 1


def test_a_walk_whose_model_made_way_begins_anew_and_ends_the_same(
    generator: Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = _request(seed=9)
    alone = generator.look(_question(request))
    looking = generator.looking(_question(request))
    next(looking)
    _of_job(generator, _request(model="tiny-v", steps=2))
    calls = _counted(monkeypatch)
    assert _rest(looking) == alone
    assert len(calls) == STEPS


@pytest.mark.filterwarnings("ignore:invalid value")
def test_a_picture_that_is_lost_on_its_way_is_black_and_spoils_no_other(
    generator: Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = _request(batch_size=2)
    whole = generator.look(_question(request))
    real = StableDiffusion.predict

    def predict(self: StableDiffusion, *args: Any) -> torch.Tensor:
        said = real(self, *args)
        said[1::2] = float("nan")
        return said

    monkeypatch.setattr(StableDiffusion, "predict", predict)
    answered = generator.look(_question(request))
    assert [(each["lost"], bool(each["statistics"])) for each in answered.values["pictures"]] == [
        (False, True), (True, False)
    ]  # fmt: skip
    assert answered.parts[0] == whole.parts[0]
    assert not _pixels(answered.parts[1]).any()


@pytest.mark.parametrize(
    ("field", "asked"),
    [("fast", {"fast": "fast"}), ("refiner", {"refiner": {"model": "tiny-v"}})],
)
def test_what_only_a_job_can_do_is_refused_in_a_sentence(
    generator: Generator, field: str, asked: dict[str, Any]
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        generator.look(_question(_request(**asked)))
    assert refused.value.field == field


@pytest.mark.parametrize("asked", [{"seed": -1}, {"batch_count": 2}, {"variation_strength": 0.5}])
def test_which_pictures_are_meant_must_be_said(asked: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        _question(_request(**asked))


def _counted(monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """Grows with each call of the network from now on."""
    calls: list[None] = []
    real = StableDiffusion.predict

    def predict(self: StableDiffusion, *args: Any) -> torch.Tensor:
        calls.append(None)
        return real(self, *args)

    monkeypatch.setattr(StableDiffusion, "predict", predict)
    return calls


def _rest(looking: Any) -> Answered:
    while True:
        try:
            next(looking)
        except StopIteration as end:
            return end.value
