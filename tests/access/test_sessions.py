"""Who is logged in, and for how long."""

from webui.access.principal import Principal
from webui.access.roles import Role
from webui.access.sessions import MOST_SESSIONS, Sessions


def _who(sessions: Sessions, token: str) -> Principal | None:
    session = sessions.find(token)
    return session.principal if session else None


class Clock:
    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


ANN = Principal(Role.USER, "account:ann", "ann")
GUEST = Principal(Role.GUEST, "guest:1", link="l")


def test_a_token_is_its_owners_until_it_ends() -> None:
    clock = Clock()
    sessions = Sessions(clock)
    token = sessions.open(ANN, 60)
    assert _who(sessions, token) == ANN
    clock.time += 59
    assert _who(sessions, token) == ANN
    clock.time += 1
    assert sessions.find(token) is None


def test_tokens_are_long_and_never_the_same() -> None:
    sessions = Sessions()
    tokens = {sessions.open(ANN, 60) for _ in range(50)}
    assert len(tokens) == 50
    assert min(map(len, tokens)) >= 43  # 256 bits


def test_a_token_that_nobody_has_finds_nobody() -> None:
    sessions = Sessions()
    token = sessions.open(ANN, 60)
    for wrong in ("", "x", token[:-1], token + "x", token.swapcase(), "\ud800"):
        assert sessions.find(wrong) is None


def test_logging_out_ends_that_session_alone() -> None:
    sessions = Sessions()
    one, other = sessions.open(ANN, 60), sessions.open(ANN, 60)
    sessions.close(one)
    assert sessions.find(one) is None
    assert _who(sessions, other) == ANN


def test_the_end_of_a_link_is_the_end_of_its_guests() -> None:
    sessions = Sessions()
    ann, guest = sessions.open(ANN, 60), sessions.open(GUEST, 60)
    sessions.close_link("l")
    assert sessions.find(guest) is None
    assert _who(sessions, ann) == ANN


def test_one_guest_can_be_sent_away() -> None:
    sessions = Sessions()
    other = Principal(Role.GUEST, "guest:2", link="l")
    first, second, third = sessions.open(GUEST, 60), sessions.open(GUEST, 60), sessions.open(other, 60)
    sessions.close_owner("guest:1")
    assert [_who(sessions, token) for token in (first, second, third)] == [None, None, other]


def test_a_launch_token_lets_in_once() -> None:
    clock = Clock()
    sessions = Sessions(clock)
    token, late = sessions.launch_token(60), sessions.launch_token(60)
    assert sessions.find(token) is None  # it is no session
    assert not sessions.use_launch("x")
    assert sessions.use_launch(token)
    assert not sessions.use_launch(token)
    clock.time += 60
    assert not sessions.use_launch(late)


def test_sessions_without_number_do_not_fill_the_memory() -> None:
    sessions = Sessions(Clock())
    long = sessions.open(ANN, 10_000)
    first = sessions.open(ANN, 10)
    for _ in range(MOST_SESSIONS - 1):
        sessions.open(ANN, 60)
    assert sessions.find(first) is None  # the one that would have ended first
    assert _who(sessions, long) == ANN
