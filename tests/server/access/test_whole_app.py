"""The application itself stands behind the gate: no stranger comes to any of its routes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.engine.engines import running_engine
from tests.server.access.app_routes import VERBS, AppRoute
from tests.server.access.visitors import AWAY, HERE
from webui.server.access.rate_limits import RateLimits
from webui.server.access.rules import rule_for
from webui.server.app import create_app
from webui.settings import Settings


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("whole")
    return Settings(data_dir=folder / "data", models_dirs=(folder / "models",), mcp=True)


@pytest.fixture(scope="module")
def clients(settings: Settings) -> Iterator[dict[str, TestClient]]:
    """Somebody elsewhere, and a proxy on this computer that speaks for somebody elsewhere."""
    folder: Path = settings.data_dir.parent
    with running_engine(folder) as engine:
        app = create_app(engine, settings, build_page=None)
        passed_on = {"X-Forwarded-For": "127.0.0.1"}
        yield {
            "elsewhere": TestClient(app, base_url="http://127.0.0.1:7860", client=AWAY),
            "passed on": TestClient(app, base_url="http://127.0.0.1:7860", client=HERE, headers=passed_on),
        }


@pytest.mark.parametrize("who", ["elsewhere", "passed on"])
def test_a_stranger_comes_to_nothing(
    clients: dict[str, TestClient], routes: list[AppRoute], who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RateLimits, "wait_s", lambda *_arguments: 0)
    let_in = []
    for route in routes:
        for verb in sorted(route.methods or VERBS):
            path = route.sample()
            if rule_for(verb, path).rule.least is None:
                continue
            status = clients[who].request(verb, path).status_code
            if status not in (401, 403):  # 403: the guard has closed it to everybody
                let_in.append(f"{verb} {path}: {status}")
    assert not let_in
