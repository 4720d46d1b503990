"""The page of attacks names tests, and they are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
ROWS = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith(("| attack", "| ---"))]


def test_there_are_many_attacks() -> None:
    assert len(ROWS) > 35


@pytest.mark.parametrize("row", ROWS, ids=[row[2:50] for row in ROWS])
def test_every_attack_has_a_control_and_a_test_that_exists(row: str) -> None:
    attack, control, tests = (cell.strip() for cell in row.strip("|").split(" | "))
    assert attack
    assert control
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", tests)
    assert named, "no test is named"
    for file, name in named:
        assert (ROOT / file).is_file(), file
        assert not name or re.search(rf"^(async )?def {name}\(", (ROOT / file).read_text(), re.MULTILINE), (file, name)
