from pathlib import Path

import gguf
import numpy as np
import pytest
from gguf.constants import GGML_QUANT_SIZES

from tests.model_manager.catalogue.header_files import write_gguf
from webui.errors import ModelUnusable
from webui.model_manager.catalogue.gguf_header import TYPES, read_gguf_header


def test_a_header_is_read_as_the_formats_own_program_wrote_it(tmp_path: Path) -> None:
    path = tmp_path / "x.gguf"
    writer = gguf.GGUFWriter(path, "flux")
    writer.add_name("a model")
    writer.add_array("tokens", ["a", "b"])
    writer.add_array("scores", [1.0, 2.0])
    writer.add_tensor("img_in.weight", np.zeros((3, 64), np.float32))
    writer.add_tensor("b", np.zeros((2, 64), np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    header = read_gguf_header(path)
    assert header.tensors == {"img_in.weight": ("F32", (3, 64)), "b": ("F16", (2, 64))}
    assert header.metadata["general.architecture"] == "flux"
    assert header.metadata["general.name"] == "a model"


def test_the_types_are_those_of_the_format() -> None:
    for number, (name, block, size) in TYPES.items():
        kind = gguf.GGMLQuantizationType(number)
        assert (kind.name, GGML_QUANT_SIZES[kind]) == (name, (block, size))


def test_a_truncated_file_is_told_with_both_sizes(tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "x.gguf", {"a": (4, 32)})
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(ModelUnusable, match="truncated: it has"):
        read_gguf_header(path)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty file"),
        (b"<html>", "web page"),
        (b"GGUF", "truncated within its header"),
        (b"GGUF" + bytes([1, 0, 0, 0]) + bytes(16), "version 1"),
        (b"GGUF" + bytes([3, 0, 0, 0]) + b"\xff" * 16, "at most 100,000"),
    ],
)
def test_what_is_no_gguf_file_gets_its_own_sentence(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "x.gguf"
    path.write_bytes(content)
    with pytest.raises(ModelUnusable, match=says):
        read_gguf_header(path)
