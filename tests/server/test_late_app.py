import threading
from concurrent.futures import ThreadPoolExecutor

from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.routing import Mount

from webui.server.late_app import LateApp


def _late(built: list[FastAPI]) -> LateApp:
    def build() -> FastAPI:
        app = FastAPI()
        app.add_api_route("/here", lambda: threading.current_thread().name)
        built.append(app)
        return app

    return LateApp(build)


def test_it_is_put_together_with_the_first_request_and_only_once() -> None:
    built: list[FastAPI] = []
    outer = FastAPI(routes=[Mount("/late", _late(built))])
    with TestClient(outer) as client:
        assert client.get("/elsewhere").status_code == 404
        assert built == []
        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(lambda _: client.get("/late/here").status_code, range(16)))
    assert answers == [200] * 16
    assert len(built) == 1


def test_its_routes_can_be_listed() -> None:
    built: list[FastAPI] = []
    assert "/here" in [getattr(route, "path", "") for route in _late(built).routes]
