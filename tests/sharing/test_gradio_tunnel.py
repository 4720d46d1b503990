"""Gradio's tunnel, with a program in frpc's place and without its server. Nothing here speaks to the net."""

import json
import os
import platform
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.engines import wait_until
from tests.sharing.processes import has_ended
from tests.sharing.ssh_server import free_port
from webui.sharing.gradio_tunnel import GradioTunnel
from webui.sharing.refusals import TunnelFailed

FRPC = """#!{python} -I
import json, os, sys, time
words = sys.argv[1:]
with open({told!r}, "w") as file:
    json.dump({{"words": words, "pid": os.getpid(), "folder": os.getcwd()}}, file)
{then}
print("start proxy success: https://a-word.gradio.live", flush=True)
time.sleep(600)
"""


@pytest.fixture
def share_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Something that takes connections, in the place of the server that tunnels lead to."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("GRADIO_SHARE_SERVER_ADDRESS", f"127.0.0.1:{server.getsockname()[1]}")
        yield


def install_frpc(folder: Path, then: str = "") -> Path:
    """A program where Gradio looks for its own; returns the file in which it says what it was told."""
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    program = folder / "gradio" / "frpc" / f"frpc_{platform.system().lower()}_{machine.lower()}_v0.3"
    program.parent.mkdir(parents=True)
    told = folder / "told.json"
    program.write_text(FRPC.format(python=sys.executable, told=str(told), then=then))
    program.chmod(0o755)
    return told


@pytest.mark.usefixtures("share_server")
def test_the_tunnel_leads_to_our_port_and_its_end_is_told(tmp_path: Path) -> None:
    told = install_frpc(tmp_path)
    tunnel = GradioTunnel(tmp_path)
    lost: list[str] = []
    try:
        assert tunnel.open(4321, 10).url == "https://a-word.gradio.live"
        tunnel.on_lost(lost.append)
        heard = json.loads(told.read_text())
        words = heard["words"]
        assert (words[0], words[words.index("-l") + 1], words[words.index("-i") + 1]) == ("http", "4321", "127.0.0.1")
        assert len(words[words.index("-n") + 1]) >= 40  # nobody guesses the name of the tunnel
        assert Path(heard["folder"]) == tmp_path  # where Gradio writes its certificate
        os.kill(heard["pid"], 9)
        wait_until(lambda: bool(lost))
        assert lost == ["Gradio's tunnel has ended."]
    finally:
        tunnel.close()


def test_without_a_network_it_says_so_soon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_SHARE_SERVER_ADDRESS", f"127.0.0.1:{free_port()}")
    began = time.monotonic()
    with pytest.raises(TunnelFailed, match=r"^Gradio's tunnel server cannot be reached: Connection refused\."):
        GradioTunnel(tmp_path).open(4321, 10)
    assert time.monotonic() - began < 10
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("share_server")
def test_a_server_that_gives_no_tunnel_is_told_and_nothing_is_left(tmp_path: Path) -> None:
    told = install_frpc(tmp_path, then="print('login to server failed: not you', flush=True); time.sleep(600)")
    with pytest.raises(TunnelFailed, match=r"gave no tunnel: .*login to server failed"):
        GradioTunnel(tmp_path).open(4321, 10)
    wait_until(lambda: has_ended(json.loads(told.read_text())["pid"]))


@pytest.mark.usefixtures("share_server")
def test_a_program_that_says_nothing_is_given_up_and_nothing_is_left(tmp_path: Path) -> None:
    told = install_frpc(tmp_path, then="time.sleep(600)")
    tunnel = GradioTunnel(tmp_path, patience_s=1)
    with pytest.raises(TunnelFailed, match="does not answer"):
        tunnel.open(4321, 10)
    wait_until(lambda: not told.exists() or has_ended(json.loads(told.read_text())["pid"]))
