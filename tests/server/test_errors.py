import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.engine.fake_model import make_model
from webui.engine.engine import Engine
from webui.errors import GenerationFailed, PictureUnreadable, SaveFailed
from webui.library.database import StorageUnavailable
from webui.library.library import Library
from webui.model_manager.catalogue import Catalogue
from webui.server.app import create_app
from webui.settings import Settings


@pytest.fixture
def app(tmp_path: Path) -> Iterator[FastAPI]:
    make_model(tmp_path / "models")
    settings = Settings(data_dir=tmp_path / "data", models_dirs=(tmp_path / "models",))
    library = Library(settings.data_dir)
    yield create_app(Engine(settings, Catalogue(settings.models_dirs), library), settings, build_page=None)
    library.close()


def _client(app: FastAPI, error: Exception) -> TestClient:
    def fail() -> None:
        raise error

    app.add_api_route("/fail", fail)
    return TestClient(app, base_url="http://localhost", raise_server_exceptions=False, client=("127.0.0.1", 50_000))


def test_an_unexpected_error_is_told_with_a_reference_and_nothing_of_its_inside(
    app: FastAPI, caplog: pytest.LogCaptureFixture
) -> None:
    answer = _client(app, RuntimeError("secret/path")).get("/fail")
    assert answer.status_code == 500
    told = answer.json()
    assert set(told) == {"error", "hint", "field"}
    assert "secret" not in answer.text
    found = re.search(r"reference (\w+)", told["hint"])
    assert found
    assert found[1] in caplog.text
    assert "secret/path" in caplog.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (GenerationFailed("It failed.", hint="Again."), 500),
        (StorageUnavailable("Busy."), 503),
        (SaveFailed("Full."), 507),
        (PictureUnreadable("No picture."), 422),
    ],
)
def test_our_own_errors_are_told_in_their_sentences(app: FastAPI, error: Exception, status: int) -> None:
    answer = _client(app, error).get("/fail")
    assert answer.status_code == status
    assert answer.json()["error"] == error.args[0]


def test_before_the_engine_has_started_the_health_says_so(app: FastAPI) -> None:
    answer = TestClient(app, base_url="http://localhost", client=("127.0.0.1", 50_000)).get("/api/v1/health")
    assert answer.status_code == 503
    assert answer.json() == {"status": "starting"}


def test_models_and_samplers_are_told(app: FastAPI) -> None:
    client = TestClient(app, base_url="http://localhost", client=("127.0.0.1", 50_000))
    (model,) = client.get("/api/v1/models").json()
    assert (model["name"], model["problem"]) == ("fake", None)
    samplers = client.get("/api/v1/samplers").json()
    assert [sampler["name"] for sampler in samplers if sampler["default"]] == ["DPM++ 2M"]
    assert all(sampler["schedules"] for sampler in samplers)


def test_the_events_worker_is_served_and_kept_only_under_its_version(app: FastAPI) -> None:
    client = TestClient(app, base_url="http://localhost", client=("127.0.0.1", 50_000))
    assert "immutable" in client.get("/hub.js?v=1").headers["cache-control"]
    answer = client.get("/hub.js")
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["content-type"].startswith("text/javascript")
