"""What of a recording a job takes up: which rows, what was painted, and which mask."""

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.engine.pocket_family import PocketFamily
from tests.engine.recorded_walks import Recorded, group_of
from webui.engine.past import Past, past_of, past_of_itself
from webui.errors import InvalidRequest
from webui.generation.request import Emphasis, GenerationRequest
from webui.generation.ways import FromPicture, FromStep, Mask
from webui.library.inputs import InputStore

REQUEST = GenerationRequest(
    prompt="30", seed=7, steps=6, sampler="Euler a", width=64, height=64, batch_size=3, emphasis=Emphasis.NO_NORM
)


@pytest.fixture
def inputs(tmp_path: Path) -> InputStore:
    return InputStore(tmp_path)


@pytest.fixture
def mask(inputs: InputStore) -> Mask:
    right = Image.new("L", (64, 64))
    right.paste(255, (32, 0, 64, 64))
    return Mask(picture=inputs.add(right), blur=0)


@pytest.fixture(scope="module")
def original() -> Recorded:
    return Recorded(REQUEST, PocketFamily())


def _past(original: Recorded, inputs: InputStore, *, step: int = 3, **changes: Any) -> Past:
    names = ("picture", "painting")
    start = FromStep(
        trajectory=original.trajectory.header.id, step=step,
        **{name: changes.pop(name) for name in names if name in changes},
    )  # fmt: skip
    request = original.request.with_changes(start=start, **changes)
    return past_of(group_of(request), original.trajectory, inputs)


def _branch(original: Recorded, inputs: InputStore, *, step: int = 3, **changes: Any) -> Recorded:
    past = _past(original, inputs, step=step, **changes)
    start = FromStep(trajectory=original.trajectory.header.id, step=step)
    return Recorded(original.request.with_changes(start=start, **changes), original.family, past=past)


@pytest.mark.parametrize(
    ("picture", "batch", "rows"), [(0, 3, (0, 1, 2)), (1, 3, (1, 2, 1)), (2, 1, (2,)), (2, 2, (2, 2)), (0, 2, (0, 1))]
)
def test_each_picture_takes_up_the_recorded_one_in_its_place_or_the_one_that_was_named(
    original: Recorded, inputs: InputStore, picture: int, batch: int, rows: tuple[int, ...]
) -> None:
    past = _past(original, inputs, picture=picture, batch_size=batch)
    assert (past.step, past.rows, past.exact) == (3, rows, False)


def test_a_painting_is_of_one_picture_which_all_of_the_job_take_up(original: Recorded, inputs: InputStore) -> None:
    painting = inputs.add(Image.new("RGBA", (64, 64), (200, 10, 10, 255)))
    past = _past(original, inputs, picture=1, painting=painting)
    assert past.rows == (1, 1, 1)
    assert past.painting is not None
    assert (past.painting.mode, past.painting.getpixel((5, 5))) == ("RGB", (200, 10, 10))


def test_a_new_mask_is_read_and_the_recordings_own_is_not(inputs: InputStore, mask: Mask) -> None:
    picture = inputs.add(Image.new("RGB", (64, 64), (90, 120, 30)))
    start = FromPicture(picture=picture)
    masked = Recorded(REQUEST, PocketFamily())
    masked.trajectory.header = masked.trajectory.header.model_copy(
        update={"request": REQUEST.with_changes(start=start, mask=mask)}
    )
    assert _past(masked, inputs, mask=mask).mask is None
    other = _past(masked, inputs, mask=mask.model_copy(update={"inverted": True})).mask
    assert other is not None
    assert (other.getpixel((5, 5)), other.getpixel((60, 5))) == (255, 0)


def test_an_empty_mask_is_a_sentence(original: Recorded, inputs: InputStore) -> None:
    black = inputs.add(Image.new("L", (64, 64)))
    with pytest.raises(InvalidRequest, match="the mask is empty"):
        _past(original, inputs, mask=Mask(picture=black))


@pytest.mark.parametrize(("changes", "field"), [({"step": 7}, "start.step"), ({"picture": 3}, "start.picture")])
def test_a_step_and_a_picture_must_be_in_the_recording(
    original: Recorded, inputs: InputStore, changes: dict[str, int], field: str
) -> None:
    with pytest.raises(InvalidRequest, match=field) as refused:
        _past(original, inputs, **changes)
    assert refused.value.field == field


def test_pictures_of_a_masked_branch_come_out_the_same_however_it_is_taken_up(
    original: Recorded, inputs: InputStore, mask: Mask
) -> None:
    """Resumed, continued after a crash, or decoded again: what is outside the mask is laid over each time."""
    branch = _branch(original, inputs, prompt="90", mask=mask)
    made = [picture.tobytes() for picture in branch.walk.pictures()]
    resumed = _branch(branch, inputs, step=4)
    recovered = Recorded(branch.request, branch.family, past=past_of_itself(branch.trajectory, inputs))
    for again in (resumed, recovered):
        assert [picture.tobytes() for picture in again.walk.pictures()] == made
    prompted = _branch(branch, inputs, step=4, prompt="60")
    outside = [picture.crop((0, 0, 32, 64)).tobytes() for picture in original.walk.pictures()]
    assert [picture.crop((0, 0, 32, 64)).tobytes() for picture in prompted.walk.pictures()] == outside
    assert [picture.tobytes() for picture in prompted.walk.pictures()] != made
