"""How much anybody may ask in a minute."""

import pytest

from webui.access.principal import HOUSE, Principal
from webui.access.roles import Role
from webui.server.access.rate_limits import GUESTS, MEMBERS, STRANGERS, RateLimits, Rates

GUEST = Principal(Role.GUEST, "guest:1", link="l")
ADMIN = Principal(Role.ADMIN, "", "root")


@pytest.mark.parametrize(("principal", "rates"), [(None, STRANGERS), (GUEST, GUESTS), (ADMIN, MEMBERS)])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_beyond_the_rate_one_has_to_wait(principal: Principal | None, rates: Rates, method: str) -> None:
    limits = RateLimits()
    rate = rates.looking if method == "GET" else rates.changing
    assert not any(limits.wait_s(method, principal, "1.2.3.4") for _ in range(rate))
    assert 1 <= limits.wait_s(method, principal, "1.2.3.4") <= 60


def test_looking_leaves_room_for_changing_and_nobody_takes_anothers() -> None:
    limits = RateLimits()
    while not limits.wait_s("GET", None, "1.2.3.4"):
        pass
    assert not limits.wait_s("POST", None, "1.2.3.4")
    assert not limits.wait_s("GET", None, "1.2.3.5")
    assert not limits.wait_s("GET", GUEST, "1.2.3.4")


def test_whoever_is_at_this_machine_is_not_counted() -> None:
    limits = RateLimits()
    assert not any(limits.wait_s("POST", HOUSE, "127.0.0.1") for _ in range(MEMBERS.changing + 1))


def test_a_live_preview_stays_below_the_rate_of_a_guest() -> None:
    assert GUESTS.looking >= 20 * 60
