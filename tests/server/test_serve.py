"""Starting and stopping a real server."""

import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.engine.engines import wait_until
from tests.server.server_process import Server
from webui.errors import StartFailed
from webui.server.listening import address_of, addresses_for_others, bind
from webui.server.serve import serve
from webui.settings import Settings

ROOT = Path(__file__).parents[2]


def test_a_port_in_use_is_told_in_one_line(tmp_path: Path) -> None:
    with bind("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        server = Server(tmp_path, port=port)
        assert server.process.wait(60) == 1
        server.close()
    assert server.stderr.read_text().splitlines() == [
        f"darkroom: Port {port} is in use on 127.0.0.1. Stop the program that uses it, or choose another with --port."
    ]


def test_a_second_server_on_a_data_folder_is_refused_with_the_pid_of_the_first(tmp_path: Path) -> None:
    first = Server(tmp_path).wait_ready()
    second = Server(tmp_path)
    assert second.process.wait(60) == 1
    second.close()
    (line,) = second.stderr.read_text().splitlines()
    assert f"in use by another process (pid {first.process.pid})" in line
    assert first.finished(first.submit())["status"] == "done"
    first.close()


def test_a_public_address_needs_a_password(tmp_path: Path) -> None:
    for host in ("0.0.0.0", "::", "192.168.0.1", "example.org"):
        settings = Settings(data_dir=tmp_path / "data", host=host, password=None, open_browser=False)
        with pytest.raises(StartFailed, match="needs a password"):
            serve(settings)
    assert not (tmp_path / "data").exists()


def test_a_data_folder_that_cannot_be_made_is_told_in_one_line(tmp_path: Path) -> None:
    tmp_path.joinpath("data").touch()
    server = Server(tmp_path)
    assert server.process.wait(60) == 1
    server.close()
    (line,) = server.stderr.read_text().splitlines()
    assert line.startswith("darkroom: The database")


def test_an_address_of_another_computer_is_told() -> None:
    with pytest.raises(StartFailed, match="Cannot listen"):
        bind("192.0.2.1", 0)


def test_addresses_can_be_typed_into_a_browser() -> None:
    with bind("0.0.0.0", 0) as everywhere:
        assert address_of(everywhere) == f"http://127.0.0.1:{everywhere.getsockname()[1]}"
    if socket.has_ipv6:
        with bind("::1", 0) as six:
            assert address_of(six) == f"http://[::1]:{six.getsockname()[1]}"


def test_others_are_told_an_address_where_they_are_let_in() -> None:
    with bind("127.0.0.1", 0) as here:
        assert addresses_for_others(here) == []
    cards = {each.address for card in psutil.net_if_addrs().values() for each in card}
    with bind("0.0.0.0", 0) as everywhere:
        for address in addresses_for_others(everywhere):
            host, port = address.removeprefix("http://").split(":")
            assert host in cards and not host.startswith("127.") and int(port) == everywhere.getsockname()[1]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stopping_is_quick_requeues_the_job_and_leaves_no_process(tmp_path: Path, number: int) -> None:
    server = Server(tmp_path).wait_ready()
    job = server.submit("slow", steps=100)
    wait_until(lambda: server.job(job)["step"] >= 1)
    children = psutil.Process(server.process.pid).children(recursive=True)
    assert children
    with server.client.stream("GET", "/api/v1/events") as stream:
        next(stream.iter_lines())
        assert server.stop(number) < 10
    assert server.process.returncode == 0
    gone, alive = psutil.wait_procs(children, timeout=10)
    assert not alive, gone
    assert "Traceback" not in server.stderr.read_text()

    again = Server(tmp_path).wait_ready()
    assert again.job(job)["status"] in ("queued", "running")
    wait_until(lambda: again.job(job)["attempt"] == 1)
    again.client.delete(f"/api/v1/jobs/{job}")
    assert again.finished(job)["status"] == "cancelled"
    again.close()


def test_ctrl_c_reaches_the_whole_group_and_still_ends_well(tmp_path: Path) -> None:
    server = Server(tmp_path).wait_ready()
    job = server.submit("slow", steps=100)
    wait_until(lambda: server.job(job)["step"] >= 1)
    for child in psutil.Process(server.process.pid).children(recursive=True):
        child.send_signal(signal.SIGINT)
    assert server.stop(signal.SIGINT) < 10
    assert server.process.returncode == 0
    again = Server(tmp_path).wait_ready()
    wait_until(lambda: again.job(job)["attempt"] == 1)
    again.close()


def test_without_models_the_server_runs_and_says_what_to_do(tmp_path: Path) -> None:
    server = Server(tmp_path, models=False, factory="tests.engine.fake_generator:create_without_models").wait_ready()
    answer = server.client.post("/api/v1/jobs", json={"prompt": "a boat"})
    assert answer.status_code == 404
    told = answer.json()
    assert "There are no models yet" in told["error"]
    assert told["hint"]
    assert told["field"] == "model"
    assert server.client.get("/api/v1/models").json() == []
    wait_until(lambda: "no models" in server.client.get("/api/v1/health").json()["worker"]["problem"])
    server.close()


def test_a_password_guards_everything_and_cannot_be_guessed_quickly(tmp_path: Path) -> None:
    server = Server(tmp_path, host="0.0.0.0", password="open sesame")
    assert server.process.stdout is not None
    line = server.process.stdout.readline()
    import httpx

    url = next(word for word in line.split() if word.startswith("http://"))
    with httpx.Client(base_url=url, timeout=60) as client:
        for path in ("/", "/api/v1/health", "/api/v1/jobs", "/hub.js", "/nothing"):
            assert client.get(path).status_code == 401
        right = ("anyone", "open sesame")
        assert client.get("/api/v1/health", auth=right).status_code in (200, 503)
        statuses = [client.get("/", auth=("a", f"wrong {n}")).status_code for n in range(7)]
        assert statuses == [401] * 5 + [429] * 2
        assert client.get("/", auth=right).status_code == 200  # who was right before goes on
    server.close()


def test_the_web_process_never_imports_torch() -> None:
    code = (
        "import sys; import webui.server.app, webui.server.serve, webui.engine.engine;"
        "print(sorted({'torch', 'diffusers', 'transformers', 'gradio'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_small_answers_are_sent_at_once() -> None:
    with bind("127.0.0.1", 0) as listener:
        assert listener.proto == socket.IPPROTO_TCP  # asyncio turns Nagle's delay off only for these
