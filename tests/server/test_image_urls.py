"""Pictures by address: nothing leaves unless it is switched on, and then nothing that this network alone can reach."""

import gzip
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from tests.model_manager.downloads.model_host import ModelHost, model_host
from tests.outbound import outbound
from webui.errors import InvalidRequest
from webui.server import image_urls
from webui.server.image_urls import MAX_BYTES, ImageUrls, is_url

INSIDE = (
    "127.0.0.1", "127.0.0.2", "127.1", "0x7f.1", "2130706433", "0177.0.0.1", "localhost", "0.0.0.0", "0",
    "10.0.0.1", "10.255.255.254", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.1.254",
    "169.254.169.254", "169.254.0.1", "100.64.0.1", "100.100.100.200", "192.0.0.192", "198.18.0.1", "192.0.2.1",
    "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "[::1]", "[::]", "[fe80::1]", "[fc00::1]", "[fd00:ec2::254]", "[ff02::1]", "[2001:db8::1]",
    "[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]", "[::ffff:a9fe:a9fe]", "[2002:7f00:1::]", "[64:ff9b::7f00:1]",
    "[64:ff9b::a9fe:a9fe]",
)  # fmt: skip
NO_ADDRESSES = (
    "http://example.org/a.png", "ftp://example.org/a.png", "file:///etc/passwd", "gopher://127.0.0.1:6379/_INFO",
    "data:image/png;base64,AAAA", "//example.org/a.png", "https://", "https:///etc/passwd", "https://a b/c",
    "https://user:word@example.org/a.png", "https://example.org:99999/", "https://example.org/\r\nHost: x",
    "https://[::1", "unix:///var/run/docker.sock", "jar:https://example.org!/a", "",
)  # fmt: skip
ELSEWHERE = (
    "http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/", "http://192.168.0.1/", "http://[fe80::1]/",
    "https://10.0.0.1/", "https://metadata.invalid/", "file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/",
    "http://0.0.0.0/",
)  # fmt: skip
PNG_TYPE = {"Content-Type": "image/png"}


@pytest.fixture
def host() -> Iterator[ModelHost]:
    with model_host() as started:
        yield started


@pytest.fixture
def picture() -> bytes:
    file = BytesIO()
    Image.new("RGB", (8, 8), "red").save(file, "PNG")
    return file.getvalue()


def _refusal(urls: ImageUrls, url: str) -> InvalidRequest:
    with pytest.raises(InvalidRequest) as caught:
        urls.fetch(url)
    assert caught.value.field == "image"
    assert caught.value.message.endswith(".")
    return caught.value


def test_a_picture_arrives(host: ModelHost, picture: bytes) -> None:
    url = host.put("/a.png", picture, headers=PNG_TYPE)
    host.put("/led", status=302, headers={"Location": "/a.png"})
    urls = ImageUrls(True, loopback=True)
    assert urls.fetch(url) == picture
    assert urls.fetch(f"{host.url}/led") == picture
    assert not {"authorization", "cookie", "referer"} & set(host.asked[-1][1])


def test_nothing_is_asked_while_it_is_off(host: ModelHost, picture: bytes) -> None:
    url = host.put("/a.png", picture, headers=PNG_TYPE)
    with outbound() as asked:
        refusal = _refusal(ImageUrls(False, loopback=True), url)
    assert "--allow-image-urls" in refusal.hint
    assert not asked.connected
    assert not host.asked


@pytest.mark.parametrize("inside", INSIDE)
def test_no_packet_goes_to_an_address_inside(inside: str) -> None:
    with outbound() as asked:
        _refusal(ImageUrls(True), f"https://{inside}/a.png")
    assert not asked.connected


@pytest.mark.parametrize("url", NO_ADDRESSES)
def test_only_https_is_asked(url: str) -> None:
    with outbound() as asked:
        _refusal(ImageUrls(True), url)
    assert not asked.connected


@pytest.mark.parametrize("target", ELSEWHERE)
def test_a_redirect_is_checked_as_the_first_address_was(host: ModelHost, target: str) -> None:
    url = host.put("/led", status=302, headers={"Location": target})
    with outbound() as asked:
        _refusal(ImageUrls(True, loopback=True), url)
    assert set(asked.connected) == {"127.0.0.1"}


def test_redirects_in_a_circle_end(host: ModelHost) -> None:
    url = host.put("/round", status=302, headers={"Location": "/round"})
    _refusal(ImageUrls(True, loopback=True), url)
    assert len(host.asked) < 12


def _answers(*addresses: str) -> list[tuple[Any, ...]]:
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 443)) for each in addresses]


def test_a_name_that_is_answered_differently_the_second_time_gains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was checked is what is connected to: the name is looked up once."""
    lookups = iter([_answers("127.0.0.1"), _answers("192.0.2.1")])
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: next(lookups))
    with outbound() as asked:
        _refusal(ImageUrls(True), "https://rebound.example/a.png")
    assert not asked.connected


def test_of_a_names_addresses_those_inside_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[Any] = []

    def refuse(_self: object, address: Any) -> None:
        tried.append(address)
        raise ConnectionRefusedError

    class Socket(socket.socket):
        connect = refuse

    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: _answers("10.0.0.1", *["1.1.1.1"] * 100, "127.0.0.1"))
    monkeypatch.setattr("webui.model_manager.downloads.addresses.socket.socket", Socket)
    _refusal(ImageUrls(True), "https://both.example/a.png")
    assert {address for address, _ in tried} == {"1.1.1.1"}
    assert len(tried) < 10


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "HTTP_PROXY"])
def test_no_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch, host: ModelHost, name: str) -> None:
    for each in list(os.environ):
        if each.lower().endswith("_proxy"):
            monkeypatch.delenv(each)
    monkeypatch.setenv(name, host.url)
    with outbound() as asked:
        _refusal(ImageUrls(True), "https://metadata.invalid/a.png")
        _refusal(ImageUrls(True), "https://10.0.0.1/a.png")
    assert "127.0.0.1" not in asked.connected
    assert not host.asked


@pytest.mark.parametrize("kind", ["text/html", "application/json", "text/plain", "image", ""])
def test_only_pictures_are_taken(host: ModelHost, picture: bytes, kind: str) -> None:
    url = host.put("/a", picture, headers={"Content-Type": kind})
    assert "no picture" in _refusal(ImageUrls(True, loopback=True), url).message


@pytest.mark.parametrize("status", [204, 206, 304, 401, 404, 500])
def test_other_answers_than_a_file_are_told_by_their_number_alone(host: ModelHost, status: int) -> None:
    url = host.put("/a", b"secret words", status=status, headers=PNG_TYPE)
    assert str(status) in (refusal := _refusal(ImageUrls(True, loopback=True), url)).message
    assert "secret" not in str(refusal)


def test_a_packed_answer_is_not_unpacked(host: ModelHost) -> None:
    url = host.put("/bomb", gzip.compress(bytes(10**7)), headers=PNG_TYPE | {"Content-Encoding": "gzip"})
    assert "packs" in _refusal(ImageUrls(True, loopback=True), url).message


def test_a_file_that_is_told_to_be_too_large_is_not_read(host: ModelHost) -> None:
    url = host.put("/large", b"a", length=MAX_BYTES + 1, headers=PNG_TYPE)
    assert "20 MB" in _refusal(ImageUrls(True, loopback=True), url).message


def test_a_file_that_is_cut_off_is_refused(host: ModelHost, picture: bytes) -> None:
    url = host.put("/cut", picture, break_after=20, headers=PNG_TYPE)
    assert "too early" in _refusal(ImageUrls(True, loopback=True), url).message


@contextmanager
def _talker(*says: bytes, forever: bytes = b"", pause_s: float = 0.02) -> Iterator[str]:
    """A server that says some bytes to whoever connects, then one thing again and again; gives its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def talk() -> None:
        connected, _ = listener.accept()
        with connected:
            try:
                for each in says:
                    connected.sendall(each)
                while forever and not ended.wait(pause_s):
                    connected.sendall(forever)
                ended.wait(30)
            except OSError:
                return

    threading.Thread(target=talk, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/a.png"
    finally:
        ended.set()
        listener.close()


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n"


def test_a_file_without_an_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_urls, "MAX_BYTES", 2**20)
    with _talker(HEAD + b"\r\n", forever=bytes(2**18), pause_s=0.0) as url:
        assert "has more than" in _refusal(ImageUrls(True, loopback=True), url).message


@pytest.mark.parametrize(
    ("says", "forever"),
    [
        ((), b""),
        ((b"HTTP/1.1 200 OK\r\n",), b"X-More: and more\r\n"),
        ((HEAD, b"Content-Length: 1000000\r\n\r\n"), b"x"),
        ((HEAD, b"\r\n"), b"x"),
        ((HEAD, b"Transfer-Encoding: chunked\r\n\r\n"), b"1\r\nx\r\n"),
    ],
    ids=["says nothing", "a head that never ends", "a slow body", "a slow body of unknown length", "slow chunks"],
)
def test_whoever_is_slow_is_hung_up_on(says: tuple[bytes, ...], forever: bytes) -> None:
    began = time.monotonic()
    with _talker(*says, forever=forever) as url:
        _refusal(ImageUrls(True, loopback=True, seconds=0.6), url)
    assert time.monotonic() - began < image_urls.FETCH_SECONDS


def test_a_handshake_that_never_ends_is_hung_up_on() -> None:
    with _talker() as url:
        _refusal(ImageUrls(True, loopback=True, seconds=0.6), url.replace("http://", "https://"))


@pytest.mark.parametrize(("text", "expected"), [("https://a/b", True), ("HTTP://a", True), ("iVBORw0KGgo", False)])
def test_an_address_is_told_from_base64(text: str, expected: bool) -> None:
    assert is_url(text) == expected
