"""OpenAI's clients and language models come through the same gate, and find nothing of other people's."""

from collections.abc import Iterator
from typing import Any

import anyio
import httpx
import httpx2
import openai
import pytest
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client

from tests.server.server_process import Server
from webui.access.account_file import AccountFile

TOKEN = "a token of this test, which is long enough"
SMALL = {"prompt": "a boat", "width": 64, "height": 64, "steps": 2, "seed": 7}
PASSWORDS = {"ann": "the first password", "eve": "another password"}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("guarded")
    accounts = AccountFile(folder / "data")
    for name, password in PASSWORDS.items():
        accounts.add(name, "user", password)
    server = Server(folder, mcp=True, token=TOKEN)
    assert server.process.stdout is not None
    server.url = next(word for word in server.process.stdout.readline().split() if word.startswith("http://"))
    yield server
    server.close()


def _call(server: Server, name: str, tool: str, arguments: dict[str, Any]) -> Any:
    async def call() -> Any:
        async with httpx2.AsyncClient(auth=(name, PASSWORDS[name]), timeout=60) as http:
            async with Client(streamable_http_client(f"{server.url}/mcp", http_client=http)) as client:
                return await client.call_tool(tool, arguments)

    return anyio.run(call)


def test_the_token_is_what_openai_s_clients_take_as_their_key(guarded: Server) -> None:
    made = [
        openai.OpenAI(base_url=f"{guarded.url}/v1", api_key=key, max_retries=0).images.generate
        for key in (TOKEN, "anything")
    ]
    wanted: dict[str, Any] = {"prompt": "a boat", "size": "64x64", "extra_body": {"steps": 2}}
    assert made[0](**wanted).data
    with pytest.raises(openai.AuthenticationError):
        made[1](**wanted)


def test_without_a_login_there_are_no_tools(guarded: Server) -> None:
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "generate", "arguments": SMALL}}
    answer = httpx.post(f"{guarded.url}/mcp", json=body, headers={"accept": "application/json, text/event-stream"})
    assert answer.status_code == 401
    assert httpx.get(f"{guarded.url}/v1/models").status_code == 401


def test_results_of_others_are_not_there(guarded: Server) -> None:
    made = _call(guarded, "ann", "generate", SMALL).structured_content
    assert _call(guarded, "ann", "get_result", {"job": made["job"]}).structured_content == made
    refused = _call(guarded, "eve", "get_result", {"job": made["job"]})
    assert (refused.is_error, refused.content[0].text.startswith("There is no such job.")) == (True, True)
    [picture] = made["pictures"]
    refused = _call(guarded, "eve", "generate", {**SMALL, "prompt": "another", "picture": picture["id"]})
    assert "there is no picture" in refused.content[0].text


def test_addresses_of_pictures_are_for_those_who_made_them(guarded: Server) -> None:
    wanted = {"prompt": "for ann alone", "size": "64x64", "steps": 2, "response_format": "url"}
    with httpx.Client(base_url=guarded.url, timeout=60) as client:
        ann, eve = tuple(PASSWORDS.items())
        [told] = client.post("/v1/images/generations", json=wanted, auth=ann).raise_for_status().json()["data"]
        assert client.get(told["url"], auth=ann).status_code == 200
        assert client.get(told["url"], auth=eve).status_code == 404
        assert client.get(told["url"]).status_code == 401
