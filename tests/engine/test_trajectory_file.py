import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from tests.engine.recordings import write_recording
from tests.library.edited_recordings import edited, with_header, zeros
from webui.diffusion.trajectory import Trajectory, replay
from webui.engine.trajectory_file import load, raw
from webui.errors import TrajectoryNotFound, TrajectoryUnreadable
from webui.library.raw_tensors import RawTensor
from webui.library.trajectory_files import MAX_FILE_BYTES, read_summary


def _refused(path: Path) -> str:
    with pytest.raises(TrajectoryUnreadable) as caught:
        load(path)
    assert "\n" not in caught.value.message
    return caught.value.message


def test_a_file_is_read_with_every_tensor_as_other_readers_read_it(tmp_path: Path) -> None:
    path = write_recording(tmp_path, seeds=(7, 8), guidance=True)
    trajectory, tensors = load(path), load_file(path)
    (record,) = trajectory.passes
    assert trajectory.summary(complete=True) == read_summary(path)
    assert torch.equal(record.start, tensors["pass0.start"])
    assert torch.equal(torch.stack(record.predictions), tensors["pass0.predictions"])
    assert torch.equal(torch.stack([negative for _, negative in record.parts]), tensors["pass0.negative"])
    assert torch.equal(torch.stack(record.turns[0].generators), tensors["pass0.turn0.generators"])
    assert len(list(replay(trajectory))) == 10


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16, torch.uint8])
def test_tensors_of_every_dtype_come_to_bytes_and_back(tmp_path: Path, dtype: torch.dtype) -> None:
    tensor = (torch.randn(2, 4, 3, 5).movedim(1, 2) * 40).to(dtype)
    written = raw(tensor)
    assert bytes(written.data) == tensor.contiguous().view(torch.uint8).numpy().tobytes()
    assert written.shape == (2, 3, 4, 5)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(TrajectoryNotFound, match="no such recording"):
        load(tmp_path / "nothing.safetensors")


def test_a_truncated_file_is_told_wherever_it_was_cut(tmp_path: Path) -> None:
    path = write_recording(tmp_path)
    content = path.read_bytes()
    places = {0, 1, 7, 8, 9, 200, len(content) // 2, len(content) - 1, *range(0, len(content), 331)}
    for end in sorted(places):
        path.write_bytes(content[:end])
        assert "truncated" in _refused(path)
    path.write_bytes(content + b"\0")
    assert "is damaged: it has" in _refused(path)


@pytest.mark.parametrize(
    "content",
    [
        b"<!doctype html><html>not found</html>",
        b"\x89PNG\r\n\x1a\n" + bytes(500),
        b"version https://git-lfs.github.com/spec/v1\n" + bytes(200),
        (10).to_bytes(8, "little") + b"[" * 10,
        (2**40).to_bytes(8, "little") + bytes(100),
        (9 * 2**20).to_bytes(8, "little") + bytes(9 * 2**20),
    ],
)
def test_what_is_no_recording_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.safetensors"
    path.write_bytes(content)
    assert path.name in _refused(path)


def test_another_programs_safetensors_file_is_told(tiny_models_dir: Path) -> None:
    weights = next(tiny_models_dir.glob("checkpoints/tiny/unet/*.safetensors"))
    assert "another program's safetensors file" in _refused(weights)


def test_an_oversized_file_is_not_read(tmp_path: Path) -> None:
    path = write_recording(tmp_path)
    with path.open("ab") as file:
        file.truncate(MAX_FILE_BYTES + 1)  # a hole: it takes nothing of the disk
    assert "is too large: it has 2,147,483,649 bytes" in _refused(path)


def test_a_tensor_larger_than_the_file_reserves_no_memory(tmp_path: Path) -> None:
    def claim(entries: dict[str, Any]) -> None:
        entries["pass0.predictions"] |= {"shape": [10, 1, 4, 2**14, 2**14], "data_offsets": [0, 4 * 10 * 4 * 2**28]}

    assert "no recording" in _refused(with_header(write_recording(tmp_path), claim))


def _with_nan(tensors: dict[str, RawTensor]) -> None:
    start = torch.randn(1, 4, 8, 8)
    start[0, 1, 2, 3] = torch.nan
    tensors["pass0.start"] = raw(start)


def test_latents_that_are_not_numbers_are_told(tmp_path: Path) -> None:
    message = _refused(edited(write_recording(tmp_path), tensors=_with_nan))
    assert "pass0.start has values that are not numbers" in message


@pytest.mark.parametrize("state", [zeros(1, 5056, dtype="U8"), zeros(1, 16, dtype="U8"), zeros(1, 5055, dtype="U8")])
def test_a_random_state_that_no_generator_can_have_is_told(tmp_path: Path, state: RawTensor) -> None:
    path = edited(write_recording(tmp_path), tensors=lambda tensors: tensors.update({"pass0.turn0.generators": state}))
    assert "random state" in _refused(path)


def _config(**values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda summary: summary["header"]["model"]["scheduler_config"].update(values)


def _plan(**values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda summary: summary["passes"][0].update(values)


@pytest.mark.parametrize(
    "change",
    [
        _config(beta_schedule="nonsense"),
        _config(beta_schedule=None),
        _config(beta_start="a lot"),
        _config(beta_start=5.0, beta_end=9.0),
        _config(num_train_timesteps=3),
        _config(trained_betas=[0.5]),
        _config(trained_betas=["x"] * 1000),
        _config(prediction_type="everything"),
        _config(timestep_spacing="nowhere"),
        _config(steps_offset=-5000),
        lambda summary: summary["header"]["model"].update(scheduler_config={}),
        _plan(sampler="DPM++ 2M SDE"),
        _plan(schedule="Karras"),
        _plan(steps=11),
        _plan(begin=2),
        _plan(timesteps=[float(t) for t in range(10)]),
        _plan(sigmas=[1.0] * 11),
    ],
)
def test_a_schedule_that_is_not_the_walks_own_is_told_and_not_replayed(
    tmp_path: Path, change: Callable[[dict[str, Any]], None]
) -> None:
    path = edited(write_recording(tmp_path), summary=change)
    try:
        trajectory = load(path)
    except TrajectoryUnreadable as error:
        assert "\n" not in error.message
    else:  # what changes nothing of the levels may stay: it replays
        assert len(list(replay(trajectory))) == 10


def test_a_branch_with_a_mask_that_began_in_the_middle_of_a_pass_is_read(tmp_path: Path) -> None:
    def branch(tensors: dict[str, RawTensor]) -> None:
        tensors |= {
            "pass0.turn1.generators": tensors["pass0.turn0.generators"],
            "pass0.turn1.clean": zeros(1, 4, 8, 8),
            "pass0.turn1.noise": zeros(1, 4, 8, 8),
            "pass0.turn1.mask": zeros(1, 1, 8, 8),
        }

    turns = [[{"call": 0, "soft": False, "first": 0.0}, {"call": 4, "soft": True, "first": 4.0}]]
    path = edited(write_recording(tmp_path), tensors=branch, texts=lambda texts: texts.update(turns=json.dumps(turns)))
    trajectory: Trajectory = load(path)
    second = trajectory.passes[0].turns[1]
    assert second.kept is not None
    assert (second.call, second.kept.soft, second.kept.first) == (4, True, 4.0)
    assert len(list(replay(trajectory))) == 10
