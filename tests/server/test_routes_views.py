import io
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import numpy as np
import pytest
import torch
from PIL import Image

from tests.engine.engines import wait_until
from tests.engine.recordings import PREVIEW, aim, write_recording
from tests.server.recordings_server import (
    BRANCH,
    CHANGED,
    CUT,
    GONE,
    GUIDED,
    OTHER_SHAPE,
    PLAIN,
    STEPS,
    TWO,
    recordings_server,
)
from tests.server.server_process import Server
from webui.diffusion.preview import LatentPreview
from webui.imaging.heat import DARK

BASE = "/api/v1/trajectories"
COLUMNS = 8


@pytest.fixture(scope="module")
def server(tiny_models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with recordings_server(tmp_path_factory.mktemp("views"), tiny_models_dir) as server:
        yield server


def _get(server: Server, path: str, **asked: object) -> httpx.Response:
    return server.client.get(f"{BASE}/{path}", params={name: str(value) for name, value in asked.items()} or None)


def _picture(server: Server, path: str, **asked: object) -> np.ndarray:
    answer = _get(server, path, **asked)
    assert answer.status_code == 200, answer.text
    assert "immutable" in answer.headers["cache-control"]
    with Image.open(io.BytesIO(answer.content)) as image:
        return np.asarray(image)


def _cell(strip: np.ndarray, number: int, side: int = 8) -> np.ndarray:
    top, left = number // COLUMNS * side, number % COLUMNS * side
    return strip[top : top + side, left : left + side]


@pytest.mark.parametrize("view", ["xt", "x0", "delta", "noise"])
def test_a_strip_has_a_cell_of_the_latents_size_for_each_position(server: Server, view: str) -> None:
    strip = _picture(server, f"{PLAIN}/strips/{view}.png")
    assert strip.shape == (8, 8 * COLUMNS, 3)
    assert (_cell(strip, STEPS + 1) == DARK).all()


def test_channels_stand_in_a_square_in_each_cell(server: Server) -> None:
    assert _picture(server, f"{PLAIN}/strips/channels.png").shape == (16, 16 * COLUMNS, 3)


def test_the_predicted_picture_is_the_same_at_every_position_of_a_walk_that_knows_its_aim(server: Server) -> None:
    strip = _picture(server, f"{TWO}/strips/x0.png", picture=1).astype(int)
    expected = LatentPreview(torch.tensor(PREVIEW), torch.tensor((0.5, 0.5, 0.5))).pixels(aim(8))[0].astype(int)
    for number in range(STEPS + 1):
        assert np.abs(_cell(strip, number) - expected).max() <= 1


def test_the_pictures_of_a_batch_are_told_apart(server: Server) -> None:
    first, second = (_picture(server, f"{TWO}/strips/xt.png", picture=row) for row in (0, 1))
    assert not np.array_equal(first, second)
    assert np.array_equal(first, _picture(server, f"{PLAIN}/strips/xt.png"))


def test_the_guidance_is_shown_where_it_was_recorded_and_told_where_not(server: Server) -> None:
    strip = _picture(server, f"{GUIDED}/strips/guidance.png")
    assert _cell(strip, 0).max() > 100
    assert (_cell(strip, STEPS) == DARK).all()
    refused = _get(server, f"{PLAIN}/strips/guidance.png")
    assert (refused.status_code, refused.json()["error"]) == (409, "The guidance of this picture was not recorded.")


@pytest.mark.parametrize("view", ["x0", "xt"])
def test_a_step_is_decoded_at_its_full_size(server: Server, view: str) -> None:
    assert _picture(server, f"{PLAIN}/steps/1/{view}.png").shape == (64, 64, 3)
    answer = _get(server, f"{PLAIN}/steps/1/{view}.jpg")
    assert answer.headers["content-type"] == "image/jpeg"
    assert Image.open(io.BytesIO(answer.content)).size == (64, 64)


def test_the_guidance_of_a_step_comes_from_the_model_where_it_was_not_recorded(server: Server) -> None:
    again, recorded = (_picture(server, f"{each}/steps/2/guidance.png") for each in (PLAIN, GUIDED))
    assert again.shape == recorded.shape == (8, 8, 3)
    assert again.max() > 100
    assert np.array_equal(recorded, _picture(server, f"{GUIDED}/steps/2/guidance.png", model="tiny-v"))


def test_words_have_maps_of_the_latents_size(server: Server) -> None:
    told = _get(server, f"{PLAIN}/steps/1/attention").json()
    assert [(word["text"], word["index"]) for word in told["words"]] == [("the", 0), ("cat", 1)]
    assert all(0 < word["share"] < 1 for word in told["words"])
    assert (told["columns"], told["width"], told["height"], told["notes"]) == (COLUMNS, 8, 8, [])
    maps = _picture(server, told["url"].removeprefix(f"{BASE}/"))
    assert maps.shape == (8, 8 * COLUMNS)
    for word in told["words"]:
        assert (_cell(maps, word["index"]).min(), _cell(maps, word["index"]).max()) == (0, 255)
    assert (_cell(maps, 2) == _cell(maps, 2)[0, 0]).all()


def test_what_a_word_changes_is_another_map_of_it(server: Server) -> None:
    told = _get(server, f"{PLAIN}/steps/1/attention", of="influence").json()
    assert sum(word["share"] for word in told["words"]) == pytest.approx(1.0, abs=1e-4)
    changed, looked_at = (
        _picture(server, f"{PLAIN}/steps/1/attention.png", of=of) for of in ("influence", "attention")
    )
    assert changed.shape == looked_at.shape
    assert not np.array_equal(changed, looked_at)
    assert np.array_equal(changed, _picture(server, told["url"].removeprefix(f"{BASE}/")))


def test_the_last_position_shows_the_last_call(server: Server) -> None:
    for view in ("attention.png", "guidance.png"):
        last, before = (_picture(server, f"{PLAIN}/steps/{step}/{view}") for step in (STEPS, STEPS - 1))
        assert np.array_equal(last, before)


def test_words_before_a_branch_are_those_of_its_parent(server: Server) -> None:
    def words(step: int) -> list[str]:
        return [word["text"] for word in _get(server, f"{BRANCH}/steps/{step}/attention").json()["words"]]

    assert words(1) == ["the", "cat"]
    assert words(2) == ["a", "dog"]


@pytest.mark.parametrize("view", ["x0.png", "guidance.png", "attention", "attention.png"])
@pytest.mark.parametrize(("trajectory", "told"), [(GONE, "'lost'"), (CHANGED, "other weights")])
def test_without_its_model_a_view_says_so_and_another_can_be_chosen(
    server: Server, trajectory: str, told: str, view: str
) -> None:
    refused = _get(server, f"{trajectory}/steps/1/{view}")
    assert (refused.status_code, refused.json()["field"]) == (409, "model")
    assert told in refused.json()["error"]
    assert "another model" in refused.json()["hint"]
    chosen = _get(server, f"{trajectory}/steps/1/{view}", model="tiny")
    assert chosen.status_code == 200
    notes = chosen.json()["notes"] if view == "attention" else [chosen.headers["x-darkroom-notes"]]
    assert "not the same" in notes[0]
    assert _get(server, f"{trajectory}/strips/x0.png").status_code == 200  # which needs none


def test_the_own_model_named_is_no_other_one(server: Server) -> None:
    assert "x-darkroom-notes" not in _get(server, f"{PLAIN}/steps/1/x0.png", model="tiny").headers


@pytest.mark.parametrize("view", ["x0.png", "attention"])
def test_a_model_with_latents_of_another_shape_is_refused(server: Server, view: str) -> None:
    refused = _get(server, f"{OTHER_SHAPE}/steps/1/{view}")
    assert (refused.status_code, refused.json()["field"]) == (422, "model")
    assert "4 channels of 8 pixels" in refused.json()["error"]
    assert _get(server, f"{OTHER_SHAPE}/strips/x0.png").status_code == 200


def test_an_inpainting_model_is_refused_for_words_of_a_walk_without_a_mask(server: Server) -> None:
    refused = _get(server, f"{PLAIN}/steps/1/attention", model="tiny-inpaint")
    assert (refused.status_code, refused.json()["field"]) == (409, "model")
    assert _get(server, f"{PLAIN}/steps/1/x0.png", model="tiny-inpaint").status_code == 200


@pytest.mark.parametrize(
    ("path", "status", "field"),
    [
        (f"{PLAIN}/steps/{STEPS + 1}/x0.png", 422, "step"),
        (f"{PLAIN}/steps/{STEPS + 1}/attention", 422, "step"),
        (f"{CUT}/steps/3/x0.png", 422, "step"),
        (f"{PLAIN}/steps/-1/x0.png", 422, "step"),
        (f"{PLAIN}/steps/99999/x0.png", 422, "step"),
        (f"{PLAIN}/steps/1/colours.png", 422, "view"),
        (f"{PLAIN}/steps/1/x0.bmp", 422, "format_"),
        (f"{PLAIN}/strips/colours.png", 422, "view"),
        (f"{PLAIN}/strips/x0.png?picture=1", 422, "picture"),
        (f"{PLAIN}/steps/1/x0.png?picture=1", 422, "picture"),
        (f"{PLAIN}/steps/1/attention?picture=1", 422, "picture"),
        (f"{PLAIN}/steps/1/attention?of=beauty", 422, "of"),
        (f"{PLAIN}/steps/1/x0.png?model=nothing", 404, "model"),
    ],
)
def test_what_cannot_be_shown_is_refused_in_a_sentence(server: Server, path: str, status: int, field: str) -> None:
    answer = server.client.get(f"{BASE}/{path}")
    assert (answer.status_code, answer.json()["field"]) == (status, field)
    assert answer.json()["error"].endswith(".")


def test_a_finished_picture_is_the_last_step_of_its_recording(server: Server) -> None:
    done = server.finished(server.submit(prompt="the cat", seed=3, steps=3, batch_size=2, model="tiny"))
    found = {}
    for row, picture in enumerate(done["images"]):
        wait_until(lambda picture=picture: server.client.get(f"/api/v1/images/{picture}/trajectory").status_code == 200)
        found = server.client.get(f"/api/v1/images/{picture}/trajectory").json()
        assert found["row"] == row
        made = np.asarray(Image.open(io.BytesIO(server.client.get(f"/api/v1/images/{picture}").content)))
        assert np.array_equal(_picture(server, f"{found['trajectory']}/steps/3/x0.png", picture=row), made)
    told = server.client.get(f"{BASE}/{found['trajectory']}").json()
    assert [each["id"] for each in told["pictures"]] == done["images"]


def test_a_picture_without_a_recording_says_so(server: Server) -> None:
    for picture in ("0" * 32, "nothing"):
        answer = server.client.get(f"/api/v1/images/{picture}/trajectory")
        assert (answer.status_code, answer.json()["error"]) == (404, "There is no recording of this picture.")


def test_strips_and_views_of_the_same_model_come_while_a_job_runs(server: Server) -> None:
    job = server.submit(prompt="the cat", steps=150, batch_count=20, model="tiny")
    wait_until(lambda: server.job(job)["step"] >= 1)
    write_recording(server.data_dir, "7" * 32, steps=2, model="tiny")
    assert _get(server, f"{'7' * 32}/strips/x0.png").status_code == 200
    assert _get(server, f"{'7' * 32}/steps/1/x0.png").status_code == 200
    assert server.job(job)["status"] == "running"
    server.client.delete(f"/api/v1/jobs/{job}")
    assert server.finished(job)["status"] == "cancelled"


def test_a_job_gives_the_same_picture_whatever_is_looked_at_meanwhile(server: Server) -> None:
    alone = server.finished(server.submit(prompt="the cat", seed=11, steps=60, sampler="Euler a", model="tiny"))
    again = server.submit(prompt="the cat ", seed=11, steps=60, sampler="Euler a", model="tiny")
    stop = threading.Event()

    def look() -> None:
        step = 0
        while not stop.is_set():
            _get(server, f"{TWO}/steps/{step % STEPS}/attention", picture=1, of=("attention", "influence")[step % 2])
            _get(server, f"{TWO}/steps/{step % STEPS}/x0.jpg", picture=step % 2)
            step += 1
            time.sleep(0.001)

    looking = threading.Thread(target=look)
    looking.start()
    meanwhile = server.finished(again)
    stop.set()
    looking.join()
    pictures = [server.client.get(f"/api/v1/images/{each['images'][0]}").content for each in (alone, meanwhile)]
    one, other = (np.asarray(Image.open(io.BytesIO(picture))) for picture in pictures)
    assert np.array_equal(one, other)


def test_views_that_are_hung_up_on_hold_up_nothing_else(server: Server) -> None:
    import psutil

    (worker,) = [
        child for child in psutil.Process(server.process.pid).children(recursive=True)
        if any("spawn_main" in part for part in child.cmdline())
    ]  # fmt: skip
    write_recording(server.data_dir, "8" * 32, steps=60, model="tiny")
    worker.suspend()

    def ask(step: int) -> None:
        with suppress(httpx.TimeoutException):
            httpx.get(f"{server.client.base_url}{BASE}/{'8' * 32}/steps/{step}/xt.jpg", timeout=0.5)

    threads = [threading.Thread(target=ask, args=(step,)) for step in range(60)]
    try:
        for thread in threads:
            thread.start()
        assert server.client.get("/api/v1/jobs", timeout=20).status_code == 200
        for thread in threads:
            thread.join()
        assert server.client.get("/api/v1/jobs", timeout=20).status_code == 200
    finally:
        worker.resume()
    assert _get(server, f"{'8' * 32}/steps/3/xt.jpg").status_code == 200


def test_a_worker_that_dies_is_a_sentence_and_the_next_one_answers(server: Server) -> None:
    import psutil

    (worker,) = [
        child for child in psutil.Process(server.process.pid).children(recursive=True)
        if any("spawn_main" in part for part in child.cmdline())
    ]  # fmt: skip
    worker.suspend()
    answers: list[httpx.Response] = []
    waiting = threading.Thread(target=lambda: answers.append(_get(server, f"{PLAIN}/steps/3/xt.jpg")))
    waiting.start()
    time.sleep(0.3)
    worker.kill()
    waiting.join(60)
    assert answers[0].status_code == 503
    assert "worker" in answers[0].json()["error"]
    wait_until(lambda: _get(server, f"{PLAIN}/steps/3/xt.jpg").status_code == 200)
