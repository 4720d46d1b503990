import math
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.engines import wait_until
from tests.engine.recordings import write_recording
from tests.server.recordings_server import BRANCH, CHANGED, CUT, GONE, PLAIN, STEPS, TWO, UNKNOWN, recordings_server
from tests.server.server_process import Server

BASE = "/api/v1/trajectories"


@pytest.fixture(scope="module")
def server(tiny_models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with recordings_server(tmp_path_factory.mktemp("recordings"), tiny_models_dir) as server:
        yield server


def _told(server: Server, trajectory: str = PLAIN) -> dict:
    return server.client.get(f"{BASE}/{trajectory}").raise_for_status().json()


def test_a_recording_says_everything_of_itself(server: Server) -> None:
    told = _told(server)
    assert (told["id"], told["positions"], told["complete"], told["pinned"]) == (PLAIN, STEPS, True, False)
    assert (told["width"], told["height"], told["latent"]) == (64, 64, {"width": 8, "height": 8, "channels": 4})
    assert (len(told["sigmas"]), len(told["snr_db"]), len(told["timesteps"]), len(told["movement"])) == (5, 5, 4, 4)
    assert told["snr_db"][-1] is None  # nothing but signal, and JSON has no infinity
    assert math.isclose(told["snr_db"][0], -20 * math.log10(told["sigmas"][0]))
    assert told["passes"] == [
        {"sampler": "Euler", "schedule": "Automatic", "steps": 4, "begin": 0, "second": False, "calls": 4}
    ]
    assert told["request"]["prompt"] == "the cat"
    assert (told["model"]["name"], told["model_state"], told["guidance_recorded"]) == ("tiny", "same", False)
    assert (told["device"], told["dtype"]) == ("cpu", "float32")
    assert told["bytes"] == (server.data_dir / "trajectories" / f"{PLAIN}.safetensors").stat().st_size


def test_its_pictures_have_rows_and_seeds(server: Server) -> None:
    pictures = _told(server, TWO)["pictures"]
    assert [(each["row"], each["seed"], each["id"], each["variation_seed"]) for each in pictures] == [
        (0, 7, None, -1), (1, 8, None, -1),
    ]  # fmt: skip


@pytest.mark.parametrize(("trajectory", "state", "told"), [(GONE, "gone", "is gone"), (CHANGED, "changed", "other")])
def test_a_model_that_is_gone_or_changed_is_told(server: Server, trajectory: str, state: str, told: str) -> None:
    answer = _told(server, trajectory)
    assert answer["model_state"] == state
    assert any(told in note for note in answer["notes"])


def test_a_walk_that_was_cut_short_is_told(server: Server) -> None:
    told = _told(server, CUT)
    assert (told["complete"], told["positions"]) == (False, 2)
    assert any("cut short after 2 steps" in note for note in told["notes"])


def test_a_recording_of_another_device_is_close_but_not_identical_here(server: Server) -> None:
    write_recording(server.data_dir, "4" * 32, steps=2, device="cuda")
    wait_until(lambda: server.client.get("/api/v1/health").json()["worker"]["device"])
    (note,) = _told(server, "4" * 32)["notes"]
    assert note.startswith("This was recorded on cuda in float32, and here cpu computes in ")
    assert "not identical" in note
    server.client.delete(f"{BASE}/{'4' * 32}")


def test_the_list_goes_backwards_page_by_page(server: Server) -> None:
    whole = [each["id"] for each in server.client.get(BASE).json()]
    assert set(whole) >= {PLAIN, TWO, BRANCH}
    first = server.client.get(BASE, params={"limit": 2}).json()
    rest = server.client.get(BASE, params={"before": first[-1]["id"]}).json()
    assert [each["id"] for each in (*first, *rest)] == whole


def test_the_family_tells_what_was_changed(server: Server) -> None:
    nodes = {each["id"]: each for each in server.client.get(f"{BASE}/{BRANCH}/family").json()["nodes"]}
    assert set(nodes) == {PLAIN, BRANCH}
    assert nodes[BRANCH]["origin"] == {"trajectory": PLAIN, "step": 2, "picture": 0}
    assert nodes[BRANCH]["changes"] == {"prompt": ["the cat", "a dog"], "cfg_scale": [5.0, 7.0]}
    assert nodes[PLAIN]["changes"] == {}
    assert _told(server, BRANCH)["origin"]["trajectory"] == PLAIN
    (child,) = _told(server)["children"]
    assert (child["id"], child["step"], child["picture"]) == (BRANCH, 2, 0)


def test_pinning_is_remembered(server: Server) -> None:
    assert server.client.patch(f"{BASE}/{TWO}", json={"pinned": True}).json()["pinned"]
    assert _told(server, TWO)["pinned"]
    assert not server.client.patch(f"{BASE}/{TWO}", json={"pinned": False}).json()["pinned"]


@pytest.mark.parametrize("body", [{}, {"pinned": "yes"}, {"pinned": True, "id": "x"}])
def test_nothing_else_can_be_changed(server: Server, body: dict) -> None:
    answer = server.client.patch(f"{BASE}/{TWO}", json=body)
    assert (answer.status_code, answer.json()["field"]) == (422, "pinned")


def test_a_file_comes_back_as_it_was_and_can_be_taken_in_again(server: Server, tmp_path: Path) -> None:
    content = write_recording(tmp_path, "5" * 32, steps=3).read_bytes()
    answer = server.client.post(BASE, content=content)
    assert answer.status_code == 201
    assert answer.json() == {"id": "5" * 32}
    assert answer.headers["location"] == f"{BASE}/{'5' * 32}"
    assert server.client.get(f"{BASE}/{'5' * 32}/strips/x0.png").status_code == 200
    file = server.client.get(f"{BASE}/{'5' * 32}/file")
    assert file.content == content
    assert f'filename="{"5" * 32}.safetensors"' in file.headers["content-disposition"]
    assert server.client.delete(f"{BASE}/{'5' * 32}").status_code == 204
    for path in ("", "/file", "/strips/x0.png", "/steps/1/x0.png", "/family"):
        assert server.client.get(f"{BASE}/{'5' * 32}{path}").status_code == 404


@pytest.mark.parametrize("content", [b"", b"not a recording", b"\x89PNG\r\n\x1a\n" + b"\0" * 100])
def test_what_is_no_recording_is_refused_in_a_sentence(server: Server, content: bytes) -> None:
    answer = server.client.post(BASE, content=content)
    assert answer.status_code == 422
    assert answer.json()["error"].endswith(".")


def test_a_recording_larger_than_a_picture_may_be_is_taken_and_one_beyond_measure_is_not(server: Server) -> None:
    assert server.client.post(BASE, content=b"\0" * (70 * 2**20)).status_code == 422
    host, _, port = server.url.partition("//")[2].rstrip("/").partition(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        announced = f"POST {BASE} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: {300 * 2**20}\r\n\r\n"
        connection.sendall(announced.encode() + b"\0" * (9 * 2**20))
        assert b" 413 " in connection.recv(100)


@pytest.mark.parametrize("trajectory", [UNKNOWN, "x", "..%2f..%2fetc", "A" * 32])
def test_an_unknown_recording_is_not_found(server: Server, trajectory: str) -> None:
    for path in ("", "/file", "/family", "/strips/x0.png", "/steps/0/x0.png", "/steps/0/attention"):
        answer = server.client.get(f"{BASE}/{trajectory}{path}")
        assert answer.status_code == 404
        assert answer.json()["error"]


def test_a_file_that_was_damaged_on_the_disk_is_told(server: Server) -> None:
    path = write_recording(server.data_dir, "6" * 32, steps=2)
    assert server.client.get(f"{BASE}/{'6' * 32}").status_code == 200
    path.write_bytes(path.read_bytes()[:-100])
    for address in ("", "/strips/x0.png", "/steps/0/x0.png"):
        answer = server.client.get(f"{BASE}/{'6' * 32}{address}")
        assert (answer.status_code, "truncated" in answer.json()["error"]) == (422, True)
    server.client.delete(f"{BASE}/{'6' * 32}")
