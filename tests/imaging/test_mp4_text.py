import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webui.imaging.metadata import Embedded, embedded_text
from webui.imaging.mp4_text import mp4_comment


def _box(name: bytes, content: bytes, *, long: bool = False) -> bytes:
    if long:
        return struct.pack(">I", 1) + name + struct.pack(">Q", len(content) + 16) + content
    return struct.pack(">I", len(content) + 8) + name + content


def _film(comment: str, *, long: bool = False) -> bytes:
    data = _box(b"data", struct.pack(">II", 1, 0) + comment.encode())
    listed = _box(b"ilst", _box(b"\xa9too", b"\0" * 16) + _box(b"\xa9cmt", data))
    meta = _box(b"meta", b"\0" * 4 + _box(b"hdlr", b"\0" * 25) + listed)
    moov = _box(b"moov", _box(b"mvhd", b"\0" * 100) + _box(b"udta", meta, long=long), long=long)
    return _box(b"ftyp", b"isom\0\0\2\0isomavc1") + _box(b"mdat", b"\xff" * 50, long=long) + moov


@pytest.mark.parametrize("long", [False, True])
def test_the_comment_is_found_among_the_other_boxes(long: bool) -> None:
    assert mp4_comment(_film("a boat, 猫\nSteps: 2", long=long)) == "a boat, 猫\nSteps: 2"


def test_an_mp4_is_known_by_its_beginning() -> None:
    assert embedded_text(_film("a boat")) == Embedded(infotext="a boat")


def test_a_film_without_a_comment_has_none() -> None:
    assert mp4_comment(_box(b"ftyp", b"isom") + _box(b"moov", b"")) is None
    assert mp4_comment(_film("")) is None
    assert mp4_comment(b"") is None


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_damaged_files_never_raise(data: st.DataObject) -> None:
    content = bytearray(_film("a boat", long=data.draw(st.booleans())))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.sampled_from([0, 1, 8, 127, 255]))
    del content[data.draw(st.integers(0, len(content))) :]
    mp4_comment(bytes(content))
