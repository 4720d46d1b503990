"""The catalogue over HTTP: lists, details, previews, notes, and long work on models' files."""

import json
import os
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.engine.engines import wait_until
from tests.model_manager.catalogue.header_files import write_safetensors
from tests.model_manager.downloads.model_host import ModelHost, model_bytes, model_host
from tests.server.server_process import Server

MODELS = "/api/v1/models"
_LORA = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k"


def _write_lora(folder: Path, name: str) -> Path:
    tags = {"ss_tag_frequency": json.dumps({"10_ink": {"ink drawing": 4}}), "modelspec.trigger_phrase": "ink drawing"}
    shapes = {f"{_LORA}.lora_down.weight": (4, 768), f"{_LORA}.lora_up.weight": (320, 4)}
    return write_safetensors(folder / "loras" / f"{name}.safetensors", shapes, metadata=tags)


@pytest.fixture(scope="module")
def host() -> Iterator[ModelHost]:
    with model_host() as started:
        yield started


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, host: ModelHost) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    lora = _write_lora(folder / "models", "ink")
    Image.new("RGB", (900, 1200), "teal").save(lora.with_suffix(".png"))
    (folder / "models" / "checkpoints").mkdir()
    (folder / "models" / "checkpoints" / "old.ckpt").write_bytes(b"PK\x03\x04")
    os.environ["HF_ENDPOINT"] = host.url
    server = Server(folder, downloads_from_this_computer=True)
    del os.environ["HF_ENDPOINT"]
    yield server.wait_ready()
    server.close()


def _models(server: Server, kind: str = "all") -> list[dict[str, Any]]:
    return server.client.get(MODELS, params={"kind": kind}).raise_for_status().json()


def _lora(server: Server) -> dict[str, Any]:
    return next(entry for entry in _models(server, "lora") if entry["name"] == "ink")


def _ended(server: Server, task: dict[str, Any]) -> dict[str, Any]:
    def now() -> dict[str, Any]:
        return next(one for one in server.client.get(f"{MODELS}/tasks").json() if one["id"] == task["id"])

    wait_until(lambda: now()["status"] not in ("queued", "running"))
    return now()


def test_without_a_kind_the_list_has_the_checkpoints_alone(server: Server) -> None:
    plain = server.client.get(MODELS).json()
    assert plain
    assert {entry["kind"] for entry in plain} == {"checkpoint"}
    assert {"checkpoint", "lora"} <= {entry["kind"] for entry in _models(server)}


def test_a_kind_that_is_none_is_told(server: Server) -> None:
    answer = server.client.get(MODELS, params={"kind": "poem"})
    assert (answer.status_code, answer.json()["field"]) == (422, "kind")


def test_everything_that_is_known_of_a_model_can_be_asked_for(server: Server) -> None:
    entry = _lora(server)
    told = server.client.get(f"{MODELS}/{entry['id']}").raise_for_status().json()
    assert told["trigger_words"] == ["ink drawing"]
    assert told["tags"] == {"ink drawing": 4}
    assert told["metadata"]["modelspec.trigger_phrase"] == "ink drawing"
    assert "metadata" not in entry
    assert server.client.get(f"{MODELS}/0000").status_code == 404


def test_a_preview_is_a_small_jpeg_at_an_address_that_can_be_kept(server: Server) -> None:
    entry = _lora(server)
    answer = server.client.get(entry["preview"])
    assert answer.headers["content-type"] == "image/jpeg"
    assert "immutable" in answer.headers["cache-control"]
    assert max(Image.open(BytesIO(answer.content)).size) <= 448
    without = next(entry for entry in _models(server) if entry["preview"] is None)
    assert server.client.get(f"{MODELS}/{without['id']}/preview").status_code == 404


@pytest.mark.parametrize("path", ["..%2f..%2fetc%2fpasswd", "%2e%2e", "a/../../x"])
def test_an_id_is_no_path(server: Server, path: str) -> None:
    assert server.client.get(f"{MODELS}/{path}/preview").status_code in (400, 404)


def test_notes_and_favourites_are_kept(server: Server) -> None:
    entry = _lora(server)
    address = f"{MODELS}/{entry['id']}"
    assert server.client.patch(address, json={"favourite": True}).json() == {"favourite": True, "notes": ""}
    assert server.client.patch(address, json={"notes": "soft"}).json() == {"favourite": True, "notes": "soft"}
    assert (_lora(server)["favourite"], _lora(server)["notes"]) == (True, "soft")
    for wrong in ({"favourite": 1}, {"notes": None}, {"name": "x"}, {"notes": "x" * 20_000}):
        assert server.client.patch(address, json=wrong).status_code == 422
    server.client.patch(address, json={"favourite": False, "notes": ""})
    assert json.loads((server.data_dir / "model_notes.json").read_text()) == {}


def test_a_file_that_appears_is_told_and_listed(server: Server) -> None:
    with server.client.stream("GET", "/api/v1/events") as stream:
        lines = stream.iter_lines()
        next(lines)
        time.sleep(0.1)
        _write_lora(server.folder / "models", "appeared")
        assert any('"models_changed"' in line for line in lines)
    assert "appeared" in {entry["name"] for entry in _models(server, "lora")}


def test_a_download_is_followed_to_its_end(server: Server, host: ModelHost, tmp_path: Path) -> None:
    content = model_bytes(tmp_path)
    host.put("/one.safetensors", content, break_after=len(content) // 2)
    answer = server.client.post(f"{MODELS}/downloads", json={"source": f"{host.url}/one.safetensors?token=secret"})
    assert answer.status_code == 202
    assert "secret" not in answer.text
    task = _ended(server, answer.json())
    assert (task["status"], task["result"], task["done"]) == ("done", "one", len(content))
    wait_until(lambda: "one" in {entry["name"] for entry in _models(server, "checkpoint")})
    assert server.client.delete(f"{MODELS}/downloads/{task['id']}").json()["status"] == "forgotten"
    assert task["id"] not in {one["id"] for one in server.client.get(f"{MODELS}/downloads").json()}


def test_a_file_of_the_hub_is_downloaded_by_its_name(server: Server, host: ModelHost, tmp_path: Path) -> None:
    host.put_repository("org/name", {"two.safetensors": model_bytes(tmp_path)})
    task = _ended(server, server.client.post(f"{MODELS}/downloads", json={"source": "org/name"}).json())
    assert (task["status"], task["result"]) == ("done", "two"), task


def test_what_cannot_be_downloaded_is_told_and_can_be_tried_again(
    server: Server, host: ModelHost, tmp_path: Path
) -> None:
    address = host.put("/later.safetensors", b"<html>not yet</html>", headers={"Content-Type": "text/html"})
    task = _ended(server, server.client.post(f"{MODELS}/downloads", json={"source": address}).json())
    assert (task["status"], task["error"]) == ("failed", "This is a web page, not a model.")
    host.put("/later.safetensors", model_bytes(tmp_path))
    again = server.client.post(f"{MODELS}/downloads/{task['id']}/retry")
    assert again.status_code == 202
    assert _ended(server, task)["status"] == "done"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "source"),
        ({"source": "http://example.org/a.safetensors"}, "source"),
        ({"source": "nonsense"}, "source"),
        ({"source": 1}, "source"),
        ({"source": "a/b", "kind": "poem"}, "kind"),
        ({"source": "a/b", "sha256": "zz"}, "sha256"),
        ({"source": "a/b", "path": "/etc"}, "path"),
    ],
)
def test_orders_that_make_no_sense_are_refused(server: Server, body: dict[str, Any], field: str) -> None:
    answer = server.client.post(f"{MODELS}/downloads", json=body)
    if answer.status_code == 202:  # an address is looked at when its turn comes
        assert _ended(server, answer.json())["status"] == "failed"
    else:
        assert (answer.status_code, answer.json()["field"]) == (422, field)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"models": []}, "models"),
        ({"models": ["fake"]}, "name"),
        ({"models": ["fake"], "name": "../x"}, "name"),
        ({"models": ["fake", "fake"], "name": "x", "method": "stir"}, "method"),
        ({"models": ["fake", "fake"], "name": "x", "weight": "half"}, "weight"),
        ({"models": ["fake", "fake"], "name": "x", "dtype": "int3"}, "dtype"),
        ({"models": ["fake"], "name": "x", "loras": [{"name": "ink", "weight": 99}]}, "loras"),
    ],
)
def test_merges_that_make_no_sense_are_refused(server: Server, body: dict[str, Any], field: str) -> None:
    name = _models(server, "checkpoint")[0]["name"]
    named = {**body, "models": [name for _ in body["models"]]}
    answer = server.client.post(f"{MODELS}/merges", json=named)
    assert (answer.status_code, answer.json()["field"]) == (422, field), answer.text


def test_pages_of_other_sites_cannot_begin_a_download(server: Server) -> None:
    answer = httpx.post(
        f"{server.url}{MODELS}/downloads", json={"source": "org/name"}, headers={"Origin": "https://evil.example"}
    )
    assert answer.status_code == 403


def test_a_download_goes_on_after_the_server_was_killed(tmp_path: Path) -> None:
    with model_host() as host:
        content = model_bytes(tmp_path, width=600)
        host.put("/big.safetensors", content, stall_after=2**20 + 1000)
        server = Server(tmp_path, downloads_from_this_computer=True).wait_ready()
        server.client.post(f"{MODELS}/downloads", json={"source": f"{host.url}/big.safetensors"}).raise_for_status()
        wait_until(lambda: server.client.get(f"{MODELS}/tasks").json()[0]["done"] >= 2**20)
        server.kill()
        host.put("/big.safetensors", content)
        server = Server(tmp_path, downloads_from_this_computer=True).wait_ready()
        try:
            task = _ended(server, server.client.get(f"{MODELS}/tasks").json()[0])
            assert (task["status"], task["done"]) == ("done", len(content))
            assert "range" in host.asked[-1][1]
        finally:
            server.close()
