import errno
import os
from pathlib import Path

import pytest

from webui.library.journal import MAGIC, Journal, read_frames

FRAMES = [b"first", b"", b"a third one", bytes(300)]


def _written(path: Path) -> list[int]:
    """A journal of the frames; the sizes of the file after each of them."""
    sizes = []
    with Journal(path) as journal:
        for frame in FRAMES:
            journal.append([frame[:2], memoryview(frame)[2:]])
            sizes.append(path.stat().st_size)
    return sizes


def _read(path: Path) -> list[bytes]:
    return [frame for _, frame in read_frames(path)]


def test_frames_come_back_in_order_with_their_places(tmp_path: Path) -> None:
    path = tmp_path / "a.journal"
    _written(path)
    content = path.read_bytes()
    found = list(read_frames(path))
    assert [frame for _, frame in found] == FRAMES
    assert all(content[offset : offset + len(frame)] == frame for offset, frame in found)


def test_cut_at_any_byte_every_whole_frame_is_read_and_the_journal_can_be_gone_on_with(tmp_path: Path) -> None:
    path, cut = tmp_path / "a.journal", tmp_path / "cut.journal"
    sizes = _written(path)
    content = path.read_bytes()
    for end in range(len(content) + 1):
        cut.write_bytes(content[:end])
        whole = FRAMES[: sum(size <= end for size in sizes)]
        assert _read(cut) == whole
        with Journal(cut) as journal:
            journal.append([b"next"])
        assert _read(cut) == [*whole, b"next"]


def test_one_wrong_byte_anywhere_ends_the_journal_there(tmp_path: Path) -> None:
    path, changed = tmp_path / "a.journal", tmp_path / "changed.journal"
    sizes = _written(path)
    content = bytearray(path.read_bytes())
    for place in range(len(content)):
        content[place] ^= 0x55
        changed.write_bytes(content)
        content[place] ^= 0x55
        before = sum(size <= place for size in sizes)
        assert _read(changed) == (FRAMES[:before] if place >= len(MAGIC) else [])


def test_a_length_beyond_the_file_reserves_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.journal"
    path.write_bytes(MAGIC + (2**32 - 1).to_bytes(4, "little") + bytes(4) + b"little")
    assert _read(path) == []


def test_a_file_that_is_no_journal_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "a.journal"
    path.write_bytes(b"something else altogether")
    with Journal(path) as journal:
        journal.append([b"x"])
    assert _read(path) == [b"x"]


def test_a_disk_that_takes_half_a_frame_leaves_those_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.journal"
    real = os.write
    with Journal(path) as journal:
        journal.append([b"kept"])

        def full(handle: int, data: memoryview) -> int:
            if len(data) > 100:
                return real(handle, bytes(data[:100]))
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        with monkeypatch.context() as patch:
            patch.setattr(os, "write", full)
            with pytest.raises(OSError, match="space"):
                journal.append([bytes(300)])
    assert _read(path) == [b"kept"]


def test_a_removed_journal_is_gone(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "a.journal")
    journal.append([b"x"])
    journal.remove()
    journal.remove()
    assert not list(tmp_path.iterdir())
