"""The routes of the latent inspector, with a real worker and the tiny model."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image

from tests.server.recordings_server import PLAIN, STEPS, TWO, recordings_server
from tests.server.server_process import Server

BASE = "/api/v1/explore/latents"


@pytest.fixture(scope="module")
def server(tiny_models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with recordings_server(tmp_path_factory.mktemp("latents"), tiny_models_dir) as server:
        yield server


@pytest.fixture(scope="module")
def picture(server: Server) -> str:
    return _uploaded(server, (80, 64))


def _uploaded(server: Server, size: tuple[int, int], seed: int = 1) -> str:
    file = io.BytesIO()
    pixels = np.random.default_rng(seed).integers(0, 256, (4, 6, 3), np.uint8)
    Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC).save(file, format="PNG")
    return server.client.post("/api/v1/pictures", content=file.getvalue()).json()["id"]


def _asked(server: Server, source: dict[str, Any], **asked: Any) -> httpx.Response:
    return server.client.post(BASE, json={"source": source, "model": "tiny"} | asked)


def _file(server: Server, url: str) -> np.ndarray:
    answer = server.client.get(url)
    assert answer.status_code == 200, answer.text
    assert "immutable" in answer.headers["cache-control"]
    return np.asarray(Image.open(io.BytesIO(answer.content)))


def test_a_pictures_latents_come_as_channels_with_statistics_and_decoded(server: Server, picture: str) -> None:
    answer = _asked(server, {"kind": "picture", "picture": picture})
    told = answer.json()
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"{BASE}/{told['id']}"
    assert (told["width"], told["height"], told["latent_width"], told["latent_height"]) == (80, 64, 10, 8)
    assert len(told["channels"]) == 4
    assert told["moved"] == {"euclidean": 0.0, "rms": 0.0, "cosine": pytest.approx(1.0)}
    assert _file(server, told["picture_url"]).shape == (64, 80, 3)
    assert _file(server, told["channels_url"]).shape == (8, 80)


def test_without_edits_it_is_the_round_trip_of_forward_diffusion(server: Server, picture: str) -> None:
    told = _asked(server, {"kind": "picture", "picture": picture, "width": 64, "height": 64}).json()
    asked = {"picture": picture, "width": 64, "height": 64, "steps": 1, "model": "tiny"}
    forward = server.client.post("/api/v1/forward", json=asked).json()
    round_trip = _file(server, f"/api/v1/forward/{forward['id']}/roundtrip.png")
    assert np.array_equal(_file(server, told["picture_url"]), round_trip)


def test_edits_change_the_picture_and_have_an_address_of_their_own(server: Server, picture: str) -> None:
    source = {"kind": "picture", "picture": picture}
    plain = _asked(server, source).json()
    edits = [{"kind": "scale", "channel": 0, "factor": -2.0}, {"kind": "noise", "seed": 5, "amount": 0.3}]
    edited, again = (_asked(server, source, edits=edits).json() for _ in range(2))
    assert edited["id"] == again["id"] != plain["id"]
    assert edited["moved"]["rms"] > 0.1
    assert not np.array_equal(_file(server, edited["picture_url"]), _file(server, plain["picture_url"]))


def test_the_end_of_a_recording_is_looked_at_as_it_was_walked(server: Server) -> None:
    answer = _asked(server, {"kind": "recording", "trajectory": TWO, "picture": 1}, model=None)
    assert answer.status_code == 201, answer.text
    last = server.client.get(f"/api/v1/trajectories/{TWO}/steps/{STEPS}/x0.png?picture=1")
    shown = _file(server, answer.json()["picture_url"])
    assert np.array_equal(shown, np.asarray(Image.open(io.BytesIO(last.content))))


def test_two_pictures_are_compared_at_the_size_of_the_first(server: Server, picture: str) -> None:
    sources = [{"kind": "picture", "picture": each} for each in (picture, _uploaded(server, (200, 120), seed=2))]
    asked = {"one": sources[0], "other": sources[1], "model": "tiny"}
    told = server.client.post(f"{BASE}/distance", json=asked).json()
    assert told["euclidean"] > 0
    assert -1 <= told["cosine"] < 1
    assert len(told["channels"]) == 4
    same = server.client.post(f"{BASE}/distance", json=asked | {"other": sources[0]}).json()
    assert same["euclidean"] == 0


def test_with_no_picture_made_yet_none_is_near(server: Server, picture: str) -> None:
    told = server.client.post(f"{BASE}/nearest", json={"picture": picture, "model": "tiny"}).json()
    assert told == {"nearest": [], "compared": 0}


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"source": {"kind": "picture", "picture": "0" * 32}}, "source.picture"),
        ({"source": {"kind": "recording", "trajectory": "0" * 32}}, "source.trajectory"),
        ({"source": {"kind": "recording", "trajectory": PLAIN, "picture": 5}}, "picture"),
        ({"edits": [{"kind": "scale", "channel": 4}]}, "edits.0.channel"),
        ({"edits": [{"kind": "swap", "one": 0, "other": 9}]}, "edits.0.other"),
    ],
)
def test_what_cannot_be_used_is_named(server: Server, picture: str, asked: dict[str, Any], field: str) -> None:
    answer = server.client.post(BASE, json={"source": {"kind": "picture", "picture": picture}, "model": "tiny"} | asked)
    assert answer.status_code == 422
    assert (answer.json()["field"], bool(answer.json()["error"])) == (field, True)


@pytest.mark.parametrize(
    "asked",
    [
        {"source": None},
        {"source": {"kind": "file", "path": "/etc/passwd"}},
        {"source": {"kind": "picture", "picture": "../x"}},
        {"edits": [{"kind": "sharpen"}]},
        {"edits": [{"kind": "scale", "factor": 1e9}]},
        {"edits": [{"kind": "paint", "mask": {"width": 8, "height": 8, "bits": "AAA="}}]},
        {"colour": "red"},
    ],
)
def test_what_is_no_question_is_refused_in_a_sentence(server: Server, picture: str, asked: dict[str, Any]) -> None:
    answer = server.client.post(BASE, json={"source": {"kind": "picture", "picture": picture}, "model": "tiny"} | asked)
    assert answer.status_code == 422
    assert answer.json()["error"].endswith(".")


def test_latents_that_nobody_asked_for_are_not_there(server: Server) -> None:
    assert server.client.get(f"{BASE}/{'0' * 32}/picture.png").status_code == 404
