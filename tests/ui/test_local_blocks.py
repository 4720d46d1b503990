"""What the page's handlers are given by callers who are not the page."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.outbound import outbound
from webui.ui.local_blocks import MAX_SESSIONS, LocalBlocks

ADDRESS = "http://pictures.invalid/a.png"


def _file(path: str) -> dict[str, Any]:
    return {"path": path, "meta": {"_type": "gradio.FileData"}}


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with LocalBlocks() as blocks:
        text, told = gr.Textbox(), gr.Textbox()
        text.submit(lambda given: f"given {given}", text, told, api_name="tell")
    with TestClient(gr.mount_gradio_app(FastAPI(), blocks, path="/")) as client:
        client.app_state["blocks"] = blocks
        yield client


def _call(client: TestClient, value: Any) -> Any:
    return client.post("/gradio_api/run/tell", json={"data": [value]})


def test_values_are_taken(client: TestClient) -> None:
    assert _call(client, "a boat").json()["data"] == ["given a boat"]
    assert _call(client, "http://words.invalid").json()["data"] == ["given http://words.invalid"]


@pytest.mark.parametrize(
    "value", [_file(ADDRESS), [_file(ADDRESS)], {"a": [{"b": _file(ADDRESS)}]}, _file("HTTPS://x.invalid/")]
)
def test_no_input_makes_this_computer_ask_another(client: TestClient, value: Any) -> None:
    with outbound() as asked:
        answer = _call(client, value)
    assert answer.status_code == 500
    assert not asked.looked_up
    assert not asked.connected


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd", "../../etc/passwd", "file:///etc/passwd", "pyproject.toml", "/dev/zero", "", "\0", "/" * 5000,
        "UPLOADS/../secret", "UPLOADS/link",
    ],
)  # fmt: skip
def test_no_input_reads_a_file_that_nobody_uploaded(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "uploads"))
    (tmp_path / "uploads").mkdir()
    (tmp_path / "secret").write_text("a secret")
    (tmp_path / "uploads" / "link").symlink_to(tmp_path / "secret")
    value = _file(path.replace("UPLOADS", str(tmp_path / "uploads")))
    assert _call(client, value).status_code == 500
    assert [each.name for each in (tmp_path / "uploads").iterdir()] == ["link"]


def test_uploaded_files_are_taken(client: TestClient) -> None:
    sent = client.post("/gradio_api/upload", files={"files": ("notes.txt", b"some notes")}).json()[0]
    assert "notes.txt" in _call(client, _file(sent)).json()["data"][0]


def test_visits_without_number_do_not_fill_the_memory(client: TestClient) -> None:
    for visit in range(MAX_SESSIONS + 50):
        call = {"data": ["a boat"], "session_hash": f"visit{visit}"}
        assert client.post("/gradio_api/run/tell", json=call).status_code == 200
    assert len(client.app_state["blocks"].state_holder.session_data) <= MAX_SESSIONS
