"""Tunnels that extensions bring."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.engines import wait_until
from tests.extensions.installing.made import manifest, write
from webui.cli.main import main
from webui.errors import InvalidRequest
from webui.extensions.extensions import Extensions
from webui.settings import Settings
from webui.sharing.refusals import TunnelFailed
from webui.sharing.tunnel_kinds import TunnelKind, extension_tunnels

WEB = """
import time
from webui.extensions.api import NewTunnel, OpenTunnel, hookimpl

events = []


def good(port, timeout_s):
    events.append(("opened", port))
    return OpenTunnel(
        url="https://Word.example.org/", close=lambda: events.append("closed"), is_alive=lambda: len(events) < 2
    )


def late(port, timeout_s):
    time.sleep(timeout_s * 2)
    return good(port, timeout_s)


def broken(port, timeout_s):
    raise ValueError("no such proxy")


def elsewhere(port, timeout_s):
    return OpenTunnel(url="https://example.org/a/page", close=lambda: events.append("closed"))


@hookimpl
def register_tunnels():
    functions = (good, late, broken, elsewhere)
    return [NewTunnel(name=each.__name__, label=f"My {each.__name__}", open=each) for each in functions]
"""


@pytest.fixture
def extensions(tmp_path: Path) -> Iterator[Extensions]:
    folders = ["--data-dir", str(tmp_path / "data"), "--extensions-dir", str(tmp_path / "extensions")]
    write(tmp_path / "extensions" / "glow", {"extension.toml": manifest(permissions=["routes"]), "web.py": WEB})
    assert main(["extensions", "enable", "glow", *folders]) == 0
    opened = Extensions(Settings(data_dir=tmp_path / "data", extensions_dir=tmp_path / "extensions"))
    yield opened
    opened.close()


def kind(extensions: Extensions, name: str) -> TunnelKind:
    return {kind.name: kind for kind in extension_tunnels(extensions)}[f"glow/{name}"]


def events() -> list[object]:
    return sys.modules["darkroom_extensions.glow.web"].events


def test_hook_register_tunnels(extensions: Extensions) -> None:
    chosen = kind(extensions, "good")
    assert chosen.label == "My good"
    with pytest.raises(InvalidRequest):
        chosen.make({"port": 1})
    tunnel = chosen.make({})
    assert events() == []
    assert tunnel.open(4321, 10).url == "https://word.example.org"
    assert events() == [("opened", 4321)]
    tunnel.close()
    tunnel.close()
    assert events() == [("opened", 4321), "closed"]


def test_one_that_ends_by_itself_is_told(extensions: Extensions, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webui.sharing.extension_tunnel.LOOK_SECONDS", 0.02)
    tunnel = kind(extensions, "good").make({})
    lost: list[str] = []
    tunnel.open(4321, 10)
    tunnel.on_lost(lost.append)
    events().append("gone")
    wait_until(lambda: bool(lost))
    assert lost == ["My good has ended."]
    tunnel.close()


def test_what_it_does_wrong_is_a_sentence_and_nothing_stays_open(extensions: Extensions) -> None:
    with pytest.raises(TunnelFailed, match=r"My broken failed: .*no such proxy"):
        kind(extensions, "broken").make({}).open(4321, 10)
    with pytest.raises(TunnelFailed, match="My elsewhere gave no address"):
        kind(extensions, "elsewhere").make({}).open(4321, 10)
    assert events() == ["closed"]
    assert any("no such proxy" in fault.sentence for fault in extensions.web.faults)


def test_one_that_opens_too_late_is_closed_at_once(extensions: Extensions) -> None:
    began = time.monotonic()
    with pytest.raises(TunnelFailed, match="did not open within"):
        kind(extensions, "late").make({}).open(4321, 0.2)
    assert time.monotonic() - began < 10
    wait_until(lambda: events() == [("opened", 4321), "closed"])
