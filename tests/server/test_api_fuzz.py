"""Thousands of requests, right and wrong, made of our own OpenAPI documents: every answer is an answer."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.server.fuzzing import Fuzzer
from tests.server.server_process import Server

CASES = {"/api/v1/openapi.json": 3_000, "/sdapi/v1/openapi.json": 2_000}
"""How many requests are made of each document, five thousand in all: under a minute where nothing else runs."""
NEVER = {
    "source": "https://models.invalid/a.safetensors", "url": "", "folder": "/nowhere", "path": "/nowhere",
    "provider": "nobody", "destination": "nobody@host.invalid",
}  # fmt: skip
"""What is said in fields that make the server ask other machines, or look into folders of this one."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("fuzzed")
    factory = "tests.server.quick_generator:create"
    server = Server(folder, factory=factory, extensions_dir=str(folder / "extensions")).wait_ready()
    yield server
    server.close()


@pytest.fixture(scope="module")
def known(server: Server) -> dict[str, list[Any]]:
    """Ids of what there is, so that half of the requests find something."""
    job = server.submit()
    done = server.finished(job)
    picture = next(iter(done["images"]), None) or pytest.fail(f"no picture: {done}")
    return {"job": [job], "picture": [picture, f"{picture}.png"], "model": ["fake"], "kind": ["checkpoint"]}


@pytest.mark.parametrize("document", CASES)
def test_no_request_makes_the_server_fail(server: Server, known: dict[str, list[Any]], document: str) -> None:
    described = server.client.get(document).raise_for_status().json()
    answered = Fuzzer(server, described, known=known, never=NEVER).send(CASES[document])
    assert not answered.problems, f"{len(answered.problems)} problems:\n" + "\n".join(answered.problems[:20])
    assert answered.cases >= CASES[document]
    assert server.client.get("/api/v1/health").status_code == 200
