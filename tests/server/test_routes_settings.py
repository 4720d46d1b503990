import json
from pathlib import Path
from typing import Any

import pytest

from tests.server.server_process import Server

ADDRESS = "/api/v1/settings/recording"


def _now(server: Server) -> dict[str, Any]:
    return server.client.get(ADDRESS).raise_for_status().json()


def test_recordings_are_made_by_default_up_to_two_gigabytes(server: Server) -> None:
    told = _now(server)
    assert (told["record"], told["budget_mb"]) == ("steps", 2000)
    assert (told["used_bytes"], told["count"], told["pinned_bytes"], told["pinned_count"]) == (0, 0, 0, 0)
    assert told["folder"].endswith("trajectories")


def test_what_is_changed_is_told_and_in_the_settings_file(server: Server) -> None:
    changed = server.client.patch(ADDRESS, json={"record": "guidance", "budget_mb": 500})
    assert (changed.json()["record"], changed.json()["budget_mb"]) == ("guidance", 500)
    server.client.patch(ADDRESS, json={"record": "off"}).raise_for_status()
    told = _now(server)
    assert (told["record"], told["budget_mb"]) == ("off", 500)
    kept = json.loads((server.data_dir / "settings.json").read_text())
    assert kept == {"record": "off", "recording_budget_mb": 500}
    server.client.patch(ADDRESS, json={}).raise_for_status()
    assert _now(server) == told


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"record": "all"}, "record"),
        ({"record": 1}, "record"),
        ({"record": None}, "record"),
        ({"budget_mb": 9}, "budget_mb"),
        ({"budget_mb": 10**9}, "budget_mb"),
        ({"budget_mb": 20.5}, "budget_mb"),
        ({"budget_mb": True}, "budget_mb"),
        ({"budget_mb": "100"}, "budget_mb"),
        ({"port": 1}, "port"),
    ],
)
def test_what_cannot_be_set_is_told_and_changes_nothing(server: Server, body: dict[str, Any], field: str) -> None:
    before = _now(server)
    answer = server.client.patch(ADDRESS, json=body)
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert answer.json()["error"]
    assert _now(server) == before


def test_only_json_objects_are_taken(server: Server) -> None:
    assert server.client.patch(ADDRESS, content="record=off").status_code == 415
    assert server.client.patch(ADDRESS, json=["off"]).status_code == 422


MODELS = "/api/v1/settings/models"


def test_how_models_are_run_is_changed_and_kept(server: Server, tmp_path: Path) -> None:
    told = server.client.get(MODELS).json()
    assert (told["memory"], told["precision"], told["extra_folders"], told["compile"]) == ("auto", "auto", [], False)
    assert told["folders"] == [str(server.folder / "models")]
    wanted = {"precision": "float32", "model_cache_mb": 4000, "extra_folders": [str(tmp_path)]}
    changed = server.client.patch(MODELS, json=wanted).json()
    assert {name: changed[name] for name in wanted} == wanted
    assert json.loads((server.data_dir / "settings.json").read_text())["models"] == wanted
    assert server.client.patch(MODELS, json={"precision": "auto"}).json()["model_cache_mb"] == 4000


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"memory": "magic"}, "memory"),
        ({"vram_reserve_mb": -1}, "vram_reserve_mb"),
        ({"extra_folders": ["/no/such/folder"]}, "extra_folders"),
        ({"extra_folders": ["relative"]}, "extra_folders"),
        ({"extra_folders": "x"}, "extra_folders"),
        ({"port": 1}, "port"),
    ],
)
def test_settings_of_models_that_cannot_be_are_told(server: Server, body: dict[str, Any], field: str) -> None:
    before = server.client.get(MODELS).json()
    answer = server.client.patch(MODELS, json=body)
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert server.client.get(MODELS).json() == before
