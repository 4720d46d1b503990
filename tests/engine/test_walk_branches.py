"""A walk that is taken up with something changed: until the step it is the recorded one, from there on a new one."""

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from tests.diffusion.walks import CLEAN, EPSILON, FLOW, V_PREDICTION
from tests.engine.pocket_family import KnowingFamily, PocketFamily
from tests.engine.recorded_walks import Recorded, assert_same_walk
from webui.diffusion.trajectory import latents_at, replay
from webui.errors import InvalidRequest
from webui.generation.request import Emphasis, GenerationRequest
from webui.generation.samplers import SAMPLERS, Sampler, Schedule
from webui.generation.ways import Hires, Mask

REQUEST = GenerationRequest(
    prompt="30 40", negative_prompt="10", seed=7, steps=8, sampler="Euler a", width=64, height=64, batch_size=2,
    cfg_scale=4.0, emphasis=Emphasis.NO_NORM,
)  # fmt: skip
STEP = 3
WHITE_RIGHT = Image.new("L", (64, 64))
WHITE_RIGHT.paste(255, (32, 0, 64, 64))
MASK = Mask(picture="3" * 32, blur=0)
GOES_ON = {
    "prompt": {"prompt": "90"},
    "negative prompt": {"negative_prompt": "90"},
    "guidance scale": {"cfg_scale": 9.0},
    "guidance": {"guidance": "APG"},
    "seed": {"seed": 99},
    "mask": {"mask": MASK, "mask_picture": WHITE_RIGHT, "prompt": "90"},
}
"""What leaves the schedule as it is, so that the recorded pass goes on."""
BEGINS_ANEW = {
    "sampler": {"sampler": "DPM++ 2M"},
    "sampler of two calls": {"sampler": "Heun"},
    "sampler with a motion of its own": {"sampler": "DPM++ SDE"},
    "schedule": {"schedule": "SGM Uniform"},
    "more steps": {"steps": 20},
    "fewer steps": {"steps": 4},
    "model": {"family": PocketFamily(scheduler_config=V_PREDICTION)},
    "mask and sampler": {"sampler": "Euler", "mask": MASK, "mask_picture": WHITE_RIGHT},
    "seed and sampler": {"sampler": "DPM++ 2M SDE", "seed": 99},
}
"""What asks for another schedule, so that the recorded pass is cut and a new one begins."""


def _original(**changes: Any) -> Recorded:
    return Recorded(REQUEST.with_changes(**changes), PocketFamily())


def _check_branch(original: Recorded, branch: Recorded, step: int) -> None:
    """It begins as the recorded walk, then takes a way of its own, which its own recording holds."""
    assert branch.walk.replayed == step
    assert branch.walk.calls == len(branch.steps)
    for mine, recorded in zip(branch.steps[:step], original.steps[:step], strict=True):
        assert torch.equal(mine.latents, recorded.latents)
    assert torch.isfinite(branch.end).all()
    assert not torch.equal(branch.end, original.end)
    assert branch.steps[-1].sigma_next < 0.05
    for replayed, mine in zip(replay(branch.trajectory), branch.steps, strict=True):
        assert torch.equal(replayed.latents, mine.latents)


@pytest.mark.parametrize("changes", GOES_ON.values(), ids=GOES_ON)
@pytest.mark.parametrize("sampler", ["Euler a", "DPM++ 2M SDE", "DPM++ SDE", "DPM2 a"])
def test_a_change_that_leaves_the_schedule_goes_on_in_the_same_pass(sampler: str, changes: dict[str, Any]) -> None:
    original = _original(sampler=sampler)
    branch = original.taken_up(STEP, **changes)
    _check_branch(original, branch, STEP)
    assert len(branch.trajectory.passes) == 1
    assert torch.equal(latents_at(branch.trajectory, STEP), latents_at(original.trajectory, STEP))
    assert len(branch.steps) == len(original.steps)


@pytest.mark.parametrize("changes", BEGINS_ANEW.values(), ids=BEGINS_ANEW)
@pytest.mark.parametrize("sampler", ["Euler a", "DPM2", "PLMS", "UniPC"])
def test_a_change_of_the_schedule_cuts_the_pass_and_begins_a_new_one(sampler: str, changes: dict[str, Any]) -> None:
    original = _original(sampler=sampler)
    branch = original.taken_up(STEP, **changes)
    _check_branch(original, branch, STEP)
    left, new = branch.trajectory.passes
    assert left.calls == STEP
    assert left.plan.model_copy(update={"scheduler_config": None}) == original.trajectory.passes[0].plan
    assert (left.plan.scheduler_config is None) == ("family" not in changes)
    assert new.calls == len(new.plan.timesteps)
    assert not new.plan.second


@pytest.mark.parametrize("changes", [*GOES_ON.values(), *BEGINS_ANEW.values()], ids=[*GOES_ON, *BEGINS_ANEW])
def test_a_branch_resumes_exactly_from_every_step_and_from_before_it_left(changes: dict[str, Any]) -> None:
    branch = _original(sampler="DPM++ 2M SDE").taken_up(STEP, **changes)
    for step in range(len(branch.steps) + 1):
        again = branch.taken_up(step)
        assert again.walk.replayed == max(step, STEP), "the way to where it left the other walk is known"
        assert_same_walk(again, branch)


def test_a_branch_of_a_branch_of_a_branch_knows_all_of_its_way() -> None:
    first = _original().taken_up(2, seed=50)
    second = first.taken_up(4, sampler="Heun", steps=12)
    third = second.taken_up(7, prompt="90", mask=MASK, mask_picture=WHITE_RIGHT)
    last = third.taken_up(9, seed=3, sampler="DPM++ SDE")
    for older, younger, step in ((first, second, 4), (second, third, 7), (third, last, 9)):
        _check_branch(older, younger, step)
    for step in (0, 3, 8, 9, 12, len(last.steps)):
        assert_same_walk(last.taken_up(step), last)


def test_another_change_before_a_branch_left_its_parent_starts_from_the_parents_state() -> None:
    original = _original()
    branch = original.taken_up(5, seed=50, mask=MASK, mask_picture=WHITE_RIGHT)
    earlier = branch.taken_up(2, prompt="90", mask=None)
    straight = original.taken_up(2, prompt="90", seed=50)
    assert torch.equal(earlier.end, straight.end)


@pytest.mark.parametrize("step", [0, 1, 2, 5, 8])
def test_a_step_may_be_the_first_and_the_last(step: int) -> None:
    branch = _original().taken_up(step, prompt="90", sampler="DPM++ 2M")
    assert branch.walk.replayed == step
    assert torch.isfinite(branch.end).all()
    assert_same_walk(branch.taken_up(step), branch)


def test_at_the_end_of_a_walk_there_is_nothing_left_and_it_says_so() -> None:
    original = _original()
    branch = original.taken_up(8, prompt="90")
    assert_same_walk(branch, original)
    assert any("nothing is left" in note for note in branch.walk.notes)
    assert original.walk.notes == ()
    assert original.taken_up(8).continued().walk.notes == ()


def test_a_finished_picture_can_be_given_a_second_pass() -> None:
    hires = Hires(scale=1.5, strength=0.5)
    original = _original()
    enlarged = original.taken_up(8, hires=hires)
    assert enlarged.walk.replayed == 8
    assert_same_walk(enlarged, _original(hires=hires))


@pytest.mark.parametrize("step", [0, 3, 8, 9, 11])
def test_the_second_pass_can_be_left_too(step: int) -> None:
    original = _original(hires=Hires(scale=1.5, strength=0.5, steps=4))
    other: list[dict[str, Any]] = [
        {"hires": Hires(scale=1.5, strength=0.5, steps=4, prompt="90")},
        {"sampler": "Heun"},
    ]
    for changes in other:
        branch = original.taken_up(step, **changes)
        assert branch.end.shape == original.end.shape
        assert branch.trajectory.passes[-1].plan.second
        _check_branch(original, branch, step)
        assert_same_walk(branch.taken_up(step), branch)


def test_between_the_passes_another_second_one_can_be_asked_for_or_none() -> None:
    original = _original(hires=Hires(scale=1.5, strength=0.5))
    assert torch.equal(original.taken_up(8, hires=None).end, _original().end)
    larger = Hires(scale=2.0, strength=0.5)
    assert torch.equal(original.taken_up(8, hires=larger).end, _original(hires=larger).end)


@pytest.mark.parametrize("sampler", SAMPLERS, ids=lambda sampler: sampler.name)
def test_from_every_sampler_to_every_other_a_perfect_prediction_still_leads_to_its_picture(sampler: Sampler) -> None:
    """So picture and noise are brought over at the right level and in the right scaling.

    The step goes round, so that each sampler is left at each step, and each is come to from each step.
    """
    family = KnowingFamily(scheduler_config=FLOW if sampler.flow else EPSILON)
    original = Recorded(REQUEST.with_changes(sampler=sampler.name), family)
    for number, other in enumerate(SAMPLERS, SAMPLERS.index(sampler)):
        if other.flow == sampler.flow:
            step = (0, 1, 4, 5)[number % 4]
            branch = original.taken_up(step, sampler=other.name, steps=10, schedule="Automatic")
            left = latents_at(branch.trajectory, step)
            assert torch.isfinite(left).all()
            assert float((branch.end - CLEAN).abs().max()) < 0.2, other.name


@pytest.mark.parametrize(
    ("one", "other", "schedule"),
    [
        ("LMS", "Euler", Schedule.KARRAS),
        ("Euler", "Heun", Schedule.EXPONENTIAL),
        ("UniPC", "DPM++ 2M", Schedule.KARRAS),
        ("LMS", "DPM++ 2M", Schedule.ALIGN_YOUR_STEPS),
        ("DEIS", "Heun", Schedule.ALIGN_YOUR_STEPS),
    ],
)
def test_between_schedules_of_the_same_levels_a_state_is_brought_over_up_to_rounding(
    one: str, other: str, schedule: Schedule
) -> None:
    original = _original(sampler=one, schedule=schedule.value)
    for step in range(8):
        left, new = original.taken_up(step, sampler=other).trajectory.passes
        assert new.plan.begin == step
        assert new.plan.sigmas[0] == pytest.approx(left.plan.sigmas[step], rel=1e-5)
        spread = (1 + new.plan.sigmas[0] ** 2) ** 0.5
        held, brought = (
            latents / (spread if sampler in ("LMS", "Euler", "Heun") else 1.0)
            for sampler, latents in ((one, original.steps[step].noisy), (other, new.start))
        )
        torch.testing.assert_close(brought, held, atol=1e-5, rtol=1e-5)


def test_a_sampler_changed_to_one_without_memory_goes_on_as_though_it_had_always_been_walked() -> None:
    walked, original = _original(sampler="Euler"), _original(sampler="Euler", s_churn=0.0, schedule="Karras")
    back = original.taken_up(4, sampler="LMS").taken_up(4, sampler="Euler")
    torch.testing.assert_close(back.end, original.end, atol=1e-4, rtol=1e-4)
    assert not torch.allclose(back.end, walked.end, atol=1e-3)


def test_options_that_a_sampler_does_not_take_change_nothing() -> None:
    original = _original(sampler="DPM++ 2M")
    assert_same_walk(original.taken_up(STEP, eta=0.5, s_churn=9.0), original)
    churned = _original(sampler="Euler").taken_up(STEP, s_churn=9.0)
    assert len(churned.trajectory.passes) == 2


@pytest.mark.parametrize("steps", [8, 16])
def test_words_that_change_on_the_way_are_timed_by_the_whole_way(steps: int) -> None:
    plain, timed = (
        _original(prompt=prompt, sampler="Euler").taken_up(2, sampler="LMS", steps=steps)
        for prompt in ("30", "[30:90:0.625]")
    )
    same = [torch.equal(one.prediction, other.prediction) for one, other in zip(plain.steps, timed.steps, strict=True)]
    assert timed.trajectory.passes[1].plan.begin + same.index(False) - 2 == 0.625 * steps + 1


@pytest.mark.parametrize("soft", [False, True])
@pytest.mark.parametrize("inpainting", [False, True], ids=["any model", "inpainting model"])
@pytest.mark.parametrize("changes", [{}, {"sampler": "DPM++ 2M", "steps": 12}], ids=["goes on", "begins anew"])
def test_outside_a_mask_a_branch_ends_as_its_parent(changes: dict[str, Any], *, soft: bool, inpainting: bool) -> None:
    original = Recorded(REQUEST, PocketFamily(inpainting=inpainting))
    mask = MASK.model_copy(update={"soft": soft})
    branch = original.taken_up(STEP, prompt="90", mask=mask, mask_picture=WHITE_RIGHT, **changes)
    assert torch.equal(branch.end[..., :4], original.end[..., :4])
    assert not torch.isclose(branch.end[..., 4:], original.end[..., 4:], atol=1e-3).all()
    made, before = (np.stack([np.asarray(each) for each in walk.walk.pictures()]) for walk in (branch, original))
    assert np.array_equal(made[:, :, :32], before[:, :, :32])
    assert not np.array_equal(made[:, :, 32:], before[:, :, 32:])
    assert_same_walk(branch.taken_up(len(branch.steps) - 2), branch)


def test_a_soft_masks_times_are_shares_of_the_way_that_is_left() -> None:
    grey = Image.new("L", (64, 64), 127)
    original = _original(sampler="Euler")
    branch = original.taken_up(2, prompt="90", mask=MASK.model_copy(update={"soft": True}), mask_picture=grey)
    ends = [
        float((mine.latents - old.latents).abs().max()) for mine, old in zip(branch.steps, original.steps, strict=True)
    ]
    kept = branch.trajectory.passes[0].turns[1].kept
    assert kept is not None
    put_back = [
        torch.allclose(step.latents, kept.clean + kept.noise * step.sigma_next, atol=1e-5) for step in branch.steps[2:]
    ]
    assert put_back == [True, True, True, False, False, False]
    assert ends[:2] == [0.0, 0.0]


def test_a_soft_mask_that_is_kept_goes_on_in_time_along_another_schedule() -> None:
    grey = Image.new("L", (64, 64), 127)
    original = _original(sampler="Euler")
    soft = original.taken_up(0, mask=MASK.model_copy(update={"soft": True}), mask_picture=grey, prompt="90")
    branch = soft.taken_up(2, sampler="LMS")
    first, begun = (record.turns[-1].kept for record in (soft.trajectory.passes[0], branch.trajectory.passes[1]))
    assert first is not None
    assert begun is not None
    assert begun.first == pytest.approx(-2.0)
    assert torch.equal(first.clean, begun.clean)


def test_an_inpainting_model_takes_up_the_walk_of_another_and_the_other_way_round() -> None:
    for before, after in ((False, True), (True, False)):
        original = Recorded(REQUEST, PocketFamily(inpainting=before))
        branch = original.taken_up(STEP, family=PocketFamily(inpainting=after))
        _check_branch(original, branch, STEP)
        seen = branch.trajectory.passes[0].turns[-1].seen
        assert (seen is not None) == after
        assert seen is None or (seen.shape == (2, 5, 8, 8) and bool((seen[:, 0] == 1).all()))
        assert_same_walk(branch.taken_up(5), branch)


def test_a_mask_that_is_taken_away_frees_everything() -> None:
    masked = _original().taken_up(2, prompt="90", mask=MASK, mask_picture=WHITE_RIGHT)
    freed = masked.taken_up(5, mask=None)
    assert len(freed.trajectory.passes) == 1
    assert not torch.isclose(freed.end[..., :4], masked.end[..., :4], atol=1e-3).all()
    assert torch.equal(freed.steps[4].latents, masked.steps[4].latents)


def _shown(original: Recorded, step: int) -> Image.Image:
    """The predicted clean picture of picture 0 at a step, as the page shows it."""
    return Image.fromarray(original.family.decode(original.steps[step].clean)[0])


@pytest.mark.parametrize("sampler", ["Euler", "Euler a", "DDIM", "DDPM", "DPM++ 2M", "UniPC"])
def test_a_painting_on_which_nothing_was_painted_changes_nothing_but_the_solvers_memory(sampler: str) -> None:
    original = _original(sampler=sampler, batch_size=1)
    for step in range(8):
        branch = original.taken_up(step, painting=_shown(original, step))
        torch.testing.assert_close(branch.trajectory.passes[1].start, original.steps[step].noisy, atol=1e-5, rtol=1e-5)
        if sampler not in ("DPM++ 2M", "UniPC"):
            torch.testing.assert_close(branch.end, original.end, atol=1e-3, rtol=1e-3)


@pytest.mark.parametrize("sampler", ["Euler", "DPM++ 2M", "DPM2", "DPM++ SDE"])
def test_what_was_painted_is_in_the_state_and_what_was_not_is_as_before(sampler: str) -> None:
    original = _original(sampler=sampler, batch_size=1)
    painting = _shown(original, 4)
    ImageDraw.Draw(painting).rectangle((0, 0, 15, 63), fill=(250, 20, 20))
    branch = original.taken_up(4, painting=painting)
    _check_branch(original, branch, 4)
    new, unpainted = (
        branch.trajectory.passes[1],
        original.taken_up(4, painting=_shown(original, 4)).trajectory.passes[1],
    )
    assert torch.equal(new.start[..., 2:], unpainted.start[..., 2:])
    assert not torch.isclose(new.start[..., :2], unpainted.start[..., :2]).any(dim=1).all()
    assert_same_walk(branch.taken_up(6), branch)


@pytest.mark.parametrize("sampler", ["Euler a", "UniPC", "SA-Solver", "DPM++ SDE", "LMS"])
@pytest.mark.parametrize("dtypes", [(torch.bfloat16, torch.float32), (torch.float32, torch.bfloat16)], ids=str)
def test_a_recording_of_another_precision_goes_on_in_the_models_own(
    sampler: str, dtypes: tuple[torch.dtype, torch.dtype]
) -> None:
    before, after = dtypes
    original = Recorded(REQUEST.with_changes(sampler=sampler), PocketFamily(dtype=before))
    branch = original.taken_up(STEP, family=PocketFamily(dtype=after))
    assert branch.end.dtype == after
    assert len(branch.trajectory.passes) == 1
    torch.testing.assert_close(branch.steps[STEP].noisy.float(), original.steps[STEP].noisy.float(), atol=0.2, rtol=0.1)
    assert_same_walk(branch.taken_up(STEP + 1), branch)


def test_a_pass_that_is_cut_stays_in_the_precision_that_it_was_walked_in() -> None:
    original = Recorded(REQUEST, PocketFamily(dtype=torch.bfloat16))
    branch = original.taken_up(STEP, sampler="DPM++ 2M", family=PocketFamily())
    assert [record.start.dtype for record in branch.trajectory.passes] == [torch.bfloat16, torch.float32]
    assert torch.equal(branch.steps[STEP - 1].latents, original.steps[STEP - 1].latents)
    assert_same_walk(branch.taken_up(STEP + 1), branch)


def test_a_recording_that_was_broken_off_can_be_branched() -> None:
    broken = Recorded(REQUEST, PocketFamily(), stop=4)
    asked: list[dict[str, Any]] = [
        {"prompt": "90"}, {"sampler": "DPM++ 2M"}, {"mask": MASK, "mask_picture": WHITE_RIGHT, "seed": 1},
    ]  # fmt: skip
    for changes in asked:
        branch = broken.taken_up(4, **changes)
        assert branch.walk.replayed == 4
        assert torch.isfinite(branch.end).all()
    nothing = Recorded(REQUEST, PocketFamily(), stop=1)
    nothing.trajectory.passes[0].predictions.clear()
    assert torch.isfinite(nothing.taken_up(0, sampler="DPM++ 2M").end).all()


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"step": 99}, "start.step", "start.step: 99 cannot be used: the recording has steps 0 to 12."),
        ({"picture": 5}, "start.picture", "the recording has pictures 0 to 1"),
        ({"width": 128}, "width", "128 cannot be used: the recording has 64"),
        ({"height": 128}, "height", "128 cannot be used: the recording has 64"),
        ({"step": 10, "hires": None}, "hires", "second pass, which is turned off"),
        ({"step": 10, "hires": Hires(scale=2.0, strength=0.5)}, "hires", "128 x 128, and at step 10"),
        ({"mask": MASK, "mask_picture": WHITE_RIGHT}, "hires", "no second pass"),
        ({"painting": Image.new("RGB", (32, 64))}, "start.painting", "it has 32 x 64 pixels, and"),
        ({"step": 12, "painting": Image.new("RGB", (96, 96))}, "start.painting", "nothing would be made of it"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_up_is_a_sentence(changes: dict[str, Any], field: str, words: str) -> None:
    original = _original(hires=Hires(scale=1.5, strength=0.5, steps=4))
    with pytest.raises(InvalidRequest, match=re.escape(words)) as refused:
        original.taken_up(changes.pop("step", STEP), **changes)
    assert refused.value.field == field
    assert refused.value.hint


@pytest.mark.parametrize(("name", "channels"), [("other", 4), ("pocket", 16)])
def test_a_model_of_other_latents_is_refused(name: str, channels: int) -> None:
    family = PocketFamily()
    family.info = replace(family.info, traits=replace(family.info.traits, name=name), latent_channels=channels)
    with pytest.raises(InvalidRequest, match="its latents are not those of 'pocket'") as refused:
        _original().taken_up(STEP, family=family)
    assert refused.value.field == "model"
