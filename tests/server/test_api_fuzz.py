"""Thousands of requests, right and wrong, made of our own OpenAPI documents: every answer is an answer."""

import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.server.fuzzing import Fuzzer
from tests.server.server_process import Server

ALL_CASES = {"/api/v1/openapi.json": 3_000, "/sdapi/v1/openapi.json": 2_000}
"""How many requests are made of each document where DARKROOM_ALL_CASES is set: a minute or two."""
CASES = {document: count if "DARKROOM_ALL_CASES" in os.environ else count // 4 for document, count in ALL_CASES.items()}
NEVER = {
    "source": "https://models.invalid/a.safetensors", "url": "", "folder": "/nowhere", "path": "/nowhere",
    "destination": "nobody@host.invalid",
}  # fmt: skip
"""What is said in fields that make the server ask other machines, or look into folders of this one."""
_NUMBERS = [0, -1, 1, 0.5, 10**6, 2**31, 2**63, 10**30, None, "7", True]
_TEXTS = ["", "\0", "a" * 5_000, "(" * 500, "<lora:x:1>", "__x__", "[a:b:0.5]", "\u202e", None, 7, ["a"], {"a": 1}]
EDGES: dict[str, list[Any]] = {
    **dict.fromkeys(("steps", "width", "height", "seed", "cfg_scale", "n", "limit", "batch_size", "n_iter"), _NUMBERS),
    **dict.fromkeys(("step", "batch", "level", "index", "denoising_strength", "upscaling_resize"), _NUMBERS),
    **dict.fromkeys(("prompt", "negative_prompt", "text", "sampler_name", "scheduler", "infotext"), _TEXTS),
    **dict.fromkeys(("image", "mask", "before", "name", "trajectory", "series", "size"), _TEXTS),
    **dict.fromkeys(("base", "direction", "toward", "names", "projection", "blend", "low", "high"), _TEXTS),
    **dict.fromkeys(("x", "y", "at", "weights", "factors", "power", "spread", "count", "round", "share"), _NUMBERS),
    **dict.fromkeys(("init_images", "styles", "override_settings", "alwayson_scripts", "script_args"), _TEXTS),
}
"""Values at the edges of what can be, for fields of these names."""
ALWAYS = {"/api/v1/share": {"provider": "nobody"}}


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
    found = {"job": [job], "picture": [picture, f"{picture}.png"], "model": ["fake"], "kind": ["checkpoint"]}
    return EDGES | found


@pytest.mark.parametrize("document", CASES)
def test_no_request_makes_the_server_fail(server: Server, known: dict[str, list[Any]], document: str) -> None:
    described = server.client.get(document).raise_for_status().json()
    answered = Fuzzer(server, described, known=known, never=NEVER, always=ALWAYS).send(CASES[document])
    assert not answered.problems, f"{len(answered.problems)} problems:\n" + "\n".join(answered.problems[:20])
    assert answered.cases >= CASES[document]
    assert server.client.get("/api/v1/health").status_code == 200
