import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from tests.engine.recordings import CONFIG, PREVIEW
from webui.diffusion.masking import KeptPart
from webui.diffusion.passes import Pass, Turn, generator_states
from webui.diffusion.samplers import NoiseSchedule
from webui.diffusion.trajectory import replay
from webui.engine.recording import Recorder
from webui.engine.trajectory_file import load, load_journal
from webui.generation.request import GenerationRequest
from webui.generation.samplers import Schedule
from webui.generation.trajectory import RecordedModel, TrajectoryHeader
from webui.library.journal import Journal
from webui.library.trajectory_files import read_summary
from webui.library.trajectory_journal import read_journal

ID = "a" * 32
STEPS = 4


def _header(**changes: object) -> TrajectoryHeader:
    model = RecordedModel(
        name="tiny", fingerprint="", family="stable-diffusion", latent_channels=4, latent_scale=8,
        scheduler_config=CONFIG, preview_weights=PREVIEW, preview_bias=(0.5, 0.5, 0.5),
    )  # fmt: skip
    values = {
        "id": ID, "job": "job", "created": 1.0, "program": "test", "seeds": (7,), "variation_seeds": (-1,),
        "places": (0,), "model": model, "device": "cpu", "dtype": "float32",
        "request": GenerationRequest(prompt="the cat", seed=7, steps=STEPS, width=64, height=64),
    }  # fmt: skip
    return TrajectoryHeader(**(values | changes))  # type: ignore[arg-type]


def _schedule(sampler: str = "Euler a") -> NoiseSchedule:
    return NoiseSchedule(
        sampler=sampler, schedule=Schedule.AUTOMATIC, steps=STEPS, config=CONFIG, device=torch.device("cpu")
    )


def _walk(recorder: Recorder, *, parts: bool = False, momentum: bool = False, calls: int = STEPS) -> Iterator[float]:
    """A walk of two passes, of which the second turns off in its middle; yields how far each call moved."""
    for number in range(2):
        schedule, generator = _schedule(), torch.Generator().manual_seed(number)
        start = schedule.start_from_noise(torch.randn(1, 4, 8, 8, generator=generator))
        walk = Pass(schedule, start)
        recorder.begin_pass(schedule.plan(second=number == 1), start)
        turn = Turn(call=0, generators=generator_states([generator]), seen=torch.ones(1, 5, 8, 8) if number else None)
        recorder.turn(turn)
        walk.turn(turn)
        for call in range(STEPS if number == 0 else calls):
            if number and call == 2:
                kept = KeptPart(
                    clean=torch.randn(1, 4, 8, 8, generator=generator), noise=torch.ones(1, 4, 8, 8),
                    mask=torch.ones(1, 1, 8, 8), soft=True, first=2.0,
                )  # fmt: skip
                turn = Turn(call=2, generators=generator_states([generator]), kept=kept)
                recorder.turn(turn)
                walk.turn(turn)
            for step in walk.walked(lambda latents, timestep, index: latents * 0.9, call + 1):
                prediction = step.prediction
                recorder.moved(
                    prediction, prediction * 2 if momentum else None,
                    (prediction + 1, prediction - 1) if parts else None, float(call),
                )  # fmt: skip
                yield float(call)


def _recorder(folder: Path, **options: object) -> Recorder:
    changes = {"guidance": options.pop("guidance", False)}
    return Recorder(
        _header(**changes), journal=folder / "journals" / "a.journal", final=folder / f"{ID}.safetensors",
        **options,  # type: ignore[arg-type]
    )  # fmt: skip


def _files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_a_walk_becomes_one_file_and_its_journal_is_gone(tmp_path: Path) -> None:
    recorder = _recorder(tmp_path, guidance=True)
    list(_walk(recorder, parts=True, momentum=True))
    assert _files(tmp_path) == ["a.journal"]
    assert recorder.finish(complete=True)
    assert _files(tmp_path) == [f"{ID}.safetensors"]
    trajectory, summary = load(tmp_path / f"{ID}.safetensors"), read_summary(tmp_path / f"{ID}.safetensors")
    assert (summary.complete, summary.calls, summary.header.guidance) == (True, (4, 4), True)
    assert summary.movement == (0.0, 1.0, 2.0, 3.0) * 2
    first, second = trajectory.passes
    assert [turn.call for turn in second.turns] == [0, 2]
    assert second.turns[0].seen is not None
    assert second.turns[1].kept is not None
    assert (second.turns[1].kept.soft, second.turns[1].kept.first) == (True, 2.0)
    assert torch.equal(first.momentum[3], first.predictions[3] * 2)
    assert torch.equal(second.parts[1][0], second.predictions[1] + 1)
    steps = list(replay(trajectory))
    assert len(steps) == 8
    assert torch.equal(steps[3].prediction, first.predictions[3])


def test_cut_at_any_byte_a_journal_is_readable_up_to_the_last_whole_step(tmp_path: Path) -> None:
    recorder = _recorder(tmp_path)
    journal = tmp_path / "journals" / "a.journal"
    sizes = [journal.stat().st_size for _ in _walk(recorder)]
    content, cut = journal.read_bytes(), tmp_path / "cut.journal"
    cut.write_bytes(content)
    for end in range(len(content) - 1, -1, -1):
        os.truncate(cut, end)
        whole = sum(size <= end for size in sizes)
        found = read_journal(cut)
        assert len(found.movement if found else ()) == whole
        assert found is None or not found.damaged
        if end in sizes:
            trajectory = load_journal(cut)
            assert trajectory is not None
            assert len(list(replay(trajectory))) == whole


def test_an_earlier_attempts_calls_are_not_written_again(tmp_path: Path) -> None:
    whole = _recorder(tmp_path / "whole")
    list(_walk(whole))
    whole.finish(complete=True)
    journal = tmp_path / "again" / "journals" / "a.journal"
    for attempt, steps in enumerate((3, 6, 8)):
        content = read_journal(journal) if attempt else None
        with _recorder(tmp_path / "again", known=content.frames if content else 0) as recorder:
            for number, _ in enumerate(_walk(recorder), start=1):
                if number == steps:
                    break
        if steps < 8:
            with journal.open("ab") as file:
                file.write(b"half a frame")
    assert recorder.finish(complete=True)
    one, other = (tmp_path / name / f"{ID}.safetensors" for name in ("whole", "again"))
    assert one.read_bytes() == other.read_bytes()


def test_a_walk_that_was_left_early_is_kept_as_far_as_it_came(tmp_path: Path) -> None:
    recorder = _recorder(tmp_path)
    next(walk := _walk(recorder))
    next(walk)
    assert recorder.finish(complete=False)
    summary = read_summary(tmp_path / f"{ID}.safetensors")
    assert (summary.complete, summary.positions) == (False, 2)


def test_a_walk_that_was_left_before_its_first_step_leaves_nothing(tmp_path: Path) -> None:
    recorder = _recorder(tmp_path)
    assert not recorder.finish(complete=False)
    schedule = _schedule()
    recorder.begin_pass(schedule.plan(), torch.zeros(1, 4, 8, 8))
    assert not recorder.finish(complete=False)
    assert _files(tmp_path) == []


def test_a_step_into_nothing_and_what_follows_is_not_recorded(tmp_path: Path) -> None:
    recorder = _recorder(tmp_path)
    for _ in _walk(recorder, calls=1):
        pass
    recorder.moved(torch.full((1, 4, 8, 8), torch.nan), None, None, float("nan"))
    recorder.moved(torch.ones(1, 4, 8, 8), None, None, 1.0)
    assert recorder.finish(complete=True)
    summary = read_summary(tmp_path / f"{ID}.safetensors")
    assert (summary.positions, summary.complete) == (5, False)
    load(tmp_path / f"{ID}.safetensors")


def test_guidance_that_not_every_call_has_is_left_out(tmp_path: Path) -> None:
    recorder = _recorder(tmp_path, guidance=True)
    list(_walk(recorder, parts=True))
    recorder.moved(torch.ones(1, 4, 8, 8), None, None, 1.0)
    content = read_journal(tmp_path / "journals" / "a.journal")
    assert content is not None
    assert content.summary(complete=False).header.guidance is False


def test_an_error_leaves_the_journal_for_whoever_goes_on_or_makes_it_a_file(tmp_path: Path) -> None:
    for keeps, left in ((True, ["a.journal"]), (False, [f"{ID}.safetensors"])):
        folder = tmp_path / str(keeps)
        with pytest.raises(RuntimeError), _recorder(folder, keeps_journal=keeps) as recorder:
            next(_walk(recorder))
            raise RuntimeError
        assert _files(folder) == left


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EROFS])
@pytest.mark.parametrize("call", ["open", "write", "fsync", "ftruncate", "replace"])
def test_whichever_call_fails_the_walk_goes_on_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, call: str
) -> None:
    real = getattr(os, call)
    for nth in range(1, 100):
        folder = tmp_path / str(nth)
        left = nth

        def failing(*args: object, **options: object) -> object:
            nonlocal left
            left -= 1
            if left == 0:
                if call == "write":
                    real(args[0], bytes(args[1])[:10])  # type: ignore[call-overload]
                raise OSError(number, os.strerror(number))
            return real(*args, **options)

        with monkeypatch.context() as patch:
            patch.setattr(os, call, failing)
            recorder = _recorder(folder)
            moved = len(list(_walk(recorder)))
            kept = recorder.finish(complete=True)
        assert moved == 8
        if left > 0:
            assert kept
            assert nth > 1
            return
        assert not kept
        assert recorder.trajectory == ""
        assert recorder.note.startswith("The recording of the steps was dropped: ")
        assert _files(folder) == []
    raise AssertionError("it never ran to its end")


def test_a_full_disk_is_told_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    recorder = _recorder(tmp_path)
    next(walk := _walk(recorder))
    monkeypatch.setattr(Journal, "append", full)
    next(walk)
    assert recorder.note == (
        "The recording of the steps was dropped: no space left on the disk. The picture is not affected."
    )
    assert _files(tmp_path) == []
