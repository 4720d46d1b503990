import time
from typing import Any

import pytest

from webui.access.roles import Role
from webui.sharing.guests import Guest, Guests
from webui.sharing.public_link import Level, PublicLink, new_password
from webui.sharing.refusals import LinkFull


def link(**changes: Any) -> PublicLink:
    given = {"url": "https://word.example.org", "level": Level.GENERATE, "provider": "ssh", "lasts_s": 60.0}
    return PublicLink(**{**given, **changes})


class Clocks:
    """Both clocks, moved by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.wall, self.counted = time.time(), 500.0
        monkeypatch.setattr("webui.sharing.public_link.time.time", lambda: self.wall)
        monkeypatch.setattr("webui.sharing.public_link.time.monotonic", lambda: self.counted)


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> Clocks:
    return Clocks(monkeypatch)


def test_passwords_are_long_and_never_the_same() -> None:
    passwords = {new_password() for _ in range(1000)}
    assert len(passwords) == 1000
    assert all(len(password.replace("-", "")) == 20 for password in passwords)
    assert "password" not in repr(link())


def test_the_password_lets_in_however_it_is_typed() -> None:
    opened = link()
    typed = opened.password.upper().replace("-", " ")
    principal = opened.admit("  Ada\u202e\n Lovelace ", typed)
    assert principal is not None
    assert (principal.role, principal.name, principal.link) == (Role.GUEST, "Ada Lovelace", opened.id)
    assert principal.owner.startswith("guest:")
    assert not principal.at_this_machine


@pytest.mark.parametrize("wrong", ["", "-", "a", "\udc80", "\0", "ä" * 20])
def test_no_other_password_lets_in(wrong: str) -> None:
    opened = link()
    assert opened.admit("Ada", wrong) is None
    assert opened.admit("Ada", opened.password[:-1]) is None
    assert opened.admit("Ada", opened.password + "a") is None
    assert opened.guests.all() == []


@pytest.mark.parametrize(("level", "role"), [("look", Role.VIEWER), ("generate", Role.GUEST), ("all", Role.USER)])
def test_no_level_administers(level: str, role: Role) -> None:
    assert Level(level).role == role < Role.ADMIN


def test_it_ends_when_either_clock_says_so(clocks: Clocks) -> None:
    asleep = link()
    assert asleep.is_open()
    clocks.wall += 61  # the computer slept, and the counting clock with it
    assert not asleep.is_open()
    assert asleep.admit("Ada", asleep.password) is None
    set_back = link()
    clocks.counted += 61
    clocks.wall -= 3600  # somebody has set the wall clock back
    assert not set_back.is_open()
    assert set_back.seconds_left == 0


def test_one_without_an_end_is_open_until_it_is_closed(clocks: Clocks) -> None:
    opened = link(lasts_s=None)
    clocks.wall += 1e9
    clocks.counted += 1e9
    assert opened.is_open()
    assert (opened.ends, opened.seconds_left) == (None, None)
    opened.close()
    assert not opened.is_open()
    assert opened.admit("Ada", opened.password) is None


def test_its_host_and_origin_are_those_that_browsers_send() -> None:
    assert (link().host, link().origin, link().secure) == ("word.example.org", "https://word.example.org", True)
    plain = link(url="http://127.0.0.1:4321")
    assert (plain.host, plain.origin, plain.secure) == ("127.0.0.1:4321", "http://127.0.0.1:4321", False)


def test_each_guest_is_somebody_else_and_is_told_before_they_can_do_anything() -> None:
    told: list[Guest] = []
    opened = link(on_guest=told.append)
    first, second = (opened.admit("Ada", opened.password) for _ in range(2))
    assert first is not None
    assert second is not None
    assert [guest.owner for guest in told] == [first.owner, second.owner]
    assert first.owner != second.owner


def test_guests_are_counted_and_can_be_removed() -> None:
    guests = Guests(most=2)
    ada, nobody = guests.welcome("Ada"), guests.welcome("\n\u200b")
    assert nobody.name == "Guest 2"
    with pytest.raises(LinkFull, match="2 guests already"):
        guests.welcome("Grace")
    guests.begins(ada.owner)
    assert ada.requests == 1
    assert guests.remove(ada.owner) is ada
    guests.ends(ada.owner)  # a stream of somebody who is gone already
    assert [guest.name for guest in guests.all()] == ["Guest 2"]
    assert guests.welcome("x" * 100).name == "x" * 40
