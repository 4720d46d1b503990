from typing import Any

import pytest

from webui.errors import InvalidRequest
from webui.sharing.public_link import Level
from webui.sharing.share_order import ShareOrder


def test_an_order_has_sensible_values_where_nothing_is_said() -> None:
    order = ShareOrder.from_json({"provider": "ssh", "ssh": {"destination": "me@example.org"}})
    assert (order.minutes, order.level, order.jobs_per_guest) == (60, Level.GENERATE, 20)
    assert order.options == {"destination": "me@example.org"}


def test_what_has_no_end_is_null() -> None:
    order = ShareOrder.from_json(
        {"ssh": None, "gradio": None, "minutes": None, "jobs_per_guest": None, "level": "look"}
    )
    assert (order.provider, order.minutes, order.jobs_per_guest, order.level) == ("gradio", None, None, Level.LOOK)


@pytest.mark.parametrize(
    ("values", "field"),
    [({"minutes": value}, "minutes") for value in (0, -1, "15", True, float("nan"), float("inf"), 10**9)]
    + [({"jobs_per_guest": value}, "jobs_per_guest") for value in (0, -1, 1.5, "3", True, 10**9)]
    + [({"level": value}, "level") for value in ("admin", None, 3, [])]
    + [({"provider": value}, "provider") for value in ("minutes", None, 3)]
    + [({"gradio": "x"}, "gradio"), ({"password": ""}, "password"), ({"ssh": {}}, "ssh")],
)
def test_what_cannot_be_is_refused_by_its_field(values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        ShareOrder.from_json(values)
    assert refused.value.field == field
