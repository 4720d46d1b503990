import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load, save

from webui.library.raw_tensors import LENGTH_BYTES, MalformedTensors, RawTensor, packed, parse_header, unpacked

TENSORS = {
    "one": RawTensor("F32", (2, 3), np.arange(6, dtype=np.float32).tobytes()),
    "empty": RawTensor("U8", (0,), b""),
}


def test_what_is_packed_is_a_file_of_the_format() -> None:
    content = b"".join(packed(TENSORS, {"kind": "test"}))
    read = load(content)
    assert read["one"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert read["empty"].shape == (0,)


def test_what_another_program_packed_is_read() -> None:
    content = save({"a": np.ones((2, 2), np.float16), "b": np.zeros(3, np.uint8)}, {"x": "y"})
    tensors, texts = unpacked(content)
    assert texts == {"x": "y"}
    assert (tensors["a"].dtype, tensors["a"].shape, bytes(tensors["b"].data)) == ("F16", (2, 2), bytes(3))


def _header(**entries: object) -> bytes:
    return json.dumps(entries).encode()


GOOD = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"{",
        b"[" * 100_000,
        b"[]",
        b"9" * 5_000,
        _header(__metadata__=[]),
        _header(__metadata__={"a": 1}),
        _header(a=1),
        _header(a={}),
        _header(a=GOOD | {"dtype": "I64"}),
        _header(a=GOOD | {"dtype": ["F32"]}),
        _header(a=GOOD | {"shape": [-2]}),
        _header(a=GOOD | {"shape": [2.0]}),
        _header(a=GOOD | {"shape": [True, 2]}),
        _header(a=GOOD | {"shape": "2"}),
        _header(a=GOOD | {"shape": [1] * 9 + [2]}),
        _header(a=GOOD | {"shape": [10**30]}),
        _header(a=GOOD | {"data_offsets": [0]}),
        _header(a=GOOD | {"data_offsets": [0, 12]}),
        _header(a=GOOD | {"data_offsets": [8, 0]}),
        _header(a=GOOD | {"data_offsets": [4, 12]}),
        _header(a=GOOD, b=GOOD),
        _header(a=GOOD, b=GOOD | {"data_offsets": [12, 20]}),
    ],
)
def test_a_header_that_cannot_be_is_told_and_nothing_else_happens(header: bytes) -> None:
    with pytest.raises(MalformedTensors):
        parse_header(header)


def test_a_file_that_is_cut_off_anywhere_is_told() -> None:
    content = b"".join(packed(TENSORS, {}))
    for end in range(len(content)):
        with pytest.raises(MalformedTensors):
            unpacked(content[:end])
    with pytest.raises(MalformedTensors, match="promises"):
        unpacked(content + b"x")


def test_the_tensors_begin_at_a_multiple_of_eight_bytes(tmp_path: Path) -> None:
    head = packed(TENSORS, {"name": "é"})[0]
    assert len(head) % 8 == 0
    assert int.from_bytes(head[:LENGTH_BYTES], "little") == len(head) - LENGTH_BYTES
