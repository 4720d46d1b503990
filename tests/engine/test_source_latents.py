"""Walks that start between two pictures."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from webui.engine.events import ImageDone
from webui.engine.generate import Generator, create
from webui.engine.worker_control import JobControl
from webui.errors import InvalidRequest
from webui.generation.request import GenerationRequest
from webui.generation.ways import FromPicture, Mask
from webui.library.inputs import InputStore


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def generator(tiny_models_dir: Path, data_dir: Path) -> Generator:
    return create([tiny_models_dir], data_dir)


@pytest.fixture(scope="module")
def pictures(data_dir: Path) -> tuple[str, str]:
    inputs, random = InputStore(data_dir), np.random.default_rng(0)
    first, second = (inputs.add(Image.fromarray(random.integers(0, 256, (64, 64, 3), np.uint8))) for _ in range(2))
    return first, second


def _made(generator: Generator, start: FromPicture) -> bytes:
    request = GenerationRequest(
        prompt="the cat", seed=3, steps=3, width=64, height=64, model="tiny", sampler="Euler a", start=start
    )
    (done,) = [event for event, _ in generator.run("job", request, JobControl()) if isinstance(event, ImageDone)]
    with Image.open(BytesIO(done.png)) as picture:
        return picture.tobytes()


def test_between_two_pictures_a_walk_starts_from_neither_and_at_the_ends_from_one(
    generator: Generator, pictures: tuple[str, str]
) -> None:
    first, second = pictures
    alone = [_made(generator, FromPicture(picture=picture, strength=0.4)) for picture in pictures]
    toward = {share: FromPicture(picture=first, toward=second, share=share, strength=0.4) for share in (0.0, 0.5, 1.0)}
    between = {share: _made(generator, start) for share, start in toward.items()}
    assert [between[0.0], between[1.0]] == alone
    assert between[0.5] not in alone


def test_two_pictures_have_no_mask(pictures: tuple[str, str]) -> None:
    first, second = pictures
    with pytest.raises(InvalidRequest, match=r"start\.toward"):
        GenerationRequest.parse({"start": FromPicture(picture=first, toward=second), "mask": Mask(picture=first)})
