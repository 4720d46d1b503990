import pytest
from fastapi import Request

from webui.server.at_this_machine import NotAtThisMachine, at_this_machine, check_at_this_machine


def _request(peer: str | None, host: str = "127.0.0.1:7860", **headers: str) -> Request:
    raw = [(b"host", host.encode()), *((name.encode(), value.encode()) for name, value in headers.items())]
    return Request({"type": "http", "headers": raw, "client": (peer, 5) if peer else None})


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("host", ["127.0.0.1:7860", "localhost", "LOCALHOST:80", "[::1]:7860", "[::1]"])
def test_who_comes_from_here_and_asks_for_here_is_here(peer: str, host: str) -> None:
    assert at_this_machine(_request(peer, host))


@pytest.mark.parametrize("peer", [None, "", "192.168.1.7", "10.0.0.1", "::2", "::ffff:10.0.0.1", "fe80::1%eth0", "x"])
def test_who_comes_from_elsewhere_is_not_here(peer: str | None) -> None:
    assert not at_this_machine(_request(peer))


@pytest.mark.parametrize(
    "host", ["", "pictures.example", "localhost.example", "127.0.0.1.example:80", "0.0.0.0", "10.1.1.1"]
)
def test_who_asks_for_another_name_is_not_here(host: str) -> None:
    assert not at_this_machine(_request("127.0.0.1", host))


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For", "x-forwarded-whatever", "Forwarded", "Via", "X-Real-IP", "CF-Ray"]
)
def test_what_was_passed_on_is_not_from_here_whatever_it_says(header: str) -> None:
    assert not at_this_machine(_request("127.0.0.1", **{header.lower(): "127.0.0.1"}))


@pytest.mark.parametrize("origin", ["https://example.org", "http://localhost:3000", "null", ""])
def test_another_page_that_may_ask_may_not_install(origin: str) -> None:
    with pytest.raises(NotAtThisMachine):
        check_at_this_machine(_request("127.0.0.1", "localhost:7860", origin=origin), from_afar=False)
    check_at_this_machine(_request("127.0.0.1", "localhost:7860", origin="http://localhost:7860"), from_afar=False)


def test_the_flag_lets_everybody_and_without_it_the_refusal_says_what_to_do() -> None:
    check_at_this_machine(_request("10.0.0.1"), from_afar=True)
    with pytest.raises(NotAtThisMachine) as refused:
        check_at_this_machine(_request("10.0.0.1"), from_afar=False)
    assert "--allow-remote-extensions" in refused.value.hint
