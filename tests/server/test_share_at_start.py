"""`serve --share`: a link from the first moment on."""

import getpass
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.engine.engines import wait_until
from tests.server.server_process import Server
from tests.server.shared_server import SHARE, answers, guest
from tests.sharing.ssh_server import SshServer, free_port, ssh_server
from webui.cli.main import main
from webui.errors import StartFailed
from webui.server.share_at_start import order_at_start
from webui.settings import Settings, load_settings
from webui.sharing.public_link import Level


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[SshServer]:
    with ssh_server(tmp_path / "sshd") as server:
        yield server


def order(tmp_path: Path, **settings: Any) -> Any:
    return order_at_start(Settings(data_dir=tmp_path, **settings))


def test_the_link_is_printed_and_goes_with_a_server_that_is_killed(sshd: SshServer, tmp_path: Path) -> None:
    place = f"ssh:{getpass.getuser()}@127.0.0.1:{sshd.port}"
    server = Server(tmp_path, share=place, share_key=str(sshd.key), share_minutes=15, share_jobs=1).wait_ready()
    assert server.process.stdout is not None
    printed = re.fullmatch(
        r"Shared until (\d\d:\d\d) on .* at (http://\S+)  with the password (\S+)\n", server.process.stdout.readline()
    )
    assert printed is not None
    with guest({"url": printed[2], "password": printed[3]}) as ada:
        assert ada.get("/api/v1/me").json()["role"] == "guest"
        told = server.client.get(SHARE).json()
        assert (told["url"], told["jobs_per_guest"]) == (printed[2], 1)
        assert datetime.fromisoformat(told["ends"]).astimezone().strftime("%H:%M") == printed[1]
        server.kill()
        wait_until(lambda: not answers(ada))


def test_without_a_network_the_server_says_so_and_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_SHARE_SERVER_ADDRESS", f"127.0.0.1:{free_port()}")
    server = Server(tmp_path, share="gradio").wait_ready()
    told = "The public link was not opened: Gradio's tunnel server cannot be reached: "
    wait_until(lambda: told in server.stderr.read_text())
    assert server.client.get(SHARE).json()["state"] == "closed"
    answer = server.client.post(SHARE, json={"provider": "gradio"})
    assert (answer.status_code, answer.json()["error"][:40]) == (422, "Gradio's tunnel server cannot be reached"[:40])
    assert server.finished(server.submit())["status"] == "done"
    assert not (server.data_dir / "sharing" / ".gradio").exists()
    server.close()


def test_what_the_settings_ask_for(tmp_path: Path) -> None:
    assert order(tmp_path) is None
    asked = order(tmp_path, share="ssh:me@example.org:2222", share_minutes=0, share_jobs=0, share_level="look")
    assert (asked.provider, asked.minutes, asked.jobs_per_guest, asked.level) == ("ssh", None, None, Level.LOOK)
    assert (asked.options["destination"], asked.options["port"]) == ("me@example.org", 2222)
    assert order(tmp_path, share="gradio").options == {}


@pytest.mark.parametrize("wrong", ["ssh", "ssh:", "ssh:-oProxyCommand=x", "ssh:a:b", "gradio:me@example.org"])
def test_what_cannot_be_a_link_is_told_before_anything_starts(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(StartFailed) as refused:
        order(tmp_path, share=wrong)
    assert refused.value.field == "share"


def test_the_flags_become_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Settings] = []
    monkeypatch.setattr("webui.server.serve.serve", given.append)
    words = ["--share-key", str(tmp_path / "key"), "--share-minutes", "0", "--share-level", "all", "--share-jobs", "3"]
    assert main(["serve", "--data-dir", str(tmp_path), "--share", "ssh:me@example.org", *words]) == 0
    assert main(["serve", "--data-dir", str(tmp_path), "--share"]) == 0
    first, second = given
    assert (first.share, first.share_key, first.share_minutes) == ("ssh:me@example.org", tmp_path / "key", 0)
    assert (first.share_level, first.share_jobs, second.share) == ("all", 3, "gradio")
    assert load_settings(data_dir=tmp_path).share is None
