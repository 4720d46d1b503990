import json
import os
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from webui.errors import ModelUnusable
from webui.model_manager.loading import weight_files
from webui.model_manager.loading.weight_files import promised, promised_folder

CPU = torch.device("cpu")


@pytest.fixture
def tensors() -> dict[str, torch.Tensor]:
    torch.manual_seed(0)
    return {
        "qkv": torch.randn(12, 5).half(), "conv": torch.randn(6, 4, 3, 3), "scale": torch.tensor(2.5),
        "count": torch.arange(7), "none": torch.zeros(0, 3), "fine": torch.randn(3).to(torch.float8_e4m3fn),
    }  # fmt: skip


@pytest.fixture
def file(tensors: dict[str, torch.Tensor], tmp_path: Path) -> Path:
    save_file(tensors, tmp_path / "model.safetensors")
    return tmp_path / "model.safetensors"


def _same(one: torch.Tensor, other: torch.Tensor) -> bool:
    return one.dtype == other.dtype and torch.equal(one.float(), other.float())


def test_a_promise_has_shape_and_dtype_before_anything_is_read(file: Path, tensors: dict[str, torch.Tensor]) -> None:
    for name, promise in promised(file).items():
        assert (promise.shape, promise.dtype, promise.device.type) == (
            tensors[name].shape, tensors[name].dtype, "meta"
        )  # fmt: skip


def test_what_is_read_is_what_was_written(file: Path, tensors: dict[str, torch.Tensor]) -> None:
    assert all(_same(promise.read(), tensors[name]) for name, promise in promised(file).items())


@pytest.mark.parametrize("at_once", [8, 2**22])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_weights_are_converted_and_laid_out_while_they_are_read(
    file: Path, tensors: dict[str, torch.Tensor], dtype: torch.dtype, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weight_files, "_SCRATCH_BYTES", at_once)
    monkeypatch.setattr(weight_files, "_threads", type(weight_files._threads)())
    for name, promise in promised(file).items():
        four = promise.dim() == 4
        read = promise.read_as(CPU, dtype, torch.channels_last if four else torch.preserve_format)
        assert _same(read, tensors[name].to(dtype) if tensors[name].is_floating_point() else tensors[name])
        assert not four or read.is_contiguous(memory_format=torch.channels_last)


def test_what_is_done_to_promises_is_done_when_they_are_read(file: Path, tensors: dict[str, torch.Tensor]) -> None:
    promise, real = promised(file)["qkv"], tensors["qkv"]
    first, _, third = promise.chunk(3, dim=0)
    assert _same(torch.cat([third, first]).read(), torch.cat([real[8:], real[:4]]))
    assert _same(promise.T.contiguous().read(), real.T)
    assert _same(promise[2:5].clone().detach().read(), real[2:5])
    assert _same(torch.split(promise, (7, 5))[1].read(), real[7:])
    assert _same(promise[:, 1].read(), real[:, 1])
    assert _same((promise.float() * promised(file)["scale"]).read(), real.float() * 2.5)


def test_a_part_of_the_rows_is_read_without_the_others(
    file: Path, tensors: dict[str, torch.Tensor], monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    real = weight_files._OpenFile.read_into

    def heard(file: Any, space: memoryview, start: int) -> None:
        read.append(len(space))
        real(file, space, start)

    monkeypatch.setattr(weight_files._OpenFile, "read_into", heard)
    third = torch.cat([promised(file)["qkv"].chunk(3, dim=0)[2]])
    assert _same(third.read(), tensors["qkv"][8:])
    assert read == [4 * 5 * 2]


def test_a_file_that_is_cut_short_after_its_header_was_read_is_an_error_and_no_crash(file: Path) -> None:
    promises = promised(file)
    os.truncate(file, 400)
    with pytest.raises(OSError, match="shorter"):
        [promise.read() for promise in promises.values()]


def test_an_index_says_which_files_a_part_has(tmp_path: Path) -> None:
    for number, name in enumerate(("a", "b"), 1):
        save_file({name: torch.ones(2)}, tmp_path / f"model-0000{number}-of-00002.safetensors")
    save_file({"old": torch.ones(2)}, tmp_path / "left-over.safetensors")
    named = {name: f"model-0000{number}-of-00002.safetensors" for number, name in enumerate(("a", "b"), 1)}
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps({"weight_map": named}))
    assert promised_folder(tmp_path).keys() == {"a", "b"}
    (tmp_path / "model-00002-of-00002.safetensors").unlink()
    with pytest.raises(ModelUnusable, match="model-00002-of-00002"):
        promised_folder(tmp_path)


def test_files_of_half_precision_are_read_where_there_are_no_others(tmp_path: Path) -> None:
    save_file({"half": torch.ones(2)}, tmp_path / "model.fp16.safetensors")
    assert promised_folder(tmp_path).keys() == {"half"}
    save_file({"full": torch.ones(2)}, tmp_path / "model.safetensors")
    assert promised_folder(tmp_path).keys() == {"full"}
