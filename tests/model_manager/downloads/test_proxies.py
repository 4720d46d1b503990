"""Downloads go through the proxy that the environment names, and never through it into this network."""

import socket
import threading
from collections.abc import Iterator

import pytest

from webui.errors import DownloadFailed
from webui.model_manager.downloads.addresses import Gate
from webui.model_manager.downloads.proxies import proxy_for


class Proxy:
    """A proxy for one connection: keeps what was asked, gives the answer that it is told."""

    def __init__(self, answer: bytes) -> None:
        self.asked = b""
        self._answer = answer
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        try:
            connected, _ = self._listening.accept()
        except OSError:
            return
        with connected:
            while not self.asked.endswith(b"\r\n\r\n"):
                self.asked += connected.recv(1024)
            connected.sendall(self._answer)

    def close(self) -> None:
        self._listening.close()


@pytest.fixture(autouse=True)
def _no_proxy_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("https_proxy", "no_proxy", "HTTPS_PROXY", "NO_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def proxy(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    proxy = Proxy(getattr(request, "param", b"HTTP/1.1 200 Connection established\r\nVia: me\r\n\r\nthrough"))
    monkeypatch.setenv("HTTPS_PROXY", f"http://me:pass%20word@{proxy.address}")
    yield proxy
    proxy.close()


def test_a_tunnel_begins_where_the_proxys_answer_ends(proxy: Proxy) -> None:
    with Gate().connect("models.invalid", 443, secure=True) as through:
        assert through.recv(100) == b"through"
    assert proxy.asked.startswith(b"CONNECT models.invalid:443 HTTP/1.1\r\nHost: models.invalid:443\r\n")
    assert b"Proxy-Authorization: Basic bWU6cGFzcyB3b3Jk\r\n" in proxy.asked


@pytest.mark.parametrize("proxy", [b"HTTP/1.1 407 Who are you\r\n\r\n", b"nonsense\r\n\r\n", b""], indirect=True)
def test_a_proxy_that_refuses_is_told_in_a_sentence(proxy: Proxy) -> None:
    with pytest.raises(DownloadFailed, match=r"does not let through to models\.invalid") as caught:
        Gate().connect("models.invalid", 443, secure=True)
    assert "HTTPS_PROXY" in str(caught.value.hint)


def test_nothing_leads_through_a_proxy_into_this_network(proxy: Proxy) -> None:
    for host in ("127.0.0.1", "localhost", "10.0.0.1", "169.254.169.254", "::1"):
        with pytest.raises((DownloadFailed, OSError)):
            Gate().connect(host, 9, secure=True)
    assert proxy.asked == b""


def test_machines_that_are_excepted_are_asked_straight(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    assert proxy_for("models.invalid") is not None
    monkeypatch.setenv("NO_PROXY", ".invalid")
    assert proxy_for("models.invalid") is None
    with pytest.raises(OSError):
        Gate().connect("models.invalid", 443, secure=True)
    assert proxy.asked == b""


def test_a_proxy_of_another_kind_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "socks5://localhost:1080")
    with pytest.raises(DownloadFailed, match="http://machine:port"):
        proxy_for("models.invalid")
    monkeypatch.setenv("HTTPS_PROXY", "proxy.invalid:3128")
    assert (found := proxy_for("models.invalid")) is not None
    assert (found.hostname, found.port) == ("proxy.invalid", 3128)
