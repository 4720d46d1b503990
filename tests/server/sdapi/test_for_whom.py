"""Whose pictures, tasks and options the requests of users are: their own."""

import base64
import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import psutil
import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from PIL import Image

from tests.engine.engines import request, running_engine, wait_until
from tests.engine.fake_model import make_model
from tests.extensions.tried import extensions_in, settings_in, write_extension
from webui.access.kinds import Kind
from webui.access.principal import HOUSE, Principal
from webui.access.roles import Role
from webui.engine.engine import Engine
from webui.engine.looks import always
from webui.library.library import Library
from webui.model_manager.catalogue import Catalogue
from webui.server.access.principals import note_principal
from webui.server.image_urls import ImageUrls
from webui.server.sdapi import lists
from webui.server.sdapi.asked import RequestReader
from webui.server.sdapi.generating import Generating
from webui.server.sdapi.generation_bodies import ImageToImage, TextToImage
from webui.server.sdapi.options import Options
from webui.server.sdapi.progress import told_progress
from webui.server.sdapi.received_pictures import ReceivedPictures
from webui.server.sdapi.routes_generation import generation_router
from webui.server.sdapi.scripts import Scripts
from webui.server.sdapi.tasks import Tasks
from webui.server.untold_paths import UntoldPaths
from webui.server.waiting import Askers

ANNA, BERT = (Principal(Role.USER, f"account:{name}") for name in ("anna", "bert"))
SMALL = {"prompt": "a boat", "width": 64, "height": 64, "steps": 3}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with running_engine(tmp_path_factory.mktemp("users")) as engine:
        yield engine


def _generating(engine: Engine, options: Options | None = None) -> Generating:
    reader = RequestReader(engine, ReceivedPictures(engine, ImageUrls(False)))
    return Generating(
        engine, options=options or Options(engine), reader=reader, scripts=Scripts(engine), tasks=Tasks(),
        paths=UntoldPaths(engine.settings),
    )  # fmt: skip


def _seeds(answer: dict[str, Any]) -> list[int]:
    return json.loads(answer["info"])["all_seeds"]


def _picture() -> str:
    file = BytesIO()
    Image.new("RGB", (64, 64), "navy").save(file, format="PNG")
    return base64.b64encode(file.getvalue()).decode()


def test_pictures_that_are_sent_and_made_belong_to_who_sent_them(engine: Engine) -> None:
    wanted = ImageToImage.model_validate({**SMALL, "init_images": [_picture()], "seed": 71})
    assert _seeds(_generating(engine).answer(wanted, ANNA, always)) == [71]
    (job,) = engine.jobs(ANNA.scope)
    assert engine.jobs(BERT.scope) == []
    start = job.request.picture_ids[0]
    for kind, thing in ((Kind.INPUT, start), (Kind.PICTURE, job.images[0])):
        assert engine.ownership.owns(ANNA.scope, kind, thing)
        assert not engine.ownership.owns(BERT.scope, kind, thing)


def test_a_plot_belongs_to_who_asked_for_it(engine: Engine) -> None:
    wanted = TextToImage.model_validate({**SMALL, "script_name": "x/y/z plot", "script_args": ["Steps", "1, 2"]})
    answer = _generating(engine).answer(wanted, ANNA, always)
    assert len(answer["images"]) == 1
    assert len(engine.series.recent(scope=ANNA.scope)) == 1
    assert engine.series.recent(scope=BERT.scope) == []


def test_options_are_not_theirs_to_change(engine: Engine) -> None:
    options = Options(engine)
    posted = {"override_settings": {"CLIP_stop_at_last_layers": 2}, "override_settings_restore_afterwards": False}
    wanted = TextToImage.model_validate({**SMALL, **posted})
    answer = _generating(engine, options).answer(wanted, ANNA, always)
    assert json.loads(answer["info"])["clip_skip"] == 2
    assert options.now.clip_skip == 1


def test_the_progress_of_others_is_not_told(engine: Engine) -> None:
    job = engine.submit(request("a slow boat", steps=60), ANNA.owner)
    wait_until(lambda: told_progress(engine, ANNA, with_picture=True)["current_image"])
    for other in (BERT, HOUSE):
        told = told_progress(engine, other, with_picture=True)
        assert (told["progress"], told["state"]["job_count"], told["current_image"]) == (0, 0, None)
    engine.cancel(job.id)
    wait_until(lambda: not engine.job(job.id).active)


def test_what_is_about_this_computer_is_told_to_administrators_alone(tmp_path: Path) -> None:
    make_model(tmp_path / "models")
    write_extension(tmp_path, "film_grain", "")
    settings, extensions, library = settings_in(tmp_path), extensions_in(tmp_path), Library(tmp_path / "data")
    engine = Engine(settings, Catalogue(settings.models_dirs), library, extensions=extensions)

    def told(principal: Principal) -> str:
        known = (
            lists.checkpoints(engine, principal), lists.extensions(engine, principal), lists.memory(principal),
            lists.cmd_flags(engine, principal),
        )  # fmt: skip
        return json.dumps(known)

    secrets = (str(tmp_path), "film_grain", str(psutil.virtual_memory().total), '"port"')
    assert all(each in told(HOUSE) for each in secrets)
    assert not any(each in told(ANNA) for each in secrets)
    library.close()
    extensions.close()


def test_nobody_interrupts_the_jobs_of_others_not_even_administrators(engine: Engine) -> None:
    app = FastAPI()
    app.include_router(generation_router(engine, _generating(engine), Askers(2)))
    app.middleware("http")(_as_asked)
    job = engine.submit(request("a slow boat", steps=60), ANNA.owner)
    wait_until(lambda: engine.job(job.id).step > 0)
    with TestClient(app) as client:
        for other in ("house", "bert"):
            for path in ("/interrupt", "/skip"):
                assert client.post(path, headers={"X-Who": other}).is_success
        assert engine.job(job.id).active
        assert client.post("/interrupt", headers={"X-Who": "anna"}).json() == {}
    wait_until(lambda: engine.job(job.id).status == "cancelled")


async def _as_asked(asked: Request, following: Any) -> Any:
    """Stands for the gate."""
    who = {"house": HOUSE, "anna": ANNA, "bert": BERT}
    note_principal(asked.scope, who[asked.headers["X-Who"]])
    return await following(asked)
