"""Guessing takes long."""

from webui.access.attempts import FIRST_WAIT_S, FORGOTTEN_AFTER_S, FREE_TRIES, LONGEST_WAIT_S, MOST_REMEMBERED, Attempts


class Clock:
    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


def _tried(times: int, *keys: str) -> tuple[Attempts, Clock]:
    clock = Clock()
    attempts = Attempts(now=clock)
    for _ in range(times):
        attempts.failed(*keys)
    return attempts, clock


def test_the_first_tries_are_free() -> None:
    attempts, _ = _tried(FREE_TRIES - 1, "a")
    assert attempts.wait_s("a") == 0
    attempts.failed("a")
    assert attempts.wait_s("a") == FIRST_WAIT_S


def test_each_further_wait_is_twice_as_long_up_to_a_quarter_of_an_hour() -> None:
    attempts, clock = _tried(FREE_TRIES, "a")
    waits = []
    for _ in range(7):
        waits.append(attempts.wait_s("a"))
        clock.time += waits[-1]
        assert attempts.wait_s("a") == 0
        attempts.failed("a")
    assert waits == [60, 120, 240, 480, 900, 900, 900]
    assert waits[-1] == LONGEST_WAIT_S


def test_an_address_waits_for_all_names_and_a_name_for_all_addresses() -> None:
    attempts, _ = _tried(FREE_TRIES, "address 1", "name ann")
    assert attempts.wait_s("address 1", "name bob")
    assert attempts.wait_s("address 2", "name ann")
    assert not attempts.wait_s("address 2", "name bob")


def test_a_right_password_and_an_hour_make_it_forgotten() -> None:
    attempts, clock = _tried(FREE_TRIES, "a", "b")
    attempts.succeeded("a")
    assert not attempts.wait_s("a")
    assert attempts.wait_s("b")
    clock.time += FORGOTTEN_AFTER_S + 1
    attempts.failed("b")
    assert not attempts.wait_s("b")


def test_addresses_without_number_do_not_fill_the_memory() -> None:
    attempts, _ = _tried(FREE_TRIES, "first")
    for number in range(MOST_REMEMBERED):
        attempts.failed(f"{number}")
    assert not attempts.wait_s("first")
