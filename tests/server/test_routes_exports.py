import asyncio
import io
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import httpx
import numpy as np
import pytest
from fastapi import FastAPI
from PIL import Image

from tests.engine.recordings import write_recording
from tests.generation.recordings import summary
from tests.server.server_process import Server
from webui.engine.engine import GENERATOR
from webui.engine.looks import Answered, Wanted
from webui.generation.exported_steps import ExportedStep, View
from webui.generation.infotext_reader import read_infotext
from webui.imaging.metadata import embedded_text
from webui.model_manager.catalogue import Catalogue
from webui.model_manager.fingerprint import fingerprint
from webui.server.errors import install_error_handlers
from webui.server.made_files import EXPORTS, MadeFiles
from webui.server.routes_exports import exports_router

ID, ORPHAN, TWO = "a" * 32, "b" * 32, "c" * 32
STEPS = 4


@pytest.fixture(scope="module")
def real(tiny_models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a real worker and three recordings; the model of the second one is gone."""
    folder = tmp_path_factory.mktemp("exports")
    weights = fingerprint(Catalogue((tiny_models_dir,)).find("tiny"))
    data = folder / "data"
    write_recording(data, ID, steps=STEPS, fingerprint=weights)
    write_recording(data, ORPHAN, steps=STEPS, model="lost", fingerprint="0" * 32)
    write_recording(data, TWO, steps=2, seeds=(7, 8), fingerprint=weights)
    server = Server(folder, models=False, factory=GENERATOR, models_dirs=[str(tiny_models_dir)]).wait_ready()
    yield server
    server.close()


def _export(real: Server, trajectory: str = ID, **asked: object) -> httpx.Response:
    return real.client.get(f"/api/v1/trajectories/{trajectory}/export", params={k: str(v) for k, v in asked.items()})


def _file(real: Server, trajectory: str = ID, **asked: object) -> bytes:
    answer = _export(real, trajectory, **asked)
    assert answer.status_code == 200, answer.text
    assert int(answer.headers["content-length"]) == len(answer.content)
    return answer.content


def _pixels(content: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(content)) as image:
        return np.asarray(image.convert("RGB")).astype(int)


def _seen(real: Server, step: int, view: str, trajectory: str = ID) -> np.ndarray:
    """The same step, as the page gets it."""
    return _pixels(real.client.get(f"/api/v1/trajectories/{trajectory}/steps/{step}/{view}.png").content)


@pytest.mark.parametrize("view", ["x0", "xt"])
def test_one_step_is_what_the_page_shows_with_its_infotext(real: Server, view: str) -> None:
    answer = _export(real, what="frame", view=view, step=2)
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-disposition"] == f'attachment; filename="aaaaaaaa-7-step-002-of-004-{view}.png"'
    assert np.array_equal(_pixels(answer.content), _seen(real, 2, view))
    infotext = embedded_text(answer.content).infotext or ""
    assert infotext.startswith("the cat\nSteps: 4, ")
    assert ExportedStep.read(read_infotext(infotext).left_over) == ExportedStep(ID, 0, 2, STEPS, View(view))


def test_all_steps_come_in_an_archive(real: Server) -> None:
    with zipfile.ZipFile(io.BytesIO(_file(real, what="frames"))) as archive:
        assert archive.namelist() == [f"7-step-{step:03d}-of-004-x0.png" for step in range(STEPS + 1)]
        for step, name in enumerate(archive.namelist()):
            assert np.array_equal(_pixels(archive.read(name)), _seen(real, step, "x0"))


def test_films_play_all_steps_at_the_pace_that_was_asked_for(real: Server) -> None:
    for what, kind in (("gif", "GIF"), ("webp", "WEBP")):
        with Image.open(io.BytesIO(_file(real, what=what, fps=4))) as film:
            assert (film.format, film.n_frames, film.size) == (kind, STEPS + 1, (64, 64))
            film.load()
            assert film.info["duration"] == 250
            first = np.asarray(film.convert("RGB")).astype(int)
        assert np.abs(first - _seen(real, 0, "x0")).mean() < 20
    with av.open(io.BytesIO(_file(real, what="mp4", fps=4))) as film:
        assert film.streams.video[0].average_rate == 4
        assert sum(1 for _ in film.decode(video=0)) == STEPS + 6  # the last one stays for a second and a half


def test_a_contact_sheet_holds_every_step(real: Server) -> None:
    sheet = _pixels(_file(real, what="contact-sheet"))
    assert sheet.shape[0] * sheet.shape[1] > (STEPS + 1) * 64 * 64


def test_each_picture_of_a_batch_has_its_own(real: Server) -> None:
    first, second = (_file(real, TWO, what="frame", step=1, picture=row) for row in (0, 1))
    assert not np.array_equal(_pixels(first), _pixels(second))
    assert ", Seed: 8, " in (embedded_text(second).infotext or "")
    assert _export(real, TWO, what="frame", step=1, picture=2).json()["field"] == "picture"


@pytest.mark.parametrize(
    ("asked", "status", "field", "says"),
    [
        ({"what": "frame", "step": 99}, 422, "step", "the recording has steps 0 to 4"),
        ({"what": "frame"}, 422, "step", "one picture is of one step"),
        ({"what": "gif", "fps": 0}, 422, "fps", "0.5 to 60"),
        ({"what": "gif", "fps": "nan"}, 422, "fps", "0.5 to 60"),
        ({"what": "bmp"}, 422, "what", "what"),
        ({"what": "gif", "view": "delta"}, 422, "view", "view"),
        ({}, 422, "what", "what"),
        ({"what": "gif", "model": "nowhere"}, 404, "model", "There is no model 'nowhere'"),
    ],
)
def test_what_cannot_be_is_a_sentence(
    real: Server, asked: dict[str, object], status: int, field: str, says: str
) -> None:
    answer = _export(real, **asked)
    assert (answer.status_code, answer.json()["field"]) == (status, field)
    assert says in answer.json()["error"]


@pytest.mark.parametrize("trajectory", ["0" * 32, "..%2f..%2fetc%2fpasswd", "x"])
def test_a_recording_that_is_not_there_is_not_found(real: Server, trajectory: str) -> None:
    answer = _export(real, trajectory, what="gif")
    assert answer.status_code == 404


def test_without_its_model_another_one_can_be_chosen_and_it_is_said(real: Server) -> None:
    refused = _export(real, ORPHAN, what="frame", step=1)
    assert refused.status_code == 409
    assert "is gone" in refused.json()["error"]
    answer = _export(real, ORPHAN, what="frame", step=1, model="tiny")
    assert answer.status_code == 200
    assert "not the same" in answer.headers["x-darkroom-notes"]


def test_nothing_is_left_in_the_data_folder(real: Server) -> None:
    _file(real, what="webp")
    assert not list((real.data_dir / "exports").iterdir())


def test_a_disk_that_refuses_is_told(real: Server) -> None:
    folder = real.data_dir / "exports"
    folder.rmdir()
    folder.write_text("in the way")
    answer = _export(real, what="gif")
    folder.unlink()
    assert answer.status_code == 507
    assert answer.json()["error"].startswith("The export could not be saved: ")
    assert _export(real, what="gif").status_code == 200


def test_hanging_up_ends_the_work(tmp_path: Path) -> None:
    """The parts around the route stand in: each step takes a while, and the client leaves after the first ones."""
    asked: list[int] = []
    png = io.BytesIO()
    Image.new("RGB", (16, 16)).save(png, format="PNG")

    def step(_trajectory: str, _picture: int, place: int, _view: str, *, model: str | None, wanted: Wanted) -> Answered:
        asked.append(place)
        time.sleep(0.02)
        return Answered(parts=(png.getvalue(),))

    def summary_of(_trajectory: str) -> Any:
        return summary(150)

    settings = SimpleNamespace(data_dir=tmp_path)
    engine: Any = SimpleNamespace(settings=settings, trajectories=SimpleNamespace(summary=summary_of))
    views: Any = SimpleNamespace(step=step)
    app = FastAPI()
    install_error_handlers(app)
    app.include_router(exports_router(engine, views, MadeFiles(tmp_path / EXPORTS)))
    address = f"/api/v1/trajectories/{ID}/export"
    scope = {
        "type": "http", "method": "GET", "path": address, "raw_path": address.encode(), "query_string": b"what=gif",
        "headers": [], "scheme": "http", "server": ("localhost", 80), "http_version": "1.1", "root_path": "",
    }  # fmt: skip
    sent: list[Any] = []
    begun = False

    async def receive() -> dict[str, Any]:
        nonlocal begun
        if not begun:
            begun = True
            return {"type": "http.request", "body": b"", "more_body": False}
        while len(asked) < 3:
            await asyncio.sleep(0.01)
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    assert 3 <= len(asked) < 140
    assert sent[0]["status"] == 400
    assert not list((tmp_path / "exports").iterdir())
