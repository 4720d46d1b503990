"""What a picture shows, over a real server with a real reader of random weights."""

import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from tests.server.server_process import Server
from tests.tiny_readers import add_tiny_encoder, write_tiny_blip
from webui.engine.engine import GENERATOR
from webui.server.api_document.pictures import ReadingTold

BASE = "/api/v1/interrogate"


@pytest.fixture(scope="module")
def server(tiny_models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("interrogate")
    shutil.copytree(tiny_models_dir / "checkpoints" / "tiny", folder / "models" / "checkpoints" / "tiny")
    add_tiny_encoder(folder / "models" / "checkpoints" / "tiny")
    server = Server(folder, models=False, factory=GENERATOR).wait_ready()
    yield server
    server.close()


@pytest.fixture(scope="module")
def picture(server: Server) -> str:
    file = io.BytesIO()
    Image.radial_gradient("L").save(file, format="PNG")
    return server.client.post("/api/v1/pictures", content=file.getvalue()).json()["id"]


def test_readers_are_told_and_the_default_one_answers_by_attributes(server: Server, picture: str) -> None:
    told = server.client.get(BASE).json()
    assert told == {
        "readers": [{"name": "tiny", "kind": "attributes", "problem": None}], "default": "tiny", "missing": "",
    }  # fmt: skip
    answer = server.client.post(BASE, json={"picture": picture})
    assert answer.status_code == 200, answer.text
    reading = answer.json()
    assert ReadingTold.model_validate(reading).model_dump() == reading
    assert (reading["reader"], reading["kind"]) == ("tiny", "attributes")
    assert {attribute["name"] for attribute in reading["attributes"]} == {"subject", "count", "time"}
    assert server.client.post(BASE, json={"picture": picture}).json() == reading


def test_a_reader_that_is_put_there_while_the_server_runs_is_used_at_once(server: Server, picture: str) -> None:
    folder = server.folder / "models" / "readers" / "teller"
    write_tiny_blip(folder)
    try:
        assert server.client.get(BASE).json()["default"] == "teller"
        reading = server.client.post(BASE, json={"picture": picture, "reader": "teller"}).json()
        assert (reading["kind"], reading["attributes"], reading["tags"]) == ("caption", [], "")
        assert reading["sentence"]
        (folder / "model.safetensors").write_bytes(b"<html>")
        refused = server.client.post(BASE, json={"picture": picture, "reader": "teller"})
        assert refused.status_code == 422 and "teller" in refused.json()["error"]
        assert server.client.get(BASE).json()["default"] == "tiny"
    finally:
        shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("asked", "status", "field"),
    [
        ({}, 422, "picture"),
        ({"picture": "../../etc/passwd"}, 422, "picture"),
        ({"picture": "0" * 32}, 422, "picture"),
        ({"picture": "0" * 32, "reader": "../readers"}, 404, "reader"),
        ({"picture": "0" * 32, "reader": 3}, 422, "reader"),
        ({"picture": "0" * 32, "more": 1}, 422, "more"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(
    server: Server, asked: dict[str, object], status: int, field: str
) -> None:
    refused = server.client.post(BASE, json=asked)
    assert (refused.status_code, refused.json()["field"]) == (status, field)


def test_where_there_is_no_reader_it_is_said_what_to_do(tmp_path: Path) -> None:
    server = Server(tmp_path).wait_ready()
    told = server.client.get(BASE).json()
    assert told["default"] is None and "models/readers/NAME" in told["missing"]
    refused = server.client.post(BASE, json={"picture": "0" * 32})
    assert refused.status_code == 404 and "No reader is here" in refused.json()["error"]
    server.close()
