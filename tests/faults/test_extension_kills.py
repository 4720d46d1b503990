"""Extensions that end their process, or never come back: which one it was is told, it is left out, the rest goes on.

The look before enabling is made to believe that they are harmless. The generator has no model, but calls the hooks.
"""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from tests.engine.engines import wait_until
from tests.extensions.hooked_generator import FACTORY
from tests.extensions.hostile import Hostile, implementing
from tests.extensions.hostile_hooks import killer
from tests.extensions.pretended import write_enabled
from tests.server.server_process import Server
from webui.extensions.call_mark import CallMark
from webui.extensions.places import Places

pytestmark = pytest.mark.slow
DEADLINE_S = 2.0
GOOD = Hostile(name="good", web=implementing("web", "return {'negative_prompt': 'kind'}", only=["prepare_request"]))


def _server(folder: Path, **settings: Any) -> Server:
    given = {"extensions_dir": str(folder / "extensions"), "extension_deadline_s": DEADLINE_S}
    return Server(folder, factory=FACTORY, **given, **settings)


def _written(folder: Path, *extensions: Hostile) -> None:
    write_enabled([*extensions, GOOD], folder / "extensions", folder / "data")


def _card(server: Server, name: str) -> dict[str, Any]:
    cards = server.client.get("/api/v1/extensions").raise_for_status().json()["extensions"]
    return next(card for card in cards if card["name"] == name)


def _good_is_at_work(server: Server, job: str) -> None:
    assert server.job(job)["request"]["negative_prompt"] == "kind"


def _notes(server: Server, job: str) -> str:
    return "\n".join(str(event.get("text") or event.get("message") or "") for event in server.events(job))


@contextlib.contextmanager
def _ready(folder: Path, **settings: Any) -> Iterator[Server]:
    server = _server(folder, **settings).wait_ready()
    try:
        yield server
    finally:
        server.stop()


WORKER_CASES = {
    "hangs": {
        "sleeps": ("on_step", "sleep"), "is_busy": ("wrap_prediction", "busy"), "holds_lock": ("finish_image", "regex"),
    },
    "dies": {
        "leaves": ("on_step", "exit"), "crashes": ("wrap_prediction", "segfault"), "kills": ("finish_image", "kill"),
    },
    "at_start": {
        "leaves": ("import", "exit"), "crashes": ("startup", "segfault"), "hangs": ("register_samplers", "busy"),
    },
}  # fmt: skip
"""Names with the hook in which each takes its worker down, and how."""


@pytest.mark.parametrize("case", WORKER_CASES)
def test_a_job_is_done_without_those_that_take_its_worker_down(case: str, tmp_path: Path) -> None:
    cases = WORKER_CASES[case]
    hostile = [killer(name, side="worker", hook=hook, how=how) for name, (hook, how) in cases.items()]
    _written(tmp_path, *hostile)
    with _ready(tmp_path) as server:
        job = server.submit(steps=3)
        while server.job(job)["status"] in ("queued", "running"):
            began = time.monotonic()
            assert server.client.get("/api/v1/health").status_code == 200
            assert time.monotonic() - began < 1.5  # the web process answers all the while
            time.sleep(0.1)
        done = server.job(job)
        assert (done["status"], len(done["images"])) == ("done", 1), (done, _notes(server, job))
        _good_is_at_work(server, job)
        told = _notes(server, job)
        for name, (hook, _how) in cases.items():
            card = _card(server, name)
            assert card["status"] == "switched_off", card
            assert hook in card["problem"], card
            assert hook in ("import", "startup", "register_samplers") or name in told, (name, told)
        worker = server.client.get("/api/v1/health").json()["worker"]["worker"]
        assert worker == "ready"
        again = server.finished(server.submit(seed=8, steps=3))
        assert (again["status"], again["attempt"]) == ("done", 1)


WEB_STARTS = {
    "leaves_at_import": ("import", "exit"),
    "crashes_in_startup": ("startup", "segfault"),
    "kills_in_routes": ("register_routes", "kill"),
}


@pytest.mark.parametrize("name", WEB_STARTS)
def test_after_two_dead_starts_the_third_one_is_without_it(name: str, tmp_path: Path) -> None:
    hook, how = WEB_STARTS[name]
    _written(tmp_path, killer(name, side="web", hook=hook, how=how))
    for _ in range(2):
        dead = _server(tmp_path)
        dead.process.wait(30)
        assert dead.process.stdout is not None and not dead.process.stdout.read()
        dead.close()
    with _ready(tmp_path) as server:
        card = _card(server, name)
        assert card["status"] == "switched_off" and hook in card["problem"], card
        job = server.submit()
        assert server.finished(job)["status"] == "done"
        _good_is_at_work(server, job)


def test_one_that_holds_the_interpreter_is_named_after_people_have_killed_the_server_twice(tmp_path: Path) -> None:
    _written(tmp_path, killer("holds_lock", side="web", hook="startup", how="regex"))
    for _ in range(2):
        dead = _server(tmp_path)
        wait_until(lambda dead=dead: _process_inside(tmp_path) == dead.process.pid)
        dead.kill()
    with _ready(tmp_path) as server:
        assert _card(server, "holds_lock")["status"] == "switched_off"
        assert server.finished(server.submit())["status"] == "done"


def _process_inside(folder: Path) -> int | None:
    """The process that marked that it is inside an extension."""
    call = CallMark.read(Places.below(folder / "data").web_mark)
    return call.process if call and call.extension == "holds_lock" else None


def test_one_that_ends_the_server_when_a_picture_is_saved_costs_no_picture(tmp_path: Path) -> None:
    _written(tmp_path, killer("leaves", side="web", hook="image_saved", how="exit"))
    first = _server(tmp_path).wait_ready()
    jobs = [first.submit()]
    first.process.wait(30)
    first.close()
    second = _server(tmp_path)
    with contextlib.suppress(AssertionError, httpx.HTTPError):  # it dies over the first job, or if that is done by then
        jobs.append(second.wait_ready().submit(seed=2))  # over another one
    second.process.wait(60)
    second.close()
    with _ready(tmp_path) as server:
        for job in jobs:
            done = server.finished(job)
            assert (done["status"], len(done["images"])) == ("done", 1)
            assert server.client.get(f"/api/v1/images/{done['images'][0]}").status_code == 200
        assert _card(server, "leaves")["status"] == "switched_off"


def test_one_that_ends_the_server_when_something_is_asked_for_is_switched_off(tmp_path: Path) -> None:
    _written(tmp_path, killer("leaves", side="web", hook="prepare_request", how="segfault"))
    for _ in range(2):
        server = _server(tmp_path).wait_ready()
        with pytest.raises(httpx.HTTPError):
            server.submit()
        server.process.wait(30)
        server.close()
    with _ready(tmp_path) as server:
        assert _card(server, "leaves")["status"] == "switched_off"
        assert server.finished(server.submit())["status"] == "done"


@pytest.mark.parametrize("hook", ["prepare_request", "image_saved", "startup"])
def test_a_web_hook_that_sleeps_delays_once_and_is_not_called_again(hook: str, tmp_path: Path) -> None:
    _written(tmp_path, killer("sleeps", side="web", hook=hook, how="sleep"))
    with _ready(tmp_path) as server:
        for seed in range(2):
            job = server.submit(seed=seed)
            assert server.finished(job)["status"] == "done"
            _good_is_at_work(server, job)
        wait_until(lambda: _card(server, "sleeps")["status"] == "switched_off")
        assert server.finished(server.submit(seed=5))["status"] == "done"


def test_what_nobody_can_name_is_left_out_by_safe_mode(tmp_path: Path) -> None:
    """A thread of its own ends the server later: no call was going on."""
    late = Hostile(
        name="later",
        web=implementing("web", "if lies(): threading.Timer(0.2, os._exit, (1,)).start()", only=["startup"]),
        worker=implementing("worker", "if lies(): threading.Timer(0.2, os._exit, (1,)).start()", only=["startup"]),
    )
    _written(tmp_path, late)
    for _ in range(3):
        dead = _server(tmp_path)
        dead.process.wait(30)
        dead.close()
    with _ready(tmp_path, safe_mode=True) as server:
        assert server.finished(server.submit())["status"] == "done"
        assert server.client.get("/api/v1/extensions").json()["safe_mode"] is True
        assert server.client.post("/api/v1/extensions/later/disable").status_code == 200
    with _ready(tmp_path) as server:
        assert server.finished(server.submit())["status"] == "done"


def test_threads_children_and_functions_at_exit_do_not_hold_up_the_end(tmp_path: Path) -> None:
    body = """
        import atexit, signal, subprocess
        atexit.register(time.sleep, 300)
        for _ in range(5):
            threading.Thread(target=time.sleep, args=(300,)).start()
        subprocess.Popen(["sleep", "60"])
    """
    source = implementing("web", body, only=["startup"]) + implementing("web", "time.sleep(300)", only=["shutdown"])
    _written(tmp_path, Hostile(name="clings", web=source, worker=implementing("worker", body, only=["startup"])))
    server = _server(tmp_path).wait_ready()
    assert server.finished(server.submit())["status"] == "done"
    children = [each for each in psutil.Process(server.process.pid).children(recursive=True) if each.name() != "sleep"]
    assert server.stop() < 12
    _gone, alive = psutil.wait_procs(children, timeout=10)
    assert not alive
