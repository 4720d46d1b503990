"""Shelves are filled chunk by chunk, and keep what they hold."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bundled_model.learning.parallel import Share
from bundled_model.learning.shelf import CHUNK, Shelf
from bundled_model.learning.stopping import Stop
from bundled_model.learning.training import generator_for


def shelf_in(folder: Path, rows: int) -> Shelf:
    return Shelf(folder, "numbers", rows, {"square": (np.int32, (2,))})


def squares(calls: list[range], then: Callable[[], None] = lambda: None) -> Callable[[range], dict[str, np.ndarray]]:
    def make(rows: range) -> dict[str, np.ndarray]:
        calls.append(rows)
        then()
        return {"square": np.array([[row, row * row] for row in rows])}

    return make


def test_each_row_holds_what_was_made_for_it(tmp_path: Path) -> None:
    shelf = shelf_in(tmp_path, 70)
    assert shelf.rows == 64
    assert shelf.fill(squares([]), Share(), Stop())
    assert shelf.is_full()
    assert shelf_in(tmp_path, 70).fields["square"][50].tolist() == [50, 2500]


def test_a_stopped_fill_goes_on_with_the_chunks_that_are_missing(tmp_path: Path) -> None:
    stop = Stop()
    calls: list[range] = []

    def ask() -> None:
        stop.asked = len(calls) == 2

    assert not shelf_in(tmp_path, 4 * CHUNK).fill(squares(calls, ask), Share(), stop)
    assert shelf_in(tmp_path, 4 * CHUNK).ready().tolist() == list(range(2 * CHUNK))
    assert shelf_in(tmp_path, 4 * CHUNK).fill(squares(calls), Share(), Stop())
    assert [rows.start // CHUNK for rows in calls] == [0, 1, 2, 3]


def test_shares_meet_in_one_whole(tmp_path: Path) -> None:
    first, second = shelf_in(tmp_path, 3 * CHUNK), shelf_in(tmp_path, 3 * CHUNK)
    assert first.fill(squares([]), Share(0, 2), Stop())
    assert not second.is_full()
    assert second.fill(squares([]), Share(1, 2), Stop())
    assert first.is_full()


def test_a_longer_shelf_keeps_what_the_shorter_one_held(tmp_path: Path) -> None:
    shelf_in(tmp_path, CHUNK).fill(squares([]), Share(), Stop())
    calls: list[range] = []
    longer = shelf_in(tmp_path, 3 * CHUNK)
    longer.fill(squares(calls), Share(), Stop())
    assert [rows.start for rows in calls] == [CHUNK, 2 * CHUNK]
    assert longer.fields["square"][:, 0].tolist() == list(range(3 * CHUNK))
    assert shelf_in(tmp_path, CHUNK).is_full()


def test_only_rows_that_are_written_are_picked(tmp_path: Path) -> None:
    shelf = shelf_in(tmp_path, 4 * CHUNK)
    with pytest.raises(ValueError, match="nothing is written"):
        shelf.pick(1, generator_for(1, 0))
    shelf.fill(squares([]), Share(1, 2), Stop())
    picked = shelf.pick(100, generator_for(1, 0))
    assert {row // CHUNK for row in picked} == {1, 3}
    assert picked == shelf.pick(100, generator_for(1, 0))


def test_an_emptied_shelf_holds_nothing(tmp_path: Path) -> None:
    shelf = shelf_in(tmp_path, CHUNK)
    shelf.fill(squares([]), Share(), Stop())
    shelf.empty()
    assert not shelf.ready().size
