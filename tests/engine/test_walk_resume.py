"""A walk that is taken up with nothing changed goes on as though it had never stopped: every bit is the same."""

from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

from tests.diffusion.walks import EPSILON, FLOW, V_PREDICTION
from tests.engine.pocket_family import PocketFamily
from tests.engine.recorded_walks import Recorded, assert_same_walk
from webui.diffusion.trajectory import latents_at, replay
from webui.engine.source_picture import SourcePicture, source_picture
from webui.generation.request import Emphasis, GenerationRequest
from webui.generation.samplers import SAMPLERS, Schedule, find_sampler
from webui.generation.ways import FromPicture, Hires, HiresUpscaler, Mask
from webui.library.inputs import InputStore

REQUEST = GenerationRequest(
    prompt="30 [40:50:0.5] [2|3]", negative_prompt="10", seed=7, steps=6, width=64, height=64, batch_size=2,
    cfg_scale=4.0, emphasis=Emphasis.NO_NORM,
)  # fmt: skip
NAMES = [sampler.name for sampler in SAMPLERS]
OPTIONS = {"eta": 0.6, "s_churn": 6.0, "s_tmax": 50.0, "s_noise": 1.1}


def _family(sampler: str = "Euler", **options: Any) -> PocketFamily:
    row = find_sampler(sampler)
    assert row is not None
    return PocketFamily(scheduler_config=FLOW if row.flow else EPSILON, **options)


def _resumes_everywhere(original: Recorded) -> None:
    """Taken up after each of its calls, and replayed without the network."""
    family, total = original.family, len(original.steps)
    for step in range(total + 1):
        before = family.calls
        resumed = original.taken_up(step)
        assert resumed.walk.replayed == step
        assert_same_walk(resumed, original)
        assert (family.calls == before) == (step == total), "replayed calls are not predicted again"
    for replayed, step in zip(replay(original.trajectory), original.steps, strict=True):
        assert torch.equal(replayed.latents, step.latents)
        assert torch.equal(replayed.clean, step.clean)


@pytest.mark.parametrize("sampler", NAMES)
@pytest.mark.parametrize("options", [{}, OPTIONS], ids=["plain", "with options"])
def test_every_sampler_resumes_exactly_from_every_step(sampler: str, options: dict[str, float]) -> None:
    _resumes_everywhere(Recorded(REQUEST.with_changes(sampler=sampler, **options), _family(sampler)))


@pytest.mark.parametrize("sampler", ["Euler a", "DPM++ SDE", "UniPC", "Heun", "DPM2 a", "SA-Solver"])
@pytest.mark.parametrize("schedule", [Schedule.KARRAS, Schedule.ALIGN_YOUR_STEPS])
def test_other_schedules_resume_exactly(sampler: str, schedule: Schedule) -> None:
    _resumes_everywhere(Recorded(REQUEST.with_changes(sampler=sampler, schedule=schedule.value), _family()))


@pytest.mark.parametrize("sampler", NAMES)
def test_every_sampler_resumes_exactly_in_half_precision(sampler: str) -> None:
    _resumes_everywhere(Recorded(REQUEST.with_changes(sampler=sampler), _family(sampler, dtype=torch.bfloat16)))


@pytest.mark.parametrize(
    "changes",
    [
        {"guidance": "APG"},
        {"guidance": "APG", "guidance_start": 0.4, "guidance_end": 0.8},
        {"pag_scale": 2.0, "cfg_rescale": 0.5},
        {"variation_seed": 3, "variation_strength": 0.4},
        {"noise_source": "NV"},
        {"seed_resize_width": 32, "seed_resize_height": 96},
        {"prompt": "30 AND 40:0.5", "batch_size": 1},
        {"cfg_scale": 1.0, "steps": 1},
    ],
    ids=str,
)  # fmt: skip
def test_whatever_else_is_asked_for_resumes_exactly(changes: dict[str, Any]) -> None:
    _resumes_everywhere(Recorded(REQUEST.with_changes(sampler="DPM++ 2M SDE", **changes), _family()))


@pytest.mark.parametrize(("sampler", "again"), [("Euler a", None), ("DPM++ SDE", "Heun"), ("DPM++ 2M", "PLMS")])
@pytest.mark.parametrize("upscaler", [HiresUpscaler.LATENT, HiresUpscaler.LANCZOS])
def test_both_passes_of_a_picture_resume_exactly(sampler: str, again: str | None, upscaler: HiresUpscaler) -> None:
    hires = Hires(scale=1.5, strength=0.6, sampler=again, upscaler=upscaler, prompt="60 [40:50:1.5]")
    _resumes_everywhere(Recorded(REQUEST.with_changes(sampler=sampler, hires=hires, guidance="APG"), _family()))


def _picture() -> Image.Image:
    return Image.linear_gradient("L").resize((64, 64)).convert("RGB")


@pytest.fixture
def inputs(tmp_path: Path) -> InputStore:
    return InputStore(tmp_path)


def _source(request: GenerationRequest, inputs: InputStore) -> SourcePicture | None:
    return source_picture(request, inputs)


def _painted(inputs: InputStore, *, soft: bool) -> str:
    mask = Image.linear_gradient("L").resize((64, 64)).rotate(90)
    return inputs.add(mask if soft else mask.point([255 * (level > 128) for level in range(256)]))


@pytest.mark.parametrize("sampler", ["Euler a", "DPM++ 2M", "DPM2", "DPM++ SDE", "PLMS", "DDIM"])
def test_a_picture_as_start_resumes_exactly(inputs: InputStore, sampler: str) -> None:
    start = FromPicture(picture=inputs.add(_picture()), strength=0.7)
    request = REQUEST.with_changes(sampler=sampler, start=start, steps=8)
    _resumes_everywhere(Recorded(request, _family(), source=_source(request, inputs)))


@pytest.mark.parametrize("sampler", ["Euler a", "DPM++ 2M", "Heun", "DPM++ SDE"])
@pytest.mark.parametrize("soft", [False, True])
@pytest.mark.parametrize("inpainting", [False, True], ids=["any model", "inpainting model"])
def test_a_masked_picture_resumes_exactly(inputs: InputStore, sampler: str, *, soft: bool, inpainting: bool) -> None:
    start = FromPicture(picture=inputs.add(_picture()), strength=0.8)
    mask = Mask(picture=_painted(inputs, soft=soft), soft=soft)
    request = REQUEST.with_changes(sampler=sampler, start=start, mask=mask, steps=8)
    _resumes_everywhere(Recorded(request, _family(inpainting=inpainting), source=_source(request, inputs)))


def test_a_walk_of_no_steps_is_taken_up_too(inputs: InputStore) -> None:
    start = FromPicture(picture=inputs.add(_picture()), strength=0.0)
    request = REQUEST.with_changes(start=start)
    original = Recorded(request, _family(), source=_source(request, inputs))
    assert original.steps == []
    again = original.taken_up(0)
    assert (again.steps, again.walk.calls) == ([], 0)
    assert [picture.tobytes() for picture in again.walk.pictures()] == [
        picture.tobytes() for picture in original.walk.pictures()
    ]


@pytest.mark.parametrize("sampler", ["Euler a", "DPM++ 2M", "Heun", "DPM++ SDE"])
def test_a_job_that_was_broken_off_goes_on_exactly_from_its_last_step(sampler: str) -> None:
    request = REQUEST.with_changes(sampler=sampler, hires=Hires(scale=1.5, strength=0.5), guidance="APG")
    whole = Recorded(request, _family())
    for stop in range(1, len(whole.steps) + 1, 2):
        broken = Recorded(request, _family(), stop=stop)
        again = broken.continued()
        assert again.walk.replayed == stop
        assert_same_walk(again, whole)
        assert [made.tobytes() for made in again.walk.pictures()] == [made.tobytes() for made in whole.walk.pictures()]


def test_one_picture_of_several_is_taken_up_alone() -> None:
    original = Recorded(REQUEST.with_changes(sampler="DPM++ 2M SDE"), _family())
    alone = original.taken_up(3, picture=1, batch_size=1, seed=REQUEST.seed + 1)
    assert torch.equal(alone.end, original.end[1:])


def test_pictures_beyond_the_recorded_ones_take_up_the_first_with_noise_of_their_own() -> None:
    original = Recorded(REQUEST.with_changes(sampler="Euler a"), _family())
    more = original.taken_up(3, batch_size=4)
    assert torch.equal(more.end[:2], original.end)
    assert torch.equal(more.steps[3].noisy[2], original.steps[3].noisy[0])
    assert not torch.allclose(more.end[2], more.end[3])
    assert not torch.allclose(more.end[2], original.end[0])


def test_latents_at_a_position_are_those_that_the_next_call_sees() -> None:
    original = Recorded(REQUEST.with_changes(sampler="Heun", hires=Hires(scale=1.5, strength=0.5)), _family())
    trajectory = original.trajectory
    for position, step in enumerate(original.steps):
        assert torch.equal(latents_at(trajectory, position), step.noisy)
        assert torch.equal(latents_at(trajectory, position, rows=[1]), step.noisy[1:])
    assert torch.equal(latents_at(trajectory, trajectory.positions), original.end)
    for beyond in (-1, trajectory.positions + 1):
        with pytest.raises(ValueError, match="positions 0 to"):
            latents_at(trajectory, beyond)


def test_a_recording_says_how_far_each_call_moved_the_latents() -> None:
    original = Recorded(REQUEST, _family())
    moved = original.trajectory.summary(complete=True).movement
    expected = [float((step.latents - step.noisy).square().mean().sqrt()) for step in original.steps]
    assert moved == pytest.approx(expected)


def test_samplers_with_growing_latents_move_as_far_as_others() -> None:
    for sampler in ("Euler", "Heun", "Euler a"):
        moved = Recorded(REQUEST.with_changes(sampler=sampler), _family()).trajectory.summary(complete=True).movement
        assert 0 < max(moved) < 3, "between latents of unit variance no step is longer"


def test_the_predictions_with_and_without_the_prompt_are_recorded_where_they_are_wanted() -> None:
    original = Recorded(REQUEST.with_changes(guidance_end=0.5), _family(), parts=True)
    (record,) = original.trajectory.passes
    for index, (conditional, negative) in enumerate(record.parts):
        guided = negative + REQUEST.cfg_scale * (conditional - negative)
        torch.testing.assert_close(record.predictions[index], guided)
        assert torch.equal(conditional, negative) == (index >= 3), (
            "outside the guidance's limits there is no difference"
        )
    assert not Recorded(REQUEST, _family()).trajectory.passes[0].parts


def test_v_prediction_resumes_exactly() -> None:
    _resumes_everywhere(Recorded(REQUEST.with_changes(sampler="UniPC"), PocketFamily(scheduler_config=V_PREDICTION)))
