"""Roles and the people who have them."""

import pytest

from webui.access.principal import HOUSE, Principal
from webui.access.roles import Role


def test_a_larger_role_may_do_more() -> None:
    assert Role.VIEWER < Role.GUEST < Role.USER < Role.ADMIN


def test_only_administrators_may_act_for_the_house() -> None:
    with pytest.raises(ValueError, match="administrators"):
        Principal(Role.USER, "")


def test_only_an_administrator_sees_what_others_own() -> None:
    assert HOUSE.scope is None
    guest = Principal(Role.GUEST, "guest:x")
    assert guest.scope == "guest:x"
    assert not guest.sees_everything
    assert Principal(Role.ADMIN, "account:ann").scope is None
