import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from webui.errors import ModelUnusable
from webui.model_manager.catalogue.safetensors_header import read_header


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    path = tmp_path / "weights.safetensors"
    save_file({"a": np.zeros((2, 3), np.float32), "b": np.zeros(4, np.float16)}, path, metadata={"made": "here"})
    return path


def test_a_header_tells_names_types_shapes_and_metadata(weights: Path) -> None:
    header = read_header(weights)
    assert header.tensors == {"a": ("F32", (2, 3)), "b": ("F16", (4,))}
    assert header.metadata == {"made": "here"}


def test_a_truncated_file_is_told_with_both_sizes(weights: Path) -> None:
    content = weights.read_bytes()
    weights.write_bytes(content[:-5])
    with pytest.raises(ModelUnusable, match=f"truncated: it has {len(content) - 5:,} bytes .* {len(content):,}"):
        read_header(weights)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty file"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"version https://git-lfs", "Git LFS pointer"),
        (b"\xff" * 64, "not a safetensors file"),
        ((100).to_bytes(8, "little") + b"{}", "truncated"),
        ((2).to_bytes(8, "little") + b"[]", "not a safetensors file"),
        ((9).to_bytes(8, "little") + b'{"a": 1 }', "damaged header"),
        ((4).to_bytes(8, "little") + b"\xff\xfe\x00\x01", "not a safetensors file"),
    ],
)
def test_what_is_no_safetensors_file_gets_its_own_sentence(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "bad.safetensors"
    path.write_bytes(content)
    with pytest.raises(ModelUnusable, match=says):
        read_header(path)


def test_a_missing_file_and_a_folder_are_refused_in_a_sentence(tmp_path: Path) -> None:
    for path in (tmp_path / "nothing", tmp_path):
        with pytest.raises(ModelUnusable, match="cannot be read"):
            read_header(path)


def test_a_header_may_not_promise_more_than_the_file_holds(tmp_path: Path) -> None:
    header = json.dumps({"a": {"dtype": "F32", "shape": [10**9], "data_offsets": [0, 4 * 10**9]}}).encode()
    path = tmp_path / "huge.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header)
    with pytest.raises(ModelUnusable, match="truncated"):
        read_header(path)
