import random
import subprocess
from pathlib import Path

import pytest

from webui.extensions.installing.text_diff import TextDiff

BEFORE = "\n".join(f"line {number}" for number in range(20)) + "\n"


def test_a_difference_can_be_applied(tmp_path: Path) -> None:
    after = BEFORE.replace("line 3", "line three").replace("line 17\n", "")
    text = TextDiff().of("a.txt", BEFORE.encode(), after.encode())
    assert _applied(tmp_path, text) == after


@pytest.mark.parametrize("seed", range(12))
def test_any_difference_can_be_applied(seed: int, tmp_path: Path) -> None:
    draw = random.Random(seed)
    one = [f"w{draw.randrange(9)}" for _ in range(draw.randrange(1, 40))]
    other = list(one)
    for _ in range(draw.randrange(1, 5)):
        place = draw.randrange(len(other) + 1)
        other[place : place + draw.randrange(3)] = [f"new{draw.randrange(9)}"] * draw.randrange(3)
    before, after = ("".join(f"{line}\n" for line in lines) for lines in (one, other or ["x"]))
    if before == after:
        return
    (tmp_path / "a.txt").write_text(before)
    assert _applied(tmp_path, TextDiff().of("a.txt", before.encode(), after.encode())) == after


def test_a_long_file_with_one_change_is_compared_at_once() -> None:
    lines = [str(number % 3) for number in range(150_000)]
    changed = [*lines[:70_000], "new", *lines[70_000:]]
    text = TextDiff().of("a.txt", "\n".join(lines).encode(), "\n".join(changed).encode())
    assert text.splitlines()[2] == "@@ -69998,6 +69998,7 @@"


def test_past_the_bound_the_difference_is_coarse_and_still_right(tmp_path: Path) -> None:
    draw = random.Random(5)
    words = [f"w{draw.randrange(99)}" for _ in range(9000)]
    one = "\n".join(["first", "second", "third", "fourth", *words, "last", "end"]) + "\n"
    draw.shuffle(words)
    other = "\n".join(["first", "second", "third", "fourth", *words, "last", "end"]) + "\n"
    text = TextDiff().of("a.txt", one.encode(), other.encode())
    assert text.count("@@ -") == 1
    (tmp_path / "a.txt").write_text(one)
    assert _applied(tmp_path, text) == other


def test_what_is_no_text_or_too_long_has_no_difference() -> None:
    diff = TextDiff()
    assert diff.of("a.bin", b"\0one", b"\0two") == ""
    assert diff.of("a.bin", b"\xff", b"two") == ""
    assert diff.of("a.txt", b"x" * 600_000, b"two") == ""
    assert diff.of("a.txt", b"x" * 450_000, b"two") == ""
    assert diff.of("a.txt", b"x" * 300_000, b"two") != ""
    assert diff.of("b.txt", b"x" * 300_000, b"two") == ""


def _applied(folder: Path, text: str) -> str:
    if not (folder / "a.txt").exists():
        (folder / "a.txt").write_text(BEFORE)
    subprocess.run(["git", "apply", "-"], cwd=folder, input=text + "\n", text=True, check=True)
    return (folder / "a.txt").read_text()
