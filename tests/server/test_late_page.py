"""A real Gradio page mounted into the running application, in place of the splash."""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from starlette.routing import Mount

from tests.engine.engines import running_engine, wait_until
from webui.access.roles import Role
from webui.engine.engine import Engine
from webui.server.app import create_app
from webui.server.late_page import prepare_environment
from webui.server.listening import bind
from webui.server.role_pages import BuildRolePage


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with running_engine(tmp_path_factory.mktemp("page")) as engine:
        yield engine


class Serving:
    """The application on a port of its own, in a thread."""

    def __init__(self, engine: Engine, build_page: BuildRolePage) -> None:
        self.app = create_app(engine, engine.settings, build_page=build_page)
        self._listener: socket.socket = bind("127.0.0.1", 0)
        port = self._listener.getsockname()[1]
        self._server = uvicorn.Server(uvicorn.Config(self.app, log_level="error", timeout_graceful_shutdown=2))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._listener]})
        self._thread.start()
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60)

    def __enter__(self) -> "Serving":
        return self

    def __exit__(self, *_error: object) -> None:
        self.client.close()
        self._server.should_exit = True
        self._thread.join()
        self._listener.close()


def _build(_role: Role) -> FastAPI:
    import gradio as gr

    time.sleep(0.3)
    with gr.Blocks(analytics_enabled=False) as blocks:
        text = gr.Textbox()
        gr.Button("go").click(lambda value: value.upper(), text, text, api_name="louder", queue=False)
    return gr.mount_gradio_app(FastAPI(openapi_url=None), blocks, path="/", footer_links=[], show_error=False)


def test_the_splash_is_there_at_once_and_gives_way_to_the_page(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GRADIO_ANALYTICS_ENABLED", "GRADIO_TEMP_DIR", "GRADIO_ANALYTICS_CACHE_FREQUENCY"):
        monkeypatch.setenv(name, "")
    prepare_environment(tmp_path)
    assert os.environ["GRADIO_TEMP_DIR"] == str(tmp_path / "temporary")
    with Serving(engine, _build) as serving:
        client = serving.client
        splash = client.get("/")
        assert splash.status_code == 200
        assert "Starting" in splash.text
        assert splash.headers["cache-control"] == "no-store"
        assert client.get("/api/v1/health").json()["page"] is False
        wait_until(lambda: client.get("/api/v1/health").json()["page"])
        page = client.get("/")
        assert "gradio" in page.text
        assert "Starting" not in page.text

        called = client.post("/gradio_api/run/louder", json={"data": ["abc"]})
        assert called.json()["data"] == ["ABC"]
        assert client.get("/api/v1/nothing").json()["error"] == "There is nothing at this address."
        assert client.get("/config", headers={"Host": "evil.com"}).status_code == 400
        foreign = client.post("/gradio_api/run/louder", json={"data": ["x"]}, headers={"Origin": "http://evil.com"})
        assert foreign.status_code == 403
        assert "access-control-allow-origin" not in client.get("/config", headers={"Origin": "http://x"}).headers
        upload = client.post("/gradio_api/upload", files={"files": b"x"}, headers={"Sec-Fetch-Site": "cross-site"})
        assert upload.status_code == 403


def test_a_page_that_cannot_be_built_leaves_the_api_and_says_so(engine: Engine) -> None:
    def broken(_role: Role) -> FastAPI:
        raise RuntimeError("no page today")

    with Serving(engine, broken) as serving:
        wait_until(lambda: serving.client.get("/api/v1/health").json()["problem"])
        health = serving.client.get("/api/v1/health").json()
        assert health["status"] == "ok"
        assert "reference" in health["problem"]
        assert serving.client.get("/").status_code == 200


def _labelled(label: str) -> BuildRolePage:
    def build(_role: Role) -> FastAPI:
        import gradio as gr

        with gr.Blocks(analytics_enabled=False, title=label) as blocks:
            text = gr.Textbox()
            gr.Button(label).click(lambda value: f"{label} {value}", text, text, queue=False)
        return gr.mount_gradio_app(FastAPI(openapi_url=None), blocks, path="/", show_error=False)

    return build


def test_a_page_whose_parts_have_changed_takes_the_place_of_the_one_before(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = ["first"]
    monkeypatch.setattr("webui.server.app.page_parts", lambda _extensions: now[0])
    listeners: list[Callable[[], None]] = []
    monkeypatch.setattr(engine.extensions, "on_change", listeners.append)
    built: list[str] = []

    def build(role: Role) -> FastAPI:
        built.append(now[0])
        if now[0] == "broken":
            raise RuntimeError("not this one")
        return _labelled(now[0])(role)

    with Serving(engine, build) as serving:
        client = serving.client
        wait_until(lambda: client.get("/api/v1/health").json()["page"])
        renew = lambda: [listener() for listener in listeners]  # noqa: E731
        renew()
        told = engine.hub.subscribe(lambda: None)
        now[0] = "second"
        renew()
        wait_until(lambda: client.get("/config").json()["title"] == "second")
        # A page that was opened before calls the same handler by its place.
        called = client.post("/gradio_api/run/predict", json={"data": ["x"], "fn_index": 0, "session_hash": "before"})
        assert called.json()["data"] == ["second x"]
        wait_until(lambda: [event.payload["page"] for event in told.take() if event.type == "page_changed"])
        now[0] = "broken"
        renew()
        wait_until(lambda: built[-1] == "broken")
        renew()
        assert client.get("/config").json()["title"] == "second"
        assert len([route for route in serving.app.router.routes if isinstance(route, Mount) and not route.path]) == 1
        assert built == ["first", "second", "broken"]
        assert client.get("/api/v1/health").json()["page"]
