"""Taking up a recorded walk: from which of its states, along which schedule, and what is different from there on.

Torch. A branch keeps the recording's calls up to its step. Where the way is the same, the same pass goes on, with the
solver's history and the random state that replaying brings back. Where the schedule is another one, or the picture was
painted over, the pass is cut there and a new one begins at the nearest noise level.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import torch
from PIL import Image

from webui.diffusion.families.base import Family, Latents
from webui.diffusion.masking import KeptPart, hard_latent_mask, soft_latent_mask
from webui.diffusion.noise import picture_generators
from webui.diffusion.painting import painted_over
from webui.diffusion.passes import Pass, Turn, generator_states
from webui.diffusion.samplers import NoiseSchedule
from webui.diffusion.start import MaskedPicture, as_mask, kept_part, nothing_kept
from webui.diffusion.trajectory import PassRecord, replayed_pass, schedule_of, take_rows
from webui.engine.groups import Group
from webui.engine.hires import hires_size
from webui.engine.pass_plans import PassPlans
from webui.engine.past import Past, check_fits, has_new_mask
from webui.errors import InvalidRequest
from webui.generation.request import GenerationRequest
from webui.generation.samplers import find_sampler
from webui.generation.trajectory import RecordedModel, RecordedPass
from webui.imaging.masks import overlay_mask
from webui.imaging.pasting import pasted

_OWN_BUSINESS = {"start", "seed", "variation_seed", "batch_size", "batch_count", "same_seed", "model"}
"""Fields of a request that are not compared: seeds are, picture by picture."""


class TakenUp:
    """A recording as a walk takes it up: what is replayed, and what is different where it ends.

    `whole` are the passes that are replayed to where they were left, `record` is the one in which the step lies, up to
    it; `second` tells whether that is a pass of the hires fix.

    Args:
        past: the recording.
        group: what is asked from there on.
        family: the model.

    Raises:
        InvalidRequest: the recording's latents do not fit the model, or the request cannot go on from the step.
    """

    def __init__(self, past: Past, *, group: Group, family: Family) -> None:
        self._past = past
        self._group = group
        self._request = request = group.request
        self._seeds = group.seeds
        self._family = family
        header = past.trajectory.header
        check_fits(past, request, family.info)
        step, self._exact = past.step, past.exact
        if not past.exact and self._asks_for_what_was_recorded():
            # With nothing changed, the way to where the recording itself left another one is known.
            self._exact, step = True, max(step, header.origin.step if header.origin else 0)
        is_new = not self._exact and has_new_mask(request, step, header)
        self._new_mask = past.mask if is_new else None
        passes = past.trajectory.passes
        number, call = self._place(step)
        self.whole = [self._taken(record) for record in passes[:number]]
        self.record = self._taken(passes[number].until(call))
        self.second = self.record.plan.second
        self._check_second_pass()
        self._check_painting()
        ahead = passes[number].predictions[call : call + 1]
        self._next = self._row(ahead[0]) if ahead else None

    def goes_the_same_way(self, plans: PassPlans) -> bool:
        """Whether the request goes on along the very schedule of the recorded pass, on what the pass had there."""
        asked, plan = plans.request_of(second=self.second), self.record.plan
        sampler = find_sampler(asked.sampler)
        assert sampler is not None
        names = ("sampler", "schedule", *sampler.takes)
        return (
            self._past.painting is None
            and plan.steps == plans.steps_of(second=self.second)
            and all(getattr(plan, name) == getattr(asked, name) for name in names)
            and plan.scheduler_config is None
            and plan.shift == plans.shift_of(second=self.second)
        )

    def calls_before(self, schedule: NoiseSchedule) -> int:
        """How many calls of a schedule lie between where its part of the picture began to be walked and its begin.

        Prompts whose words change on the way are timed by these, whatever schedules the walk was on until then.
        """
        plans = [record.plan for record in (*self.whole, self.record) if record.plan.second == self.second]
        left_out = round(plans[0].begin / plans[0].steps * schedule.steps)
        return max(0, schedule.step_number(0) - left_out * schedule.scheduler.order)

    def recorded_schedule(self, record: PassRecord) -> NoiseSchedule:
        """The schedule that a pass was walked along, fresh."""
        family = self._family
        return schedule_of(record.plan, family.scheduler_config, family.device, family.info.name)

    def record_to_go_on(self) -> PassRecord:
        """The record of the pass in the model's own dtype: a solver's history must be all of one."""
        rows = range(len(self._past.rows))
        return self.record.taken(rows, device=self._family.device, dtype=self._family.dtype)

    @property
    def sigma(self) -> float:
        """The noise level (noise over signal) at the step."""
        return self.record.plan.sigmas[self.record.calls]

    @property
    def is_done(self) -> bool:
        """Whether the pass ends at the step."""
        return self.record.calls == len(self.record.plan.timesteps)

    @property
    def changes(self) -> bool:
        """Whether anything was asked for that the recording has not."""
        return not self._exact

    def turn(self, walk: Pass) -> Turn | None:
        """What holds from the step on, where the pass goes on; None if it is what held before."""
        held = walk.holds
        assert held is not None
        if self._exact and (held.seen is not None) == self._family.info.inpainting:
            return None
        new = self._turn(walk, walk.schedule, walk.latents, walk.call)
        same_seeds = [own.initial_seed() for own in walk.generators] == list(self._seeds)
        return None if same_seeds and new.kept is held.kept and new.seen is held.seen else new

    def converted(self, walk: Pass | None, schedule: NoiseSchedule) -> tuple[Latents, Turn]:
        """Where a new pass begins: the state of the old one at the noise level and in the scaling of the new one.

        Picture and noise are what the network made of the latents at the step: the next recorded prediction says so,
        and at the end of the recording the one before.
        """
        assert walk is not None
        clean = walk.last.clean if walk.last else torch.zeros_like(walk.latents, dtype=torch.float32)
        if self._next is not None:
            clean = walk.schedule.clean_latents(self._next, walk.latents, walk.call)
        noise = walk.schedule.noise_in(walk.latents, clean, walk.call)
        if self._past.painting is not None:
            clean = painted_over(self._family, clean, self._past.painting)
        latents = schedule.noised(clean, noise).to(self._family.dtype)
        return latents, self._turn(walk, schedule, latents, 0)

    @cached_property
    def final(self) -> Latents:
        """The latents that the recording ends with, of the size of the step; predicted ones where it was broken off."""
        passes = [record for record in self._past.trajectory.passes if record.plan.second == self.second]
        last = passes[-1]
        steps = list(replayed_pass(self._past.trajectory, last, device=self._family.device, rows=self._past.rows))
        if not steps:
            return self._row(last.start).to(self._family.dtype)
        done = last.calls == len(last.plan.timesteps)
        return (steps[-1].latents if done else steps[-1].clean).to(self._family.dtype)

    def pasted(self, made: Sequence[Image.Image], end: Pass) -> list[Image.Image]:
        """Finished pictures (RGB): outside the mask of a branch they are its parent's, byte for byte."""
        mask, kept = self._past.mask, end.holds and end.holds.kept
        if mask is None or not kept:
            return list(made)
        before = [Image.fromarray(pixels) for pixels in self._family.decode(kept.clean)]
        return [pasted(new, old, overlay_mask(mask)) for new, old in zip(made, before, strict=True)]

    def _turn(self, walk: Pass, schedule: NoiseSchedule, latents: Latents, call: int) -> Turn:
        """What the branch holds from a call of `schedule` on, where the latents are these."""
        fresh = picture_generators(self._seeds)
        generators = [
            own if own.initial_seed() == new.initial_seed() else new
            for own, new in zip(walk.generators, fresh, strict=True)
        ]
        return Turn(
            call=call,
            generators=generator_states(generators),
            seen=self._seen(walk, latents),
            kept=self._kept(walk, schedule, latents, call),
        )

    def _kept(self, walk: Pass, schedule: NoiseSchedule, latents: Latents, call: int) -> KeptPart | None:
        """What is put back: outside a new mask the recording's end, by the noise that leads from it to here."""
        assert walk.holds is not None
        held, mask = walk.holds.kept, self._new_mask
        if mask is not None:
            assert self._request.mask is not None
            soft = self._request.mask.soft
            return KeptPart(
                clean=self.final,
                noise=schedule.noise_in(latents, self.final, call).to(latents),
                mask=(self._soft_mask(mask) if soft else self._hard_mask(mask)).to(latents),
                soft=soft,
                first=call,
            )
        if held is None or self._mask_is_gone or schedule is walk.schedule:
            return None if self._mask_is_gone else held
        done = (walk.call - held.first) / (len(walk.schedule.timesteps) - held.first)
        return replace(held, first=-len(schedule.timesteps) * done / (1 - done))

    def _seen(self, walk: Pass, latents: Latents) -> torch.Tensor | None:
        """What an inpainting model sees beside the latents; None for other models."""
        assert walk.holds is not None
        if not self._family.info.inpainting:
            return None
        mask = self._new_mask
        if mask is not None:
            picture = torch.from_numpy(self._family.decode(self.final)).movedim(-1, 1).float() / 127.5 - 1
            masked = MaskedPicture(picture=picture, mask=as_mask(mask))
            return kept_part(self._family, masked, self._hard_mask(mask).to(latents), None)
        if walk.holds.seen is None or self._mask_is_gone:
            return nothing_kept(self._family, latents, None)
        return walk.holds.seen

    @property
    def _mask_is_gone(self) -> bool:
        return self._request.mask is None and self._past.trajectory.header.request.mask is not None

    def _hard_mask(self, mask: Image.Image) -> torch.Tensor:
        assert self._request.mask is not None
        blur = self._request.mask.blur > 0
        return hard_latent_mask(as_mask(mask), scale=self._family.info.latent_scale, blurred=blur)

    def _soft_mask(self, mask: Image.Image) -> torch.Tensor:
        return soft_latent_mask(as_mask(mask), scale=self._family.info.latent_scale)

    def _place(self, step: int) -> tuple[int, int]:
        """The pass and the call in it that come next; another second pass is begun from the first one's end."""
        trajectory = self._past.trajectory
        number, call = trajectory.place_of(step)
        passes = trajectory.passes
        between = call == 0 and number > 0 and passes[number].plan.second and not passes[number - 1].plan.second
        if between and self._request.hires != trajectory.header.request.hires:
            return number - 1, passes[number - 1].calls
        return number, call

    def _taken(self, record: PassRecord) -> PassRecord:
        """The pictures that are wanted, in the dtype that they were walked in."""
        taken = record.taken(self._past.rows, device=self._family.device)
        return replace(taken, plan=_planned_for(self._family, record.plan, self._past.trajectory.header.model))

    def _row(self, tensor: torch.Tensor) -> torch.Tensor:
        return take_rows(tensor, self._past.rows).to(self._family.device)

    def _asks_for_what_was_recorded(self) -> bool:
        past, header = self._past, self._past.trajectory.header
        return (
            past.painting is None
            and all(
                _compared(asked) == _compared(header.request_of(row))
                for asked, row in zip(self._group.alone, past.rows, strict=True)
            )
            and self._request.model in (None, header.model.name)
            and list(self._seeds) == [header.seeds[row] for row in past.rows]
        )

    def _check_second_pass(self) -> None:
        request = self._request
        if self.second and request.hires is None:
            raise InvalidRequest(
                f"hires: step {self._past.step} of the recording is one of its second pass, which is turned off.",
                hint="Turn the hires fix on, or choose an earlier step.", field="hires",
            )  # fmt: skip
        if self.second and request.hires is not None:
            size = hires_size(request, request.hires, multiple=self._family.info.size_multiple).kept
            recorded = self._past.trajectory.size_at(self._past.step)
            if size != recorded:
                raise InvalidRequest(
                    f"hires: its size would be {size[0]:,} x {size[1]:,}, and at step {self._past.step} the recording "
                    f"has {recorded[0]:,} x {recorded[1]:,} pixels.",
                    hint="Choose the recording's size, or a step of the first pass.", field="hires",
                )  # fmt: skip
        if self._new_mask is not None and request.hires is not None and not self.second:
            raise InvalidRequest(
                "hires: a picture of which only a part is made anew has no second pass.",
                hint="Remove the mask, or turn the hires fix off.", field="hires",
            )  # fmt: skip

    def _check_painting(self) -> None:
        if self._past.painting is not None and self.is_done:
            raise InvalidRequest(
                f"start.painting: step {self._past.step} is the end of the walk, so nothing would be made of it.",
                hint="Choose an earlier step, or start from the painted picture.", field="start.painting",
            )  # fmt: skip


def _compared(request: GenerationRequest) -> dict[str, Any]:
    return request.model_dump(exclude=_OWN_BUSINESS)


def _planned_for(family: Family, plan: RecordedPass, model: RecordedModel) -> RecordedPass:
    """The plan of a pass in a recording whose model is now this one: it says so if it was walked by another kind."""
    config = model.scheduler_config if plan.scheduler_config is None else plan.scheduler_config
    same = _said(config) == _said(family.scheduler_config)
    return plan.model_copy(update={"scheduler_config": None if same else config})


def _said(config: Mapping[str, Any]) -> Any:
    """What a scheduler's configuration says of the model, without notes on the program that wrote it."""
    own = {name: value for name, value in config.items() if name == "_class_name" or not name.startswith("_")}
    return json.loads(json.dumps(own, default=str))
