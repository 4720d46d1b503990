"""Many extensions that do harm, in one real server: its page comes up, pictures are made, each fault is told.

Those that end a process have servers of their own, in `test_extension_kills.py`.
"""

import contextlib
import io
import re
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import psutil
import pytest
from PIL import Image

from tests.e2e.real_server import ServerProcess, running_server
from tests.engine.engines import wait_until
from tests.extensions.hostile import Hostile, implementing
from tests.extensions.hostile_folders import FOLDER_NAMES, SPOILED, TOMLS, write_odd_names, write_spoiled
from tests.extensions.hostile_hooks import (
    ANSWER_WRONGLY,
    GOOD_NEIGHBOUR,
    NONSENSE,
    RAISE_EVERYWHERE,
    quiet_at_start,
)
from tests.extensions.hostile_imports import HARMLESS, REFUSED, SLOW
from tests.extensions.installing.test_sources import HOSTILE as SOURCES
from tests.extensions.pretended import write_enabled
from tests.server.server_process import read_events

pytestmark = pytest.mark.slow
DEADLINE_S = 8
"""Seconds: a machine may be busy, and one of them is waited for at the start."""
LOUD = Hostile(name="loud_at_start", web=RAISE_EVERYWHERE[0].web)
HANGING = Hostile(name="hangs_at_start", web=implementing("web", "if lies(): hang('sleep')", only=["startup"]))
IMPORTING = Hostile(
    name="fails_at_import",
    web="if lies(): raise SystemExit('not in the server')\n" + implementing("web", "pass", only=["startup"]),
)
BROKEN_AT_START = (LOUD, HANGING, IMPORTING)
TRIED_HERE = ("raises_web", "exits_with_zero", "leaves_web", "crashes_web", "syntax_error", "misspelt", "imports_torch")
"""Of those that cannot be enabled; `tests/extensions/test_hostile_imports.py` tries all."""
TRIED = (SLOW[0], *(each for each in REFUSED if each.name in TRIED_HERE))
ON = (*HARMLESS, *map(quiet_at_start, (*RAISE_EVERYWHERE, *ANSWER_WRONGLY)), *NONSENSE, GOOD_NEIGHBOUR)
JOB = {"prompt": "the cat", "seed": 3, "steps": 3, "width": 64, "height": 64, "model": "tiny"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("crowd")


@pytest.fixture(scope="module")
def crowd(folder: Path, tiny_models_dir: Path) -> Iterator[ServerProcess]:
    extensions_dir, data_dir = folder / "extensions", folder / "data"
    write_enabled([*BROKEN_AT_START, *ON], extensions_dir, data_dir)
    for hostile in (*TRIED, *TOMLS):
        hostile.write(extensions_dir)
    write_spoiled(extensions_dir)
    write_odd_names(extensions_dir)
    variables = {"DARKROOM_EXTENSIONS_DIR": str(extensions_dir), "DARKROOM_EXTENSION_DEADLINE_S": str(DEADLINE_S)}
    with running_server(data_dir=data_dir, models_dir=tiny_models_dir, **variables) as server:
        yield server


@pytest.fixture(scope="module")
def client(crowd: ServerProcess) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=crowd.address, timeout=60) as client:
        yield client


def _cards(client: httpx.Client) -> dict[str, dict[str, Any]]:
    answer = client.get("/api/v1/extensions").raise_for_status().json()
    return {card["name"]: card for card in answer["extensions"]}


def _job(client: httpx.Client, **changes: Any) -> tuple[np.ndarray, list[str]]:
    """A picture, and the notes of its job."""
    job = client.post("/api/v1/jobs", json=JOB | changes).raise_for_status().json()["id"]
    with client.stream("GET", f"/api/v1/jobs/{job}/events") as answer:
        events = list(read_events(answer))
    assert events[-1].get("status") == "done", events[-1]
    (image,) = [event["image"] for event in events if event["type"] == "image_done"]
    picture = client.get(f"/api/v1/images/{image}").raise_for_status().content
    notes = [event["text"] for event in events if event["type"] == "noted"]
    return np.asarray(Image.open(io.BytesIO(picture)).convert("RGB")), notes


def test_the_page_comes_up_and_lets_no_other_host_in(client: httpx.Client) -> None:
    page = client.get("/")
    assert page.status_code == 200 and "gradio" in page.text.lower()
    policy = page.headers["content-security-policy"]
    assert "default-src 'self'" in policy and "evil.invalid" not in policy
    for asset in ("tab.html", "tab.js"):
        answer = client.get(f"/api/v1/extensions/evil_tab/assets/{asset}").raise_for_status()
        assert answer.headers["content-security-policy"] == policy
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_what_failed_at_the_start_is_told_on_its_card_and_the_others_are_on(client: httpx.Client) -> None:
    cards = _cards(client)
    for hostile in BROKEN_AT_START:
        card = cards[hostile.name]
        assert card["status"] in ("faulty", "switched_off"), card
        assert card["problem"] and card["has_log"]
        assert client.get(f"/api/v1/extensions/{hostile.name}/log").json()["log"]
    assert not [each.name for each in ON if cards[each.name]["status"] != "on"]
    for name in (*(each.name for each in TOMLS), *SPOILED):
        assert cards[name]["status"] in ("unusable", "needs_newer", "off"), name
    assert not [name for name in FOLDER_NAMES if name in cards and cards[name]["status"] != "unusable"]


def _untold(client: httpx.Client) -> dict[str, list[str]]:
    """What is on the cards whose fault is not."""
    cards, untold = _cards(client), {}
    for each in (*RAISE_EVERYWHERE, *NONSENSE):
        sentences = [fault["sentence"] for fault in cards[each.name]["faults"]]
        if not any(re.search(each.says or "boom", sentence) for sentence in sentences):
            untold[each.name] = sentences
    return untold


def test_a_picture_is_made_and_every_fault_is_named_in_its_notes(client: httpx.Client) -> None:
    made, notes = _job(client)
    assert tuple(made[0, 0]) == (1, 2, 3)  # the honest one's mark
    told = "\n".join(notes)
    for hostile in (*RAISE_EVERYWHERE, *ANSWER_WRONGLY, *NONSENSE):
        assert hostile.worker is None or hostile.name in told, (hostile.name, told)
    with contextlib.suppress(AssertionError):  # some are told after the job
        wait_until(lambda: not _untold(client), seconds=10)
    assert _untold(client) == {}


def test_after_three_faults_the_hooks_rest_and_pictures_go_on(client: httpx.Client) -> None:
    for seed in range(4):
        made, notes = _job(client, seed=seed)
    assert tuple(made[0, 0]) == (1, 2, 3)
    assert not [note for note in notes if "raises_exception" in note]


def test_what_cannot_be_tried_is_refused_with_a_sentence_and_the_server_goes_on(
    crowd: ServerProcess, client: httpx.Client
) -> None:
    worker = crowd.worker().pid

    def enable(hostile: Hostile) -> None:
        answer = client.post(f"/api/v1/extensions/{hostile.name}/enable")
        assert 400 <= answer.status_code < 500, (hostile.name, answer.text)
        said = answer.json()
        busy = "did not come back" in said["error"]  # a machine that is
        assert busy or re.search(hostile.says, said["error"], re.IGNORECASE), (hostile.name, said)
        assert len(said["error"]) < 1000

    with ThreadPoolExecutor(3) as threads:
        list(threads.map(enable, TRIED))
    cards = _cards(client)
    assert not [each.name for each in TRIED if cards[each.name]["status"] != "faulty"]
    assert crowd.worker().pid == worker  # nothing of them was ever on
    assert tuple(_job(client, seed=9)[0][0, 0]) == (1, 2, 3)


def test_unusable_ones_and_names_that_are_none_are_refused(client: httpx.Client) -> None:
    names = [
        *(each.name for each in TOMLS),
        *SPOILED,
        "..",
        "%2e%2e",
        "..%2f..",
        "a%00b",
        "%ff%fe",
        "x" * 5000,
        "no_such",
    ]
    for name in names:
        for method, path in (("POST", "/enable"), ("DELETE", ""), ("PATCH", "/settings"), ("GET", "/log")):
            if method == "DELETE" and name in SPOILED:
                continue
            answer = client.request(method, f"/api/v1/extensions/{name}{path}", json={} if method == "PATCH" else None)
            assert answer.status_code < 500, (method, name, answer.text)
            if path == "/enable":
                assert answer.status_code >= 400, name


@pytest.mark.parametrize(
    "path",
    [
        "../web.py", "%2e%2e/web.py", "..%2fweb.py", "..\\web.py", "/etc/passwd", "%2fetc%2fpasswd",
        "tab.html/../../web.py", "%00", "tab.html%00.js", ".", "", "C:/x", "a" * 5000, "~/.ssh/id_rsa",
    ],
)  # fmt: skip
def test_assets_give_nothing_from_outside(path: str, client: httpx.Client) -> None:
    for name in ("evil_tab", "asset_root", "asset_passwd", "asset_zero", "asset_fifo", "raises_web", ".."):
        answer = client.get(f"/api/v1/extensions/{name}/assets/{path}")
        assert answer.status_code in (400, 403, 404, 405), (name, path, answer.status_code)


def test_assets_of_what_is_not_on_are_not_given(client: httpx.Client) -> None:
    for name in ("asset_root", "asset_passwd", "asset_zero", "asset_fifo", "toml_zero"):
        for path in ("picture.png", "other.txt"):
            assert client.get(f"/api/v1/extensions/{name}/assets/{path}").status_code == 404


def test_no_source_that_is_not_an_https_repository_is_fetched(client: httpx.Client, folder: Path) -> None:
    for source in SOURCES:
        answer = client.post(
            "/api/v1/extensions/offers", json={"source": source.replace("MARKER", str(folder / "marker"))}
        )
        assert 400 <= answer.status_code < 500, (source, answer.text)
        assert answer.json()["error"]
    for body in ({}, {"source": 5}, {"source": None}, {"source": ["https://x/y"]}, [], "x", {"source": "x", "more": 1}):
        assert 400 <= client.post("/api/v1/extensions/offers", json=body).status_code < 500
    assert not (folder / "marker").exists()


def test_from_elsewhere_nothing_is_installed_or_enabled(client: httpx.Client) -> None:
    for header in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"):
        for path in (
            "/offers",
            "/install",
            "/neighbour/enable",
            "/neighbour/disable",
            "/neighbour/update",
            "/neighbour/rollback",
        ):
            answer = client.post(
                f"/api/v1/extensions{path}", json={"source": "film_grain"}, headers={header: "203.0.113.9"}
            )
            assert answer.status_code == 401, (header, path, answer.text)  # passed on by a proxy: a stranger
        assert client.delete("/api/v1/extensions/neighbour", headers={header: "203.0.113.9"}).status_code == 401
    assert _cards(client)["neighbour"]["status"] == "on"


def test_the_servers_own_state_is_whole_and_it_ends_in_time(crowd: ServerProcess, client: httpx.Client) -> None:
    assert client.get("/api/v1/health").json()["status"] == "ok"
    assert len(client.get("/api/v1/images?limit=100").json()) >= 5
    ours = [crowd.worker()]  # a child of an extension may outlive them
    began = time.monotonic()
    crowd.process.send_signal(signal.SIGTERM)
    crowd.process.wait(30)
    assert time.monotonic() - began < 15  # threads, children and functions at exit of theirs do not hold it up
    with contextlib.suppress(psutil.NoSuchProcess):  # it ends while it is looked at
        _gone, alive = psutil.wait_procs(ours, timeout=10)
        assert not alive


def test_what_the_crowd_left_can_be_started_without_any_of_it(
    folder: Path, tiny_models_dir: Path, crowd: ServerProcess
) -> None:
    assert crowd.process.poll() is not None
    variables = {"DARKROOM_EXTENSIONS_DIR": str(folder / "extensions"), "DARKROOM_SAFE_MODE": "true"}
    with running_server(data_dir=folder / "data", models_dir=tiny_models_dir, worker=False, **variables) as server:
        answer = httpx.get(f"{server.address}/api/v1/extensions", timeout=30).json()
        assert answer["safe_mode"] is True
        assert not [card["name"] for card in answer["extensions"] if card["status"] == "on"]
        assert httpx.get(server.address, timeout=30).status_code == 200
