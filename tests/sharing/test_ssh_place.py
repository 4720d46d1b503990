from pathlib import Path
from typing import Any

import pytest

from webui.errors import InvalidRequest
from webui.sharing.ssh_place import SshPlace, as_options
from webui.sharing.ssh_tunnel import SshTunnel


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("destination", value)
        for value in (
            "", "-oProxyCommand=touch /tmp/x", "user@-oProxyCommand=x", "-v", "a b", "a;b", "$(id)", "a@b@c",
            "host\n-v", "ssh://host", "h:22", "`id`", "%h", "us er@host", 5, None,
        )
    ] + [("bind", value) for value in ("-x", "a b", "1:2", "0:127.0.0.1:22 -v", "[::1", "\n")]
    + [("port", 0), ("port", 65536), ("port", "22"), ("port", True), ("remote_port", -1), ("remote_port", 70000)]
    + [("key", "/no/such/file"), ("key", "-oX=y"), ("key", "a\0b"), ("pattern", "("), ("pattern", "a" * 201)]
    + [
        ("address", value)
        for value in ("ftp://a", "https://a/path", "https://u:p@a", "https://a?b", "javascript:x", "https://a b", "//")
    ]
    + [("proxy_command", "x")],
)  # fmt: skip
def test_what_is_no_place_is_refused_by_its_field(name: str, value: Any) -> None:
    with pytest.raises(InvalidRequest) as refused:
        SshPlace.from_json({"destination": "me@example.org", name: value})
    assert refused.value.field == f"ssh.{name}"


def test_nothing_of_a_place_comes_to_ssh_as_an_option(tmp_path: Path) -> None:
    key = tmp_path / "-oProxyCommand=x"
    key.touch()
    place = SshPlace("me@example.org", port=2222, key=key, bind="*", remote_port=8080)
    words = SshTunnel(place, tmp_path)._arguments(4321, 10)
    assert words[-4:] == ["-R", "*:8080:127.0.0.1:4321", "--", "me@example.org"]
    assert words[words.index("-i") + 1] == str(key)
    assert str(key).startswith("/")


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("", "http://example.org:8080"),
        ("http://pictures.example.org:{port}", "http://pictures.example.org:8080"),
        ("https://Pictures.Example.org/", "https://pictures.example.org"),
        ("https://pictures.example.org:443", "https://pictures.example.org"),
        ("pictures.example.org:8443", "https://pictures.example.org:8443"),
        ("http://[2001:db8::1]:{port}", "http://[2001:db8::1]:8080"),
    ],
)
def test_the_address_for_guests(address: str, told: str) -> None:
    assert SshPlace("me@example.org", address=address).public_address(8080) == told


@pytest.mark.parametrize(
    ("pattern", "line", "told"),
    [
        (
            r"https://[\w-]+\.serveo\.net",
            "Forwarding HTTP traffic from https://ab-1.serveo.net",
            "https://ab-1.serveo.net",
        ),
        (
            r"with tls termination, (https://\S+)",
            "x tunneled with tls termination, https://x.lhr.life",
            "https://x.lhr.life",
        ),
        (r"https://\S+", "Read https://example.org/docs first", None),
        (r"https://\S+", "nothing here", None),
    ],
)
def test_what_a_service_says_of_its_address(pattern: str, line: str, told: str | None) -> None:
    assert SshPlace("me@example.org", pattern=pattern).said_address(line) == told


def test_places_on_the_command_line() -> None:
    assert as_options("me@example.org") == {"destination": "me@example.org", "port": None, "key": None}
    assert SshPlace.from_json(as_options("example.org:2222")).port == 2222
    for wrong in ("", "a:b", "a:1:2", ":22"):
        with pytest.raises(InvalidRequest):
            as_options(wrong)
