"""Who a request comes from: by a session, a password or a token, by a link, or because they sit at this machine."""

import base64
from pathlib import Path

import pytest

from tests.server.access.visitors import AWAY, HERE, TOKEN, House
from webui.access.account_file import AccountFile
from webui.access.principal import HOUSE, Principal
from webui.access.roles import Role
from webui.errors import StartFailed
from webui.server.access.identify import GUEST_COOKIE, LAUNCHED, SESSION_COOKIE, identity_by, session_cookie
from webui.server.access.lock import PROGRAM, TooManyTries
from webui.settings import Settings
from webui.sharing.public_link import Level, PublicLink

LOOK = ("GET", "/api/v1/jobs")


@pytest.fixture(autouse=True)
def _cheap(cheap_passwords: None) -> None:
    """Many passwords are looked at here."""


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


@pytest.fixture
def open_house(tmp_path: Path) -> House:
    return House(tmp_path, at_home=True, token=None, given={})


def _basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def test_whoever_is_at_this_machine_needs_no_login_where_nothing_is_locked(open_house: House) -> None:
    assert open_house.ask(*LOOK, client=HERE).principal == HOUSE


@pytest.mark.parametrize(
    "told",
    [
        {"client": AWAY},
        {"client": HERE, "host": "shared.example"},
        {"client": HERE, "x_forwarded_for": "127.0.0.1"},
        {"client": HERE, "forwarded": "for=127.0.0.1"},
    ],
)
def test_whoever_is_elsewhere_or_passed_on_is_a_stranger(open_house: House, told: dict[str, str]) -> None:
    assert open_house.ask(*LOOK, **told).status == 401


def test_a_password_that_nobody_asked_for_does_not_matter(open_house: House) -> None:
    for header in ("Basic ", "Basic Og==", _basic("a", "b"), "Bearer sk-none", "Digest x", "", "Basic %%%"):
        assert open_house.ask(*LOOK, client=HERE, authorization=header).principal == HOUSE


@pytest.mark.parametrize("locked", [{"given": {"a": "b"}, "token": None}, {"given": {}, "token": TOKEN}])
def test_with_an_account_or_a_token_being_here_is_not_enough(tmp_path: Path, locked: dict[str, object]) -> None:
    house = House(tmp_path, at_home=True, **locked)  # type: ignore[arg-type]
    assert house.ask(*LOOK, client=HERE).status == 401


def test_an_account_that_is_added_locks_the_open_door(open_house: House) -> None:
    AccountFile(open_house.folder).add("ann", "user", "open sesame")
    assert open_house.ask(*LOOK, client=HERE).status == 401
    found = open_house.ask(*LOOK, client=HERE, authorization=_basic("ann", "open sesame")).principal
    assert found == Principal(Role.USER, "account:ann", "ann", at_this_machine=True)


def test_a_name_with_its_password_and_a_token_let_programs_in(house: House) -> None:
    for header in (_basic("root", "toor"), "bearer root:toor", "BASIC " + _basic("root", "toor")[6:]):
        assert house.ask(*LOOK, authorization=header).principal == Principal(Role.ADMIN, "", "root")
    assert house.ask(*LOOK, authorization=f"Bearer {TOKEN}").principal == PROGRAM


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Basic",
        "Basic !",
        _basic("root", "toor "),
        _basic("", "toor"),
        "Bearer x",
        f"Basic {TOKEN}",
        f"Token {TOKEN}",
    ],
)
def test_everything_else_is_a_stranger(house: House, header: str) -> None:
    assert house.ask(*LOOK, authorization=header).status == 401


def test_being_here_is_told_of_each_request_and_not_of_the_session(house: House) -> None:
    cookie = f"{SESSION_COOKIE}={house.sessions.open(LAUNCHED, 60)}"
    here, away = (house.ask(*LOOK, cookie=cookie, client=client).principal for client in (HERE, AWAY))
    assert here is not None
    assert here.at_this_machine
    assert away == LAUNCHED


@pytest.mark.parametrize("change", ["remove", "password", "role"])
def test_a_session_ends_with_its_account_and_with_its_password(house: House, change: str) -> None:
    file = AccountFile(house.folder)
    visitor = house.visitor(Role.USER)
    assert house.ask(*LOOK, **visitor).let_in
    if change == "remove":
        file.remove("uma")
    else:
        file.add("uma", "admin" if change == "role" else "user", "another")
    assert house.ask(*LOOK, **visitor).status == 401


def test_guests_of_a_link_are_let_in_by_that_link_alone(house: House) -> None:
    other = PublicLink("https://other.example", Level.GENERATE, "test", None)
    visitor = house.visitor(Role.GUEST)
    assert house.ask(*LOOK, **visitor).let_in
    assert house.ask(*LOOK, **{**visitor, "link": other}).status == 401
    assert house.ask(*LOOK, **{**visitor, "link": None}).status == 401
    house.link.close()
    assert house.ask(*LOOK, **visitor).status == 401


def test_by_a_link_nothing_else_counts(house: House, open_house: House) -> None:
    session = house.sessions.open(LAUNCHED, 60)
    for told in (
        {"authorization": f"Bearer {TOKEN}"}, {"authorization": _basic("root", "toor")},
        {"cookie": f"{SESSION_COOKIE}={session}"}, {"cookie": f"{GUEST_COOKIE}={session}"}, {"client": HERE},
    ):  # fmt: skip
        assert house.ask(*LOOK, link=house.link, **told).status == 401  # type: ignore[arg-type]
    assert open_house.ask(*LOOK, link=open_house.link, client=HERE).status == 401


def test_a_guests_session_is_none_at_the_front_door(house: House) -> None:
    guest = house.sessions.open(Principal(Role.GUEST, "guest:1", link=house.link.id), 60)
    assert house.ask(*LOOK, cookie=f"{SESSION_COOKIE}={guest}").status == 401


@pytest.mark.parametrize("path", ["/sdapi/v1/samplers", "/v1/models", "/mcp", "/internal/pending-tasks"])
def test_apis_of_others_may_have_a_password_of_their_own(tmp_path: Path, path: str) -> None:
    house = House(tmp_path, at_home=True, token=None, given={}, api={"bot": "beep"})
    assert house.ask("GET", path, client=HERE).status == 401  # also for programs at this machine
    assert house.ask("GET", path, client=HERE, authorization=_basic("bot", "beep")).let_in
    assert house.ask("GET", path, client=HERE, authorization="Bearer bot:beep").let_in
    assert house.ask(*LOOK, client=HERE).principal == HOUSE  # and the page stays as it is


def test_accounts_and_the_token_go_on_opening_them(tmp_path: Path) -> None:
    house = House(tmp_path, api={"bot": "beep"})
    for _ in range(8):  # also often: the one lock does not count what the other one opens
        assert house.ask("GET", "/v1/models", authorization=_basic("root", "toor")).let_in
        assert house.ask("GET", "/v1/models", authorization=f"Bearer {TOKEN}").let_in


def test_their_password_opens_nothing_else(tmp_path: Path) -> None:
    house = House(tmp_path, api={"bot": "beep"})
    assert house.ask(*LOOK, authorization=_basic("bot", "beep")).status == 401
    session = house.sessions.open(LAUNCHED, 60)
    assert house.ask("GET", "/v1/models", cookie=f"{SESSION_COOKIE}={session}").status == 401


def test_after_five_wrong_passwords_nobody_may_try_for_a_while(house: House) -> None:
    statuses = [house.ask(*LOOK, authorization=_basic("ann", f"wrong {n}")).status for n in range(7)]
    assert statuses == [401] * 5 + [429] * 2
    refused = house.ask(*LOOK, authorization=_basic("root", "toor"))  # from there, whatever it is
    assert refused.status == 429
    assert 50 <= int(refused.headers["retry-after"]) <= 60
    assert "Try again in" in refused.told["hint"]
    elsewhere = ("198.51.100.1", 1)
    assert house.ask(*LOOK, client=elsewhere, authorization=_basic("ann", "x")).status == 429  # for that name
    assert house.ask(*LOOK, client=elsewhere, authorization=_basic("root", "toor")).let_in


def test_all_addresses_of_a_household_are_one(house: House) -> None:
    for number in range(5):
        house.ask(*LOOK, client=(f"2001:db8::{number}", 1), authorization=_basic(f"name {number}", "wrong"))
    right = _basic("root", "toor")
    assert house.ask(*LOOK, client=("2001:db8::ffff", 1), authorization=right).status == 429
    assert house.ask(*LOOK, client=("2001:db8:0:1::1", 1), authorization=right).let_in


def test_whoever_is_known_goes_on_where_others_guess(house: House) -> None:
    assert house.ask(*LOOK, authorization=_basic("root", "toor")).let_in
    for number in range(7):
        house.ask(*LOOK, authorization=_basic(f"name {number}", "wrong"))
    assert house.ask(*LOOK, authorization=_basic("name", "wrong")).status == 429
    assert house.ask(*LOOK, authorization=_basic("root", "toor")).let_in
    assert house.ask(*LOOK, authorization=f"Bearer {TOKEN}").let_in


@pytest.mark.parametrize("before", [0, 5])
def test_what_is_known_cannot_be_found_out_by_guessing(house: House, before: int) -> None:
    """Neither by guesses that are looked at, nor by those that are not, as their address has to wait."""
    assert house.ask(*LOOK, authorization=_basic("root", "toor")).let_in
    for number in range(before):
        house.ask(*LOOK, authorization=_basic(f"name {number}", "wrong"))
    for number in range(5):
        house.ask(*LOOK, authorization=_basic("root", f"wrong {number}"))
    assert house.ask(*LOOK, authorization=_basic("root", "toor")).status == 429


def test_at_this_computer_more_wrong_ones_are_free_as_everybody_has_one_address(house: House) -> None:
    names = [house.ask(*LOOK, client=HERE, authorization=_basic(f"name {n}", "x")).status for n in range(31)]
    assert names == [401] * 30 + [429]


def test_one_name_is_guessed_slowly_at_this_computer_too(house: House) -> None:
    statuses = [house.ask(*LOOK, client=HERE, authorization=_basic("ann", f"wrong {n}")).status for n in range(6)]
    assert statuses == [401] * 5 + [429]


def test_wrong_tokens_keep_nobody_out(house: House) -> None:
    """A program with an old token goes on asking; a token is too long to be guessed."""
    refused = [house.ask(*LOOK, authorization=f"Bearer wrong-{n}") for n in range(10)]
    assert {answer.status for answer in refused} == {401}
    assert "wrong" in refused[0].told["error"]
    assert house.ask(*LOOK, authorization=_basic("root", "toor")).let_in


def test_whoever_has_a_links_password_comes_in_while_others_guess(house: House) -> None:
    link = house.link
    for _ in range(5):
        assert house.identity.admit(link, "", "wrong") is None
    with pytest.raises(TooManyTries):
        house.identity.admit(link, "", "wrong")
    assert house.identity.admit(link, "Ann", link.password) is not None


def test_two_servers_on_one_computer_do_not_share_a_cookie() -> None:
    here, there = ({"type": "http", "server": ("127.0.0.1", port)} for port in (7860, 7861))
    assert session_cookie(here) != session_cookie(there)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.1", "example.org"])
def test_an_address_for_others_needs_something_that_locks_it(tmp_path: Path, host: str) -> None:
    with pytest.raises(StartFailed, match="needs a password") as refused:
        identity_by(Settings(data_dir=tmp_path, host=host))
    assert "\n" not in str(refused.value)
    identity_by(Settings(data_dir=tmp_path, host=host, auth=("ann:open sesame",)))  # type: ignore[arg-type]
    AccountFile(tmp_path).add("ann", "admin", "open sesame")
    identity_by(Settings(data_dir=tmp_path, host=host))


def test_a_password_of_the_apis_alone_locks_nothing_else(tmp_path: Path) -> None:
    with pytest.raises(StartFailed, match="needs a password"):
        identity_by(Settings(data_dir=tmp_path, host="0.0.0.0", api_auth=("bot:beep",)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"auth": ("ann",)}, "NAME:PASSWORD"),
        ({"auth": ("ann:",)}, "password of ann is empty"),
        ({"auth": (":hush",)}, "A name has"),
        ({"api_auth": ("hush",)}, "--api-auth NAME:PASSWORD"),
        ({"token": "hush"}, "at least 16"),
        ({"token": "hush: a colon and long enough"}, "no colon"),
        ({"token_file": "nowhere"}, "cannot be read"),
    ],
)
def test_what_cannot_lock_is_told_at_the_start(tmp_path: Path, settings: dict[str, str], says: str) -> None:
    with pytest.raises(StartFailed, match=says) as refused:
        identity_by(Settings(data_dir=tmp_path, **settings))  # type: ignore[arg-type]
    assert "hush" not in str(refused.value)


def test_a_token_may_be_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    assert identity_by(Settings(data_dir=tmp_path, token_file=file)).lock.locked
    file.write_text("\n")
    with pytest.raises(StartFailed, match="no token"):
        identity_by(Settings(data_dir=tmp_path, token_file=file))
