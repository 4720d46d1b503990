import time
from collections.abc import Callable
from pathlib import Path

import av
import pytest
from PIL import Image

from webui.extensions.api import InvalidRequest
from webui.testing import Studio

pytest_plugins = ["webui.testing"]

DAY = "<travel: a hill at dawn | a hill at noon | a hill at night>"


@pytest.fixture
def at(extension: Studio) -> Callable[..., str]:
    return extension.module("stops").travelled


def _films(extension: Studio, count: int) -> list[dict]:
    """The films, once there are so many: they are joined in a thread of their own."""
    end = time.monotonic() + 30
    while len(films := extension.client.get("/films").json()) < count:
        assert time.monotonic() < end, extension.extensions.log(extension.name)
        time.sleep(0.02)
    return films


def test_stops_are_spread_over_the_batch(at: Callable[..., str]) -> None:
    assert [at(DAY, index, 5) for index in range(5)] == [
        "a hill at dawn",
        "a hill at dawn:0.5 AND a hill at noon:0.5",
        "a hill at noon",
        "a hill at noon:0.5 AND a hill at night:0.5",
        "a hill at night",
    ]


def test_stops_with_places_hold_before_the_first_and_after_the_last(at: Callable[..., str]) -> None:
    written = "<travel: 2: dawn | 6: night>"
    assert [at(written, index, 9) for index in (0, 2, 3, 6, 8)] == [
        "dawn", "dawn", "dawn:0.75 AND night:0.25", "night", "night",
    ]  # fmt: skip


def test_words_around_a_travel_belong_to_each_part(at: Callable[..., str]) -> None:
    assert (
        at("a poster of <travel: dawn | night>, flat", 1, 3)
        == "a poster of dawn, flat:0.5 AND a poster of night, flat:0.5"
    )


def test_two_travels_and_weights_of_parts_multiply(at: Callable[..., str]) -> None:
    assert at("<travel: a | b> <travel: c | d>", 1, 3) == "a c:0.25 AND a d:0.25 AND b c:0.25 AND b d:0.25"
    assert at("a boat AND <travel: dawn | night>:0.6", 1, 3) == "a boat AND dawn:0.3 AND night:0.3"


def test_what_is_no_travel_stays_as_it_is(at: Callable[..., str]) -> None:
    for prompt in ("a hill AND a boat:0.5", "<lora:ink:0.8> a hill", "<travel"):
        assert at(prompt, 1, 3) == prompt


@pytest.mark.parametrize("written", ["<travel: 0: dawn | night>", "<travel: 4: dawn | 2: night>"])
def test_stops_that_cannot_be_are_refused_at_once(extension: Studio, written: str) -> None:
    with pytest.raises(InvalidRequest, match="rising places"):
        extension.make(written, quick=True)


def test_the_pictures_of_a_travel_have_one_seed_and_their_own_words(extension: Studio, tiny_models: Path) -> None:
    extension.models = tiny_models
    made = extension.make("<travel: the hill | the boat>", request={"batch_count": 3})
    assert [each.request.seed for each in made] == [1, 1, 1]
    assert [each.request.prompt for each in made] == ["the hill", "the hill:0.5 AND the boat:0.5", "the boat"]
    assert made[0].image != made[1].image != made[2].image
    assert "<travel: the hill | the boat>" in made[1].infotext
    # A picture made again from its own request is the same one, though the extension is still on.
    again = extension.make(made[1].request.prompt, request={"seed": made[1].request.seed})
    assert again[0].image == made[1].image
    assert [film["pictures"] for film in _films(extension, 1)] == [3]


def test_without_its_control_there_is_one_seed_each_and_no_film(extension: Studio, tiny_models: Path) -> None:
    extension.models = tiny_models
    made = extension.make("<travel: a | b>", request={"batch_count": 2, "steps": 1}, same_noise=False, film=False)
    assert [each.request.seed for each in made] == [1, 2]
    assert not list(extension.data_dir.rglob("journeys/*.json"))


def test_a_film_dissolves_goes_back_and_lies_beside_the_first_picture(extension: Studio, tmp_path: Path) -> None:
    journeys = extension.module("journeys")
    colours = ["red", "lime", "blue"]
    for index, colour in enumerate(colours):
        Image.new("RGB", (64, 64), colour).save(tmp_path / f"{index}.png")
    journey = journeys.Journey(
        job="j", count=3, values={"between": 1, "fps": 4, "back": True},
        pictures={str(index): str(tmp_path / f"{index}.png") for index in range(3)},
    )  # fmt: skip
    joined = journeys.Journeys(tmp_path / "journeys").join(journey, extension.module("web").FilmKind.MP4)
    assert Path(joined.film) == tmp_path / "0-travel.mp4"
    with av.open(joined.film, "r") as film:
        shown = [frame.to_image().getpixel((32, 32)) for frame in film.decode(video=0)]
    assert [shown[index].index(max(shown[index])) for index in (0, 2, 4, 6, 8)] == [0, 1, 2, 1, 0]
    assert max(shown[1]) < 160  # half red, half green


def test_a_film_is_listed_and_given_by_its_job_alone(extension: Studio) -> None:
    assert extension.client.get("/films").json() == []
    assert extension.client.get("/films/..%2F..%2Fstate").status_code == 404
