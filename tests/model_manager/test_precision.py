from pathlib import Path

import torch

from webui.model_manager.precision import best_time, choose_dtype

FP32, BF16 = torch.float32, torch.bfloat16


def test_the_coarser_dtype_must_be_clearly_faster(tmp_path: Path) -> None:
    memory = tmp_path / "calibration.json"
    assert choose_dtype({FP32: 1.0, BF16: 0.5}, key="a", memory=memory) is BF16
    assert choose_dtype({FP32: 1.0, BF16: 0.97}, key="b", memory=memory) is FP32
    assert choose_dtype({FP32: 1.0, BF16: 2.0}, key="c", memory=memory) is FP32


def test_a_folder_that_cannot_be_written_only_means_measuring_again() -> None:
    assert choose_dtype({FP32: 1.0, BF16: 0.5}, key="a", memory=Path("/proc/nowhere/calibration.json")) is BF16


def test_the_best_time_leaves_the_warm_up_out() -> None:
    calls: list[int] = []
    best_time(lambda: calls.append(1))
    assert 2 <= len(calls) <= 6
