from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.server_process import Server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("prompts")
    _put(folder / "data" / "wildcards" / "birds" / "small.txt", "wren\n")
    _put(folder / "data" / "styles.csv", "name,prompt,negative_prompt\nInk,ink drawing of {prompt},colour\n")
    _put(folder / "models" / "loras" / "line.safetensors", "")
    server = Server(folder).wait_ready()
    yield server
    server.close()


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_the_names_that_prompts_may_use_are_told(server: Server) -> None:
    told = server.client.get("/api/v1/prompt/names").json()
    assert told == {"loras": ["line"], "embeddings": [], "styles": ["Ink"], "wildcards": ["birds/small"]}


def test_a_prompt_is_checked_with_its_styles(server: Server) -> None:
    typed = {"prompt": "<lora:gone:1>", "negative_prompt": "__none__", "model": None, "steps": 20, "styles": ["Oil"]}
    told = server.client.post("/api/v1/prompt/check", json=typed).json()
    assert len(told["warnings"]) == 3
    assert all(any(word in warning for warning in told["warnings"]) for word in ("gone", "none", "Oil"))
    assert set(told) == {"tokens", "limit", "negative_tokens", "negative_limit", "warnings"}


def test_what_cannot_be_a_prompt_is_refused_in_a_sentence(server: Server) -> None:
    answer = server.client.post("/api/v1/prompt/check", json={"prompt": "x" * 20_001})
    assert answer.status_code == 422
    assert answer.json()["field"] == "prompt"


def test_a_job_has_its_styles_in_its_prompt(server: Server) -> None:
    accepted = server.client.post("/api/v1/jobs", json={"prompt": "a wren", "styles": ["Ink"], "steps": 2})
    request = server.client.get(f"/api/v1/jobs/{accepted.json()['id']}").json()["request"]
    assert (request["prompt"], request["negative_prompt"], request["styles"]) == ("ink drawing of a wren", "colour", [])


def test_a_style_that_is_not_there_is_refused(server: Server) -> None:
    answer = server.client.post("/api/v1/jobs", json={"prompt": "a wren", "styles": ["Oil"]})
    assert answer.status_code == 422
    assert answer.json()["field"] == "styles"
