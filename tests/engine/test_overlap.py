import threading

import pytest

from webui.engine.overlap import Overlap


def test_reports_keep_their_order_and_nobody_waits_for_one_that_is_not_ready() -> None:
    overlap: Overlap[str] = Overlap()
    go_on = threading.Event()
    overlap.later(lambda: go_on.wait(10) and "picture")  # pyright: ignore[reportArgumentType]
    overlap.then("recorded")
    assert list(overlap.ready()) == []
    go_on.set()
    assert list(overlap.ready(patience=10)) == ["picture", "recorded"]
    overlap.later(lambda: "another")
    assert list(overlap.rest()) == ["another"]


def test_what_goes_wrong_in_making_one_is_told_to_who_asks_for_it() -> None:
    def fail() -> str:
        raise TimeoutError("on purpose")

    overlap: Overlap[str] = Overlap()
    overlap.later(fail)
    with pytest.raises(TimeoutError, match="on purpose"):
        list(overlap.ready(patience=10))
    with pytest.raises(TimeoutError, match="on purpose"):
        list(overlap.rest())
