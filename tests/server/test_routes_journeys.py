"""The routes of journeys, over a server with the fake generator."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from PIL import Image

from tests.engine.engines import wait_until
from tests.server.server_process import Server

JOURNEYS = "/api/v1/explore/journeys"
TRAVEL: dict[str, Any] = {
    "stops": [{"prompt": "a boat", "seed": 1, "frames": 3}, {"prompt": "a castle", "seed": 2, "frames": 2}],
    "loop": True,
    "fps": 4,
    "request": {"steps": 2, "width": 64, "height": 64},
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("journeys")).wait_ready()
    yield server
    server.close()


@pytest.fixture(scope="module")
def journey(server: Server) -> dict[str, Any]:
    answer = server.client.post(JOURNEYS, json=TRAVEL)
    assert answer.status_code == 202
    address = answer.headers["location"]
    assert address == f"{JOURNEYS}/{answer.json()['id']}"
    wait_until(lambda: server.client.get(address).json()["status"] != "running")
    return server.client.get(address).json()


def _film(server: Server, journey: dict[str, Any], **asked: Any) -> bytes:
    answer = server.client.get(f"{JOURNEYS}/{journey['id']}/film", params=asked)
    assert answer.status_code == 200, answer.text
    assert f"journey-{journey['id']}.{asked['format']}" in answer.headers["content-disposition"]
    return answer.content


def test_a_journey_tells_its_frames_in_their_order(server: Server, journey: dict[str, Any]) -> None:
    assert (journey["status"], journey["phase"], journey["done"], journey["total"]) == ("done", "making", 5, 5)
    frames = journey["frames"]
    assert [frame["position"] for frame in frames] == pytest.approx([0, 1 / 3, 2 / 3, 1, 1.5])
    assert [frame["stop"] for frame in frames] == [0, None, None, 1, None]
    assert server.client.get(frames[3]["url"]).headers["content-type"] == "image/png"
    assert journey["journey"]["stops"][1]["prompt"] == "a castle"
    assert [each["id"] for each in server.client.get(JOURNEYS).json()] == [journey["id"]]


def test_what_is_told_of_a_journey_makes_it_once_more(server: Server, journey: dict[str, Any]) -> None:
    again = server.client.post(JOURNEYS, json=journey["journey"]).json()["id"]
    wait_until(lambda: server.client.get(f"{JOURNEYS}/{again}").json()["status"] == "done")
    told = server.client.get(f"{JOURNEYS}/{again}").json()
    assert [frame["image"] for frame in told["frames"]] == [frame["image"] for frame in journey["frames"]]


@pytest.mark.parametrize("form", ["gif", "webp"])
def test_a_film_has_each_frame_equally_long(server: Server, journey: dict[str, Any], form: str) -> None:
    with Image.open(BytesIO(_film(server, journey, format=form, fps=5))) as film:
        assert film.n_frames == 5  # pyright: ignore[reportAttributeAccessIssue]
        lengths = set()
        for number in range(5):
            film.seek(number)
            film.load()
            lengths.add(film.info["duration"])
    assert lengths == {200}


def test_an_mp4_is_as_long_as_the_journey(server: Server, journey: dict[str, Any], tmp_path: Path) -> None:
    import av

    (tmp_path / "film.mp4").write_bytes(_film(server, journey, format="mp4"))
    with av.open(str(tmp_path / "film.mp4")) as film:
        assert sum(1 for _ in film.decode(video=0)) == 5
        assert film.streams.video[0].average_rate == 4


def test_an_archive_has_the_very_pictures(server: Server, journey: dict[str, Any]) -> None:
    with ZipFile(BytesIO(_film(server, journey, format="zip"))) as archive:
        assert archive.namelist() == [f"frame-{number:04d}.png" for number in range(1, 6)]
        assert archive.read("frame-0004.png") == server.client.get(journey["frames"][3]["url"]).content


def test_a_picture_with_parameters_is_a_stop_with_all_of_them(server: Server, journey: dict[str, Any]) -> None:
    told = server.client.post(f"{JOURNEYS}/stop", json={"picture": journey["frames"][1]["image"]}).json()
    assert told["stop"]["blend"]["ideas"][0]["prompt"] == "a boat"
    assert told["stop"]["noise_turns"][0]["seed"] == 2
    assert told["stop"]["picture"] is None
    assert told["request"]["width"] == 64


def test_a_picture_without_parameters_is_a_stop_that_starts_from_it(server: Server) -> None:
    file = BytesIO()
    Image.new("RGB", (64, 64), "red").save(file, "PNG")
    picture = server.client.post("/api/v1/pictures", content=file.getvalue()).json()["id"]
    told = server.client.post(f"{JOURNEYS}/stop", json={"picture": picture}).json()
    assert (told["stop"]["picture"], told["request"]) == (picture, None)
    fields = {"prompt": "a mill", "seed": 5}
    known = server.client.post(f"{JOURNEYS}/stop", json={"picture": picture, "fields": fields}).json()
    assert (known["stop"]["picture"], known["stop"]["prompt"], known["stop"]["seed"]) == (None, "a mill", 5)
    missing = server.client.post(f"{JOURNEYS}/stop", json={"picture": "f" * 32})
    assert (missing.status_code, missing.json()["field"]) == (422, "picture")


def test_what_is_wrong_is_told_by_its_stop(server: Server) -> None:
    refused = server.client.post(JOURNEYS, json=TRAVEL | {"stops": [{"prompt": "a boat"}]})
    assert (refused.status_code, refused.json()["field"]) == (422, "stops")
    refused = server.client.post(JOURNEYS, json=TRAVEL | {"stops": [{"prompt": "a"}, {"prompt": "b", "cfg_scale": 99}]})
    assert (refused.status_code, refused.json()["field"]) == (422, "stops.1.cfg_scale")
    assert server.client.get(f"{JOURNEYS}/nosuch").status_code == 404


def test_other_series_are_no_journeys(server: Server) -> None:
    plot = {"kind": "plot", "request": {"steps": 1, "width": 64}, "x": {"type": "Steps", "values": "1"}}
    series = server.client.post("/api/v1/series", json=plot).json()["id"]
    for method, path in (("GET", ""), ("GET", "/film"), ("DELETE", "")):
        assert server.client.request(method, f"{JOURNEYS}/{series}{path}").status_code == 404


def test_a_cancelled_journey_shows_what_was_made(server: Server) -> None:
    slow = TRAVEL | {"stops": [{"prompt": "a boat", "frames": 2}, {"prompt": "a slow castle"}]}
    journey = server.client.post(JOURNEYS, json=slow).json()["id"]
    wait_until(lambda: server.client.get(f"{JOURNEYS}/{journey}").json()["done"] >= 1)
    assert server.client.delete(f"{JOURNEYS}/{journey}").json()["status"] == "cancelled"
    frames = server.client.get(f"{JOURNEYS}/{journey}").json()["frames"]
    assert frames[0]["image"]
    assert frames[-1]["image"] is None
