"""Walks that are recorded, broken off as a killed worker breaks them off, and gone on with by the same job."""

import errno
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from tests.engine.watched_walks import Calls, Wishes
from webui.engine.events import Event, ImageDone, Noted, Recorded, StepDone
from webui.engine.generate import Generator, create
from webui.engine.trajectory_file import load
from webui.errors import GenerationFailed, TrajectoryNotFound
from webui.generation.request import GenerationRequest, GuidanceMethod
from webui.generation.ways import FromPicture, FromStep, Hires, HiresUpscaler, Mask
from webui.library.inputs import InputStore
from webui.library.trajectory_files import TrajectoryFiles, read_summary

REQUEST = GenerationRequest(prompt="the cat", seed=3, steps=6, width=64, height=64, model="tiny", sampler="Euler a")


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def generator(tiny_models_dir: Path, data_dir: Path) -> Generator:
    generator = create([tiny_models_dir], data_dir)
    generator.warm_up("tiny")
    return generator


@pytest.fixture
def calls(generator: Generator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Calls]:
    _events(generator, "load", REQUEST.with_changes(steps=1))
    yield Calls(generator, monkeypatch)


@pytest.fixture
def files(data_dir: Path) -> TrajectoryFiles:
    return TrajectoryFiles(data_dir)


@pytest.fixture(scope="module")
def picture(data_dir: Path) -> str:
    across, down = np.meshgrid(np.linspace(0, 255, 64), np.linspace(0, 255, 64))
    return InputStore(data_dir).add(Image.fromarray(np.stack([across, down, 255 - across], -1).astype(np.uint8)))


@pytest.fixture(scope="module")
def mask(data_dir: Path) -> str:
    pixels = np.zeros((64, 64), np.uint8)
    pixels[:, 32:] = 255
    return InputStore(data_dir).add(Image.fromarray(pixels))


def _events(
    generator: Generator, job: str, request: GenerationRequest, wishes: Wishes | None = None, **options: Any
) -> list[Event]:
    wishes = wishes or Wishes()
    happened = []
    for event, _ in generator.run(job, request, wishes, **options):
        wishes.steps += isinstance(event, StepDone)
        happened.append(event)
    return happened


def _killed_after(generator: Generator, job: str, request: GenerationRequest, steps: int, **options: Any) -> None:
    """Begin a job and let it be after so many steps: what is on the disk is what a killed worker leaves."""
    run = generator.run(job, request, Wishes(), **({"record": "steps"} | options))
    done = 0
    for event, _ in run:
        done += isinstance(event, StepDone)
        if done == steps:
            break
    run.close()


def _pngs(events: list[Event]) -> list[bytes]:
    return [event.png for event in events if isinstance(event, ImageDone)]


def _recorded(events: list[Event]) -> list[Recorded]:
    return [event for event in events if isinstance(event, Recorded)]


WAYS: dict[str, dict[str, Any]] = {
    "Euler a": {},
    "Euler": {"sampler": "Euler"},
    "DPM++ 2M": {"sampler": "DPM++ 2M", "schedule": "Karras"},
    "DPM++ SDE": {"sampler": "DPM++ SDE"},
    "Heun": {"sampler": "Heun"},
    "UniPC": {"sampler": "UniPC"},
    "LCM": {"sampler": "LCM"},
    "APG": {"guidance": GuidanceMethod.APG, "cfg_scale": 9.0},
    "two pictures": {"batch_size": 2},
    "two pictures of two prompts": {"batch_size": 2, "prompt": "the {cat|dog|bird|fish|cow}"},
    "without guidance": {"cfg_scale": 1.0},
    "points": {
        "batch_size": 3,
        "points": [
            {"prompt": "the cat", "seed": 3, "cfg_scale": 7.0},
            {
                "prompt": "a",
                "seed": 4,
                "blend": {"ideas": [{"prompt": "the {cat|dog}", "weight": 0.5}, {"prompt": "red"}]},
            },
            {"prompt": "the cat", "seed": 3, "cfg_scale": 1.0, "noise_turns": [{"seed": 9, "share": 0.5}]},
        ],
    },
}


@pytest.mark.parametrize("way", WAYS)
def test_a_job_that_was_killed_goes_on_from_its_last_recorded_step(
    generator: Generator, calls: Calls, files: TrajectoryFiles, way: str
) -> None:
    request = REQUEST.with_changes(**WAYS[way])
    undisturbed = _pngs(_events(generator, f"whole-{len(way)}{way[:3]}".replace(" ", ""), request, record="steps"))
    whole = calls.take()
    for killed_at in (1, 3, 6):
        job = f"killed-{list(WAYS).index(way)}-{killed_at}"
        _killed_after(generator, job, request, killed_at)
        spent = calls.take()
        assert [name for name, _ in files.journals()] == [job]
        again = _events(generator, job, request, record="steps")
        assert _pngs(again) == undisturbed
        assert spent + calls.take() == whole
        assert files.journals() == []
        assert all(each.complete for each in _recorded(again))
        for each in _recorded(again):
            load(files.path(each.trajectory))


def test_each_point_has_its_own_request_in_its_picture_and_is_close_to_what_that_makes_alone(
    generator: Generator, files: TrajectoryFiles
) -> None:
    together = REQUEST.with_changes(**WAYS["points"])
    happened = _events(generator, "points", together, record="steps")
    made = [event for event in happened if isinstance(event, ImageDone)]
    assert [event.index for event in made] == [0, 1, 2]
    for event in made:
        own = GenerationRequest.model_validate_json(event.request)
        assert (own.points, own.image_count) == ((), 1)
        assert own.seed == together.points[event.index].seed == event.seed
        (alone,) = (each for each in _events(generator, f"alone-{event.index}", own) if isinstance(each, ImageDone))
        assert alone.infotext == event.infotext
        assert np.abs(_pixels(alone.png).astype(int) - _pixels(event.png)).max() <= 2
    assert made[1].infotext.count("Blend: ") == 1
    assert "{" not in made[1].infotext
    (recording,) = _recorded(happened)
    start = FromStep(trajectory=recording.trajectory, step=3, picture=1)
    branch = GenerationRequest.model_validate_json(made[1].request).with_changes(start=start)
    (again,) = (each for each in _events(generator, "branch", branch) if isinstance(each, ImageDone))
    assert np.abs(_pixels(again.png).astype(int) - _pixels(made[1].png)).max() <= 2


def _pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)))


@pytest.mark.parametrize("upscaler", [HiresUpscaler.LATENT, HiresUpscaler.LANCZOS])
@pytest.mark.parametrize("killed_at", [2, 6, 7, 10])
def test_so_does_one_with_two_passes(
    generator: Generator, calls: Calls, upscaler: HiresUpscaler, killed_at: int
) -> None:
    request = REQUEST.with_changes(hires=Hires(scale=1.5, upscaler=upscaler, strength=0.7))
    undisturbed = _pngs(_events(generator, f"hires-{upscaler.name}-{killed_at}", request))
    whole = calls.take()
    job = f"killed-hires-{upscaler.name}-{killed_at}"
    _killed_after(generator, job, request, killed_at)
    spent = calls.take()
    assert _pngs(_events(generator, job, request, record="steps")) == undisturbed
    assert spent + calls.take() == whole


@pytest.mark.parametrize("model", ["tiny", "tiny-inpaint"])
@pytest.mark.parametrize("soft", [False, True])
def test_so_does_one_that_began_with_a_picture_and_a_mask(
    generator: Generator, files: TrajectoryFiles, picture: str, mask: str, model: str, soft: bool
) -> None:
    way = Mask(picture=mask, soft=soft, blur=2)
    request = REQUEST.with_changes(start=FromPicture(picture=picture, strength=0.8), mask=way, model=model)
    undisturbed = _pngs(_events(generator, f"masked-{model}-{soft}", request))
    job = f"killed-masked-{model}-{soft}"
    _killed_after(generator, job, request, 2)
    assert len(files.journals()) == 1
    assert _pngs(_events(generator, job, request, record="steps")) == undisturbed


def test_batches_that_were_finished_are_decoded_and_not_walked_again(generator: Generator, calls: Calls) -> None:
    request = REQUEST.with_changes(batch_count=3, batch_size=2)
    undisturbed = _pngs(_events(generator, "batches", request, record="steps"))
    whole = calls.take()
    _killed_after(generator, "killed-batches", request, 2 * 6 + 2)
    spent = calls.take()
    assert spent * 18 == whole * 14
    again = _events(generator, "killed-batches", request, record="steps")
    assert _pngs(again) == undisturbed
    assert spent + calls.take() == whole
    assert [each.batch for each in _recorded(again)] == [0, 1, 2]
    # And a third time, when everything is there already.
    assert _pngs(_events(generator, "killed-batches", request, record="steps")) == undisturbed
    assert calls.take() == 0


def test_a_batch_that_was_skipped_stays_skipped(generator: Generator, calls: Calls) -> None:
    request = REQUEST.with_changes(batch_count=2)
    run = generator.run("skipped", request, wishes := Wishes(skip_after=2), record="steps")
    for event, _ in run:
        wishes.steps += isinstance(event, StepDone)
        if wishes.steps == 4:
            break
    run.close()
    calls.take()
    again = _events(generator, "skipped", request, record="steps")
    assert [event.index for event in again if isinstance(event, ImageDone)] == [1]
    assert calls.take() == 4


def test_an_interrupted_walk_keeps_what_it_has(generator: Generator, files: TrajectoryFiles) -> None:
    events = _events(generator, "interrupted", REQUEST, Wishes(interrupt_after=4), record="steps")
    (recorded,) = _recorded(events)
    assert recorded.complete is False
    summary = read_summary(files.path(recorded.trajectory))
    assert (summary.positions, summary.complete) == (4, False)
    assert files.journals() == []


def test_what_was_recorded_of_another_request_or_model_is_not_taken(generator: Generator, calls: Calls) -> None:
    for number, change in enumerate(({"seed": 4}, {"prompt": "the dog"}, {"model": "tiny-v"}, {"steps": 7})):
        other = REQUEST.with_changes(**change)
        job = f"other-{number}"
        _killed_after(generator, job, REQUEST, 4)
        undisturbed = _pngs(_events(generator, "undisturbed", other))
        assert _pngs(_events(generator, job, other, record="steps")) == undisturbed


def test_a_journal_and_a_recording_that_were_damaged_are_made_again(
    generator: Generator, calls: Calls, files: TrajectoryFiles
) -> None:
    undisturbed = _pngs(_events(generator, "fine", REQUEST))
    _killed_after(generator, "damaged", REQUEST, 3)
    (journal,) = [path for _, path in files.journals()]
    journal.write_bytes(b"nothing of the kind")
    first = _events(generator, "damaged", REQUEST, record="steps")
    assert _pngs(first) == undisturbed
    path = files.path(_recorded(first)[0].trajectory)
    path.write_bytes(path.read_bytes()[:-10])
    assert _pngs(_events(generator, "damaged", REQUEST, record="steps")) == undisturbed
    load(path)


def test_nothing_is_recorded_where_nobody_wants_it(generator: Generator, files: TrajectoryFiles) -> None:
    before = files.ids()
    events = _events(generator, "off", REQUEST, record="off")
    assert files.ids() == before
    assert _recorded(events) == []
    assert [(event.trajectory, event.row) for event in events if isinstance(event, ImageDone)] == [("", 0)]


def test_pictures_know_their_recording_and_their_place_in_it(generator: Generator, files: TrajectoryFiles) -> None:
    request = REQUEST.with_changes(batch_count=2, batch_size=2)
    events = _events(generator, "places", request, record="guidance")
    made = [event for event in events if isinstance(event, ImageDone)]
    one, other = (recorded.trajectory for recorded in _recorded(events))
    assert [(event.trajectory, event.row) for event in made] == [(one, 0), (one, 1), (other, 0), (other, 1)]
    summary = read_summary(files.path(other))
    assert (summary.header.seeds, summary.header.places, summary.header.batch) == ((5, 6), (2, 3), 1)
    assert summary.header.guidance
    assert summary.header.request == request
    assert summary.header.model.fingerprint


def test_a_recording_goes_to_a_named_file(generator: Generator, files: TrajectoryFiles, tmp_path: Path) -> None:
    before = files.ids()
    _events(generator, "command-line", REQUEST, record="steps", record_to=tmp_path / "walk.safetensors")
    assert read_summary(tmp_path / "walk.safetensors").complete
    request = REQUEST.with_changes(batch_count=2)
    _events(generator, "command-line", request, record="steps", record_to=tmp_path / "walk.safetensors")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        *("walk-1.safetensors", "walk-2.safetensors", "walk.safetensors"),
    ]
    assert files.ids() == before


def test_a_folder_that_cannot_be_written_costs_the_recording_and_not_the_picture(
    generator: Generator, tmp_path: Path
) -> None:
    target = tmp_path / "nosuch" / "file" / "walk.safetensors"
    (tmp_path / "nosuch").write_text("a file where a folder should be")
    events = _events(generator, "refused", REQUEST, record="steps", record_to=target)
    assert len(_pngs(events)) == 1
    (note,) = [event.text for event in events if isinstance(event, Noted)]
    assert note.startswith("The recording of the steps was dropped: ")


def test_a_disk_that_fills_up_in_the_middle_costs_the_recording_and_not_the_picture(
    generator: Generator, files: TrajectoryFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    undisturbed = _pngs(_events(generator, "roomy", REQUEST))
    before = files.ids()

    def full(*_: Any) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    happened: list[Event] = []
    with monkeypatch.context() as patch:
        for event, _ in generator.run("full", REQUEST, Wishes(), record="steps"):
            happened.append(event)
            if isinstance(event, StepDone) and event.index == 3:
                assert len(files.journals()) == 1
                patch.setattr(os, "write", full)
    assert _pngs(happened) == undisturbed
    assert [event.trajectory for event in happened if isinstance(event, ImageDone)] == [""]
    assert [event.text for event in happened if isinstance(event, Noted)] == [
        "The recording of the steps was dropped: no space left on the disk. The picture is not affected."
    ]
    assert _recorded(happened) == []
    assert (files.ids(), files.journals()) == (before, [])


def test_a_walk_into_nothing_leaves_its_journal_up_to_there(
    generator: Generator, files: TrajectoryFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    family = generator._manager.loaded.family  # type: ignore[union-attr]
    real, asked = family.predict, []

    def predict(latents: torch.Tensor, *args: Any, **options: Any) -> torch.Tensor:
        asked.append(1)
        return real(latents, *args, **options) * (torch.nan if len(asked) == 4 else 1.0)

    with monkeypatch.context() as patch:
        patch.setattr(family, "predict", predict)
        with pytest.raises(GenerationFailed, match="lost at step 4"):
            _events(generator, "nothing", REQUEST, record="steps")
    (journal,) = [path for _, path in files.journals()]
    assert b"call" in journal.read_bytes()
    journal.unlink()


def test_a_branch_that_was_killed_goes_on_too(generator: Generator, calls: Calls, files: TrajectoryFiles) -> None:
    parent = _recorded(_events(generator, "parent", REQUEST.with_changes(batch_size=2), record="steps"))[0].trajectory
    start = FromStep(trajectory=parent, step=2, picture=1)
    for number, change in enumerate(
        ({"prompt": "the dog"}, {"seed": 99}, {"sampler": "DPM++ 2M"}, {"steps": 9}, {"cfg_scale": 2.0})
    ):
        request = REQUEST.with_changes(start=start, **({"seed": 4} | change))
        calls.take()
        undisturbed = _events(generator, f"branch-{number}", request, record="steps")
        whole = calls.take()
        origin = read_summary(files.path(_recorded(undisturbed)[0].trajectory)).header.origin
        assert origin is not None
        assert (origin.trajectory, origin.step, origin.picture) == (parent, 2, 1)
        for killed_at in (2, 3, 4):
            job = f"killed-branch-{number}-{killed_at}"
            _killed_after(generator, job, request, killed_at)
            spent = calls.take()
            assert _pngs(_events(generator, job, request, record="steps")) == _pngs(undisturbed)
            assert spent + calls.take() == whole


def test_a_branch_with_a_mask_that_was_killed_goes_on_and_makes_the_same_picture(
    generator: Generator, calls: Calls, mask: str
) -> None:
    parent = _recorded(_events(generator, "mask-parent", REQUEST, record="steps"))[0].trajectory
    request = REQUEST.with_changes(start=FromStep(trajectory=parent, step=2), mask=Mask(picture=mask), prompt="the dog")
    calls.take()
    undisturbed = _pngs(_events(generator, "mask-branch", request, record="steps"))
    whole = calls.take()
    _killed_after(generator, "killed-mask-branch", request, 4)
    assert _pngs(_events(generator, "killed-mask-branch", request, record="steps")) == undisturbed
    assert calls.take() == whole
    assert _pngs(_events(generator, "killed-mask-branch", request, record="steps")) == undisturbed
    assert calls.take() == 0


def test_a_recording_that_is_gone_is_told_when_its_branch_begins(generator: Generator) -> None:
    request = REQUEST.with_changes(start=FromStep(trajectory="0" * 32, step=1))
    with pytest.raises(TrajectoryNotFound, match="no such recording"):
        _events(generator, "orphan", request, record="steps")


def test_a_branch_of_another_models_recording_is_called_close_and_not_identical(generator: Generator) -> None:
    parent = _recorded(_events(generator, "other-parent", REQUEST, record="steps"))[0].trajectory
    request = REQUEST.with_changes(start=FromStep(trajectory=parent, step=2), model="tiny-v")
    notes = [event.text for event in _events(generator, "other-branch", request) if isinstance(event, Noted)]
    # Perhaps one more: on some processors each model has the precision that was the quicker one here.
    assert notes[0] == (
        "The recording was made with the model 'tiny': what follows is not what that model would have made."
    )


def test_pictures_of_a_branch_say_which_recorded_picture_they_took_up(generator: Generator) -> None:
    parent = _recorded(_events(generator, "rows", REQUEST.with_changes(batch_size=2), record="steps"))[0].trajectory
    request = REQUEST.with_changes(start=FromStep(trajectory=parent, step=2), batch_size=3)
    made = [event for event in _events(generator, "rows-branch", request) if isinstance(event, ImageDone)]
    starts = [GenerationRequest.model_validate_json(event.request).start for event in made]
    assert [start.picture for start in starts if isinstance(start, FromStep)] == [0, 1, 0]
