import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from webui.model_manager.precision import (
    Precision,
    candidates,
    choose_precision,
    known_precision,
    remember_precision,
)

CPU, CUDA = torch.device("cpu"), torch.device("cuda")
FP32, BF16, BF16_LAST = (
    Precision(torch.float32, channels_last=True), Precision(torch.bfloat16), Precision(torch.bfloat16, True),
)  # fmt: skip
UNET, TRANSFORMER = "UNet2DConditionModel", "FluxTransformer2DModel"


@pytest.mark.parametrize(
    ("seconds", "chosen"),
    [
        ((1.0, 0.5, 0.6), BF16),
        ((1.0, 0.5, 0.4), BF16_LAST),
        ((1.0, 0.5, 0.49), BF16_LAST),
        ((1.0, 0.97, 0.95), FP32),
        ((1.0, 2.0, 2.0), FP32),
    ],
)
def test_what_is_coarser_must_be_clearly_faster_and_another_memory_format_no_slower(
    seconds: tuple[float, ...], chosen: Precision
) -> None:
    measured = dict(zip((FP32, BF16, BF16_LAST), seconds, strict=True))
    assert choose_precision(measured) == chosen


def test_a_choice_is_remembered_for_the_model_and_what_the_user_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webui.model_manager.precision._cpu_flags", lambda: {"avx512_bf16"})
    memory = tmp_path / "calibration.json"
    chunked = replace(BF16_LAST, chunked_attention=True)
    remember_precision(chunked, {FP32: 1.0, BF16: 0.5, BF16_LAST: 0.4}, key="a", memory=memory)
    remember_precision(BF16, {BF16: 0.5, BF16_LAST: 0.6}, key="a", memory=memory, wanted="bfloat16")
    assert known_precision(CPU, network=UNET, key="a", memory=memory) == chunked
    assert known_precision(CPU, network=UNET, key="a", memory=memory, wanted="bfloat16") == BF16
    assert known_precision(CPU, network=UNET, key="b", memory=memory) is None


@pytest.mark.parametrize(("dtype", "precision"), [("bfloat16", BF16), ("float32", FP32)])
def test_a_choice_without_a_memory_format_keeps_the_one_that_it_had_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dtype: str, precision: Precision
) -> None:
    monkeypatch.setattr("webui.model_manager.precision._cpu_flags", lambda: {"avx512_bf16"})
    memory = tmp_path / "calibration.json"
    remember_precision(BF16_LAST, {BF16_LAST: 1.0}, key="a", memory=memory)
    (key,) = json.loads(memory.read_text())
    memory.write_text(json.dumps({key: {"dtype": dtype, "seconds": {"float32": 1.0, "bfloat16": 0.5}}}))
    assert known_precision(CPU, network=UNET, key="a", memory=memory) == precision


def test_a_machine_without_instructions_for_bf16_measures_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webui.model_manager.precision._cpu_flags", lambda: {"avx2"})
    assert known_precision(CPU, network=UNET, key="a", memory=tmp_path / "none.json") == FP32
    assert candidates(CPU, UNET, "bfloat16") == (BF16, BF16_LAST)


def test_gpus_compute_unets_in_fp16_and_transformers_where_it_would_overflow_in_bf16(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: True)
    assert candidates(CUDA, UNET) == (Precision(torch.float16), Precision(torch.float16, channels_last=True))
    assert candidates(CUDA, TRANSFORMER) == (Precision(torch.bfloat16),)


def test_a_folder_that_cannot_be_written_only_means_measuring_again() -> None:
    memory = Path("/proc/nowhere/calibration.json")
    remember_precision(BF16, {FP32: 1.0, BF16: 0.5}, key="a", memory=memory)
    assert not memory.exists()
