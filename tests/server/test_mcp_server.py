"""The Model Context Protocol's own client against a real server."""

import json
from base64 import b64decode
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from mcp.client import Client

from tests.engine.engines import wait_until
from tests.server.server_process import Server
from webui.engine.engine import Engine
from webui.library.library import Library, picture_id
from webui.model_manager.catalogue import Catalogue
from webui.server.app import create_app
from webui.settings import Settings

SMALL = {"prompt": "a boat", "width": 64, "height": 64, "steps": 3, "seed": 7}
ERAS = ("legacy", "auto")
"""With the handshake of earlier versions of the protocol, and without."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("mcp"), mcp=True).wait_ready()
    yield server
    server.close()


def _with_client(server: Server, use: Callable[[Client], Awaitable[Any]], mode: str = "auto") -> Any:
    async def run() -> Any:
        async with Client(f"{server.url}/mcp", mode=mode) as client:
            return await use(client)

    return anyio.run(run)


def _call(server: Server, tool: str, arguments: dict[str, Any], mode: str = "auto") -> Any:
    return _with_client(server, lambda client: client.call_tool(tool, arguments), mode)


def _pngs(result: Any) -> list[bytes]:
    return [b64decode(each.data) for each in result.content if each.type == "image"]


def _refusal(result: Any) -> str:
    assert result.is_error
    return result.content[0].text


@pytest.mark.parametrize("mode", ERAS)
def test_a_picture_is_made_and_comes_as_one(server: Server, mode: str) -> None:
    result = _call(server, "generate", {**SMALL, "batch_count": 2}, mode)
    told = result.structured_content
    assert (result.is_error, told["status"]) == (False, "done")
    assert json.loads(result.content[-1].text) == told
    assert [picture["seed"] for picture in told["pictures"]] == [7, 8]
    assert [picture_id(png) for png in _pngs(result)] == [picture["id"] for picture in told["pictures"]]
    assert {each.mime_type for each in result.content if each.type == "image"} == {"image/png"}


def test_the_tools_say_what_they_take(server: Server) -> None:
    listed = _with_client(server, lambda client: client.list_tools())
    tools = {tool.name: tool for tool in listed.tools}
    assert set(tools) == {"generate", "list_models", "get_result"}
    assert tools["generate"].input_schema["required"] == ["prompt"]
    assert tools["generate"].input_schema["properties"]["steps"]["maximum"] == 150


def test_models_are_listed_by_name_and_without_paths(server: Server) -> None:
    result = _call(server, "list_models", {})
    [model] = result.structured_content["models"]
    assert model["name"] == server.client.get("/api/v1/models").json()[0]["name"]
    assert model["steps"] > 0
    assert str(server.folder) not in result.content[-1].text


def test_what_is_not_waited_for_is_there_later(server: Server) -> None:
    job = _call(server, "generate", {**SMALL, "prompt": "slow boat", "wait": False}).structured_content["job"]
    assert server.job(job)["status"] in ("queued", "running")
    server.finished(job)
    result = _call(server, "get_result", {"job": job})
    assert result.structured_content["status"] == "done"
    assert len(_pngs(result)) == 1


def test_a_picture_that_was_made_can_be_started_from(server: Server) -> None:
    [first] = _call(server, "generate", SMALL).structured_content["pictures"]
    result = _call(server, "generate", {**SMALL, "picture": first["id"], "strength": 0.4})
    start = server.job(result.structured_content["job"])["request"]["start"]
    assert (start["picture"], start["strength"]) == (first["id"], 0.4)


def test_a_picture_of_any_size_fits_into_an_answer(server: Server) -> None:
    [png] = _pngs(_call(server, "generate", {**SMALL, "width": 1024, "height": 1024}))
    assert len(png) > 2**20


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"prompt": "a", "steps": 0}, "steps: 0 cannot be used"),
        ({"prompt": "a", "model": "none"}, "There is no model 'none'"),
        ({"prompt": "a", "picture": "0" * 32}, "there is no picture"),
        ({"prompt": "a", "picture": "/etc/passwd"}, "it must be a picture's id"),
        ({"prompt": "a", "batch_count": 5}, "batch_count: it must be at most 4"),
        ({"prompt": "a", "path": "x"}, "path: there is no such field"),
        ({"prompt": "a", "wait": "no"}, "wait: it must be true or false"),
        ({}, "prompt: it must be a text"),
        ({**SMALL, "prompt": "fail"}, "not numbers at step 2. Lower the CFG scale."),
    ],
)
def test_what_cannot_be_done_is_told_to_the_model(server: Server, arguments: Any, sentence: str) -> None:
    assert sentence in _refusal(_call(server, "generate", arguments))


def test_unknown_jobs_and_tools_are_told(server: Server) -> None:
    assert "There is no such job." in _refusal(_call(server, "get_result", {"job": "none"}))
    assert "There is no tool 'delete_all'" in _refusal(_call(server, "delete_all", {}))


@pytest.mark.parametrize("mode", ERAS)
def test_who_hangs_up_takes_the_job_along(server: Server, mode: str) -> None:
    prompt = f"slow and left {mode}"

    def jobs() -> list[dict[str, Any]]:
        return [job for job in server.client.get("/api/v1/jobs").json() if job["request"]["prompt"] == prompt]

    async def leave(client: Client) -> None:
        with anyio.move_on_after(1.5):
            await client.call_tool("generate", {**SMALL, "prompt": prompt, "steps": 100})

    _with_client(server, leave, mode)
    wait_until(lambda: jobs() and jobs()[0]["status"] == "cancelled")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_the_address_takes_post_alone(server: Server, method: str) -> None:
    assert server.client.request(method, "/mcp").status_code == 405


def test_pages_of_other_sites_are_not_let_in(server: Server) -> None:
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    headers = {"accept": "application/json, text/event-stream"}
    assert httpx.post(f"{server.url}/mcp", json=body, headers=headers).status_code == 200
    for foreign in ({"origin": "http://evil.example"}, {"host": "evil.example"}, {"sec-fetch-site": "cross-site"}):
        assert httpx.post(f"{server.url}/mcp", json=body, headers=headers | foreign).status_code in (400, 403)


@pytest.mark.parametrize("asked_for", [False, True])
def test_it_is_not_there_unless_it_is_asked_for(tmp_path: Path, asked_for: bool) -> None:
    settings = Settings(data_dir=tmp_path, models_dirs=(tmp_path,), mcp=asked_for)
    library = Library(tmp_path)
    app = create_app(Engine(settings, Catalogue(settings.models_dirs), library), settings, build_page=None)
    assert ("/mcp" in {getattr(route, "path", "") for route in app.routes}) == asked_for
    library.close()
