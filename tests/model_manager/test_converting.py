import builtins
import os
import pickle
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from webui.errors import InvalidRequest, ModelUnusable
from webui.model_manager.converting import check_size, read_pickled
from webui.model_manager.merge_process import convert
from webui.model_manager.model_tasks import Cancelled


def converted(source: Path) -> dict[str, torch.Tensor]:
    target = source.with_suffix(".safetensors")
    convert(source, target, tell=lambda fraction, words: None, cancelled=lambda: False)
    return load_file(target)


def read(source: Path) -> dict[str, torch.Tensor]:
    """In this process, as there are many of them."""
    with source.open("rb") as file:
        return read_pickled(file, source.name)


def test_a_checkpoints_tensors_are_written_as_they_are(tmp_path: Path) -> None:
    tensors = {"a": torch.randn(30, 30), "b": torch.ones(3).half(), "c": torch.arange(4), "twin": torch.zeros(2)}
    tensors["d"] = tensors["a"].T
    torch.save({"state_dict": tensors, "epoch": 3, "optimizer": {"lr": 0.1}}, tmp_path / "zipped.ckpt")
    torch.save(tensors, tmp_path / "old.pt", _use_new_zipfile_serialization=False)
    for found in (converted(tmp_path / "zipped.ckpt"), read(tmp_path / "old.pt")):
        assert found.keys() == tensors.keys()
        assert all(torch.equal(found[key], each) and found[key].dtype == each.dtype for key, each in tensors.items())
    assert {path.name for path in tmp_path.iterdir()} == {"zipped.ckpt", "zipped.safetensors", "old.pt"}


def test_a_textual_inversion_keeps_its_vectors(tmp_path: Path) -> None:
    vectors = torch.randn(2, 8)
    torch.save({"string_to_param": {"*": torch.nn.Parameter(vectors)}, "name": "ink"}, tmp_path / "ink.pt")
    assert torch.equal(read(tmp_path / "ink.pt")["emb_params"], vectors)


class Calls:
    """Pickled, it asks its reader to call something."""

    def __init__(self, what: Any, *arguments: Any) -> None:
        self._call = what, arguments

    def __reduce__(self) -> Any:
        return self._call


def _pickled(path: Path, value: Any) -> None:
    with path.open("wb") as file:
        pickle.dump(value, file)


def _saved(path: Path, value: Any) -> None:
    torch.save(value, path)


def _zipped(path: Path, value: Any) -> None:
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("archive/data.pkl", pickle.dumps(value))
        file.writestr("archive/version", "3")


def _stack_global(path: Path, value: Any) -> None:
    # STACK_GLOBAL takes names from the stack, where scanners that look for GLOBAL do not see them.
    path.write_bytes(b"\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c" + bytes([len(value)]) + value.encode() + b"\x85R.")


@pytest.mark.parametrize("keep", [_pickled, _saved, _zipped], ids=["plain", "torch", "zip"])
@pytest.mark.parametrize("how", ["system", "exec", "popen", "open", "nested"])
def test_a_hostile_pickle_does_nothing(tmp_path: Path, how: str, keep: Callable[[Path, Any], None]) -> None:
    marker = tmp_path / "marker"
    calls = {
        "system": Calls(os.system, f"touch {marker}"),
        "exec": Calls(builtins.exec, f"open({str(marker)!r}, 'w')"),
        "popen": Calls(subprocess.Popen, ["touch", str(marker)]),
        "open": Calls(builtins.open, str(marker), "w"),
        "nested": {"state_dict": {"a": Calls(os.system, f"touch {marker}")}},
    }
    keep(tmp_path / "evil.ckpt", calls[how])
    with pytest.raises(ModelUnusable):
        read(tmp_path / "evil.ckpt")
    assert {path.name for path in tmp_path.iterdir()} == {"evil.ckpt"}


def test_the_process_refuses_it_too_and_leaves_nothing(tmp_path: Path) -> None:
    _saved(tmp_path / "evil.ckpt", Calls(os.system, f"touch {tmp_path / 'marker'}"))
    with pytest.raises(ModelUnusable, match=r"it names posix\.system"):
        converted(tmp_path / "evil.ckpt")
    assert {path.name for path in tmp_path.iterdir()} == {"evil.ckpt"}


def test_a_call_that_is_named_on_the_stack_is_not_made_either(tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    _stack_global(tmp_path / "evil.pt", f"touch {marker}")
    with pytest.raises(ModelUnusable, match="more than weights"):
        read(tmp_path / "evil.pt")
    assert not marker.exists()


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04 cut short", b"<!doctype html>", b"\x80\x02}q\x00X", b"7z\xbc\xaf\x27\x1c"]
)
def test_a_damaged_file_gets_a_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "broken.ckpt").write_bytes(content)
    with pytest.raises(ModelUnusable, match=r"broken\.ckpt"):
        read(tmp_path / "broken.ckpt")


def test_a_file_that_unpacks_to_far_more_than_it_is_is_refused_with_the_numbers(tmp_path: Path) -> None:
    source = tmp_path / "bomb.pt"
    # One number, said to be repeated: a tensor of strides 0 that would take 80 GB if it were written out.
    torch.save({"a": torch.zeros(1).expand(20_000_000_000)}, source)
    with pytest.raises(ModelUnusable, match="its tensors would have 80,000,000,000"):
        check_size(read(source), source.stat().st_size, source.name)


def test_a_file_that_is_there_is_not_written_over_and_one_that_is_cancelled_is_not_there(tmp_path: Path) -> None:
    torch.save({"a": torch.ones(2)}, tmp_path / "a.pt")
    (tmp_path / "a.safetensors").write_text("mine")
    with pytest.raises(InvalidRequest, match=r"There is 'a\.safetensors' already"):
        converted(tmp_path / "a.pt")
    with pytest.raises(Cancelled):
        convert(tmp_path / "a.pt", tmp_path / "b.safetensors", tell=lambda *_: None, cancelled=lambda: True)
    assert {path.name for path in tmp_path.iterdir()} == {"a.pt", "a.safetensors"}
