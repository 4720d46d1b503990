"""The walk of some pictures that go together: from a request to steps, then to pictures. Torch.

There are no modes here: a request gives a start, what is put back after each move, and perhaps a second pass, and all
of it goes along the one denoise loop.
"""

from collections.abc import Callable, Iterator
from collections.abc import Generator as Steps
from dataclasses import dataclass, replace

import torch
from PIL import Image

from webui.diffusion.denoise import Step
from webui.diffusion.families.base import Family, Latents
from webui.diffusion.guidance import Guide
from webui.diffusion.noise import draw_noise, picture_generators
from webui.diffusion.passes import Pass, Turn, generator_states
from webui.diffusion.recorder import Unrecorded, WalkRecorder
from webui.diffusion.samplers import NoiseSchedule
from webui.diffusion.start import (
    Draw,
    MaskedPicture,
    WalkStart,
    as_mask,
    as_tensor,
    start_from_latents,
    start_from_masked,
    start_from_noise,
)
from webui.diffusion.text_encoder import EmbeddingLookup
from webui.diffusion.trajectory import PassRecord
from webui.engine.branching import TakenUp
from webui.engine.groups import Group
from webui.engine.hires import enlarged_latents, hires_size
from webui.engine.pass_plans import PassPlans
from webui.engine.past import Past
from webui.engine.refining import Refining, SwitchedGuide
from webui.engine.source_latents import source_latents
from webui.engine.source_picture import SourcePicture
from webui.engine.worker_hooks import WalkedPass, WorkerHooks
from webui.extensions.host import ExtensionHost
from webui.extensions.sides import Side
from webui.generation.request import GuidanceMethod
from webui.model_manager.lora.applied import ModelNetworks

Begin = Callable[[Pass | None], tuple[Latents, Turn]]
"""The pass before, if there was one, to the latents of a new one and what holds from its first call on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Leg:
    """A pass as it will be walked.

    Either `record` is replayed first, or the pass begins with `begin`. What is left of the schedule then goes by
    `guide` (None: nothing is left, or nothing more is wanted), from where on `turn` says what is different.
    """

    schedule: NoiseSchedule
    second: bool = False
    record: PassRecord | None = None
    begin: Begin | None = None
    turn: Callable[[Pass], Turn | None] | None = None
    guide: Guide | SwitchedGuide | None = None
    projected: bool = False
    """Whether adaptive projected guidance is used, so that its momentum is recorded."""

    @property
    def replayed(self) -> int:
        return self.record.calls if self.record else 0

    @property
    def calls(self) -> int:
        return len(self.schedule.timesteps) if self.guide else self.replayed


class Walk:
    """The passes of a group of pictures: iterate over it for its steps, then ask for its `pictures`.

    Args:
        group: the pictures.
        family: the model.
        source: what they start from; None is noise. With a past it is what the recorded walk started from.
        embeddings: finds textual inversions.
        networks: the LoRAs on the model.
        refining: the second model, which goes on in the last pass that is walked whole.
        hooks: those of extensions; None is none at all.
        past: the recording that they take up; its calls come first, without the model.
        recorder: is told everything that a recording needs.

    Raises:
        InvalidRequest: the model or the second pass's sampler cannot do what is asked, or the recording does not fit.
    """

    def __init__(
        self,
        group: Group,
        *,
        family: Family,
        source: SourcePicture | None,
        embeddings: EmbeddingLookup,
        networks: ModelNetworks | None = None,
        refining: Refining | None = None,
        hooks: WorkerHooks | None = None,
        past: Past | None = None,
        recorder: WalkRecorder | None = None,
    ) -> None:
        self._group = group
        self._hooks = hooks or WorkerHooks(ExtensionHost(Side.WORKER))
        self._request = group.request
        self._family = family
        self._source = source
        self._recorder = recorder or Unrecorded()
        self._plans = PassPlans(group.request, family=family, embeddings=embeddings, networks=networks)
        self._refining = refining
        self._refined = refining and PassPlans(group.request, family=refining.family, embeddings=embeddings)
        self._past = past and TakenUp(past, group=group, family=family)
        self._legs = [self._first_leg()] if self._past is None else self._legs_of(self._past)
        if self._request.hires is not None and not self._legs[-1].second:
            self._legs.append(self._second_leg(self._request.hires.strength))
        self._end: Pass | None = None

    @property
    def calls(self) -> int:
        """How many steps there will be, over all passes: calls of the model, and replayed ones."""
        return sum(leg.calls for leg in self._legs)

    @property
    def replayed(self) -> int:
        """How many of the steps, the first ones, are replayed from a recording."""
        return sum(leg.replayed for leg in self._legs)

    @property
    def notes(self) -> tuple[str, ...]:
        """What of the request could not be used, in sentences."""
        notes = [*self._plans.notes, *(note for leg in self._legs if leg.guide for note in leg.guide.notes)]
        if self._past is not None and self._past.changes and self.calls == self.replayed:
            notes.append("The step is the end of the recorded walk, so nothing is left that could change.")
        return tuple(notes)

    def __iter__(self) -> Iterator[Step]:
        """Every step of every pass; stop iterating to interrupt."""
        walk = None
        if self._refining is not None:
            self._refining.use_first()
        for leg in self._legs:
            walk = yield from self._walked(leg, walk)
            self._end = walk

    @property
    def latents(self) -> Latents:
        """Where the last step led to, (pictures, channels, h, w); they are what `pictures` decodes."""
        assert self._end is not None
        return self._end.latents

    def pictures(self) -> list[Image.Image]:
        """The pictures (RGB) that the last step led to, put back into what they started from."""
        assert self._end is not None
        if self._refining is not None:
            self._refining.use_first()
        made = [Image.fromarray(pixels) for pixels in self._family.decode(self._end.latents)]
        if self._past is not None:
            made = self._past.pasted(made, self._end)
        return made if self._source is None else [self._source.finished(picture) for picture in made]

    def _first_leg(self) -> _Leg:
        schedule = self._plans.schedule(strength=1.0 if self._source is None else self._source.start.strength)
        return _Leg(
            schedule=schedule,
            begin=lambda _: self._begun(schedule, lambda generators: self._start(schedule, generators)),
            guide=self._guide(schedule),
            projected=self._request.guidance is GuidanceMethod.APG,
        )

    def _second_leg(self, strength: float) -> _Leg:
        schedule = self._plans.schedule(second=True, strength=strength)

        def begin(first: Pass | None) -> tuple[Latents, Turn]:
            assert first is not None
            # The same seeds again: the second pass is that of its own picture, whatever the first one drew.
            latents = first.latents
            return self._begun(
                schedule, lambda generators: self._second_start(schedule, latents, generators), second=True
            )

        return _Leg(
            schedule=schedule,
            second=True,
            begin=begin,
            guide=self._guide(schedule, second=True, first=self._legs[-1].schedule),
            projected=self._request.guidance is GuidanceMethod.APG,
        )

    def _guide(
        self, schedule: NoiseSchedule, *, second: bool = False, first: NoiseSchedule | None = None, before: int = 0
    ) -> Guide | SwitchedGuide:
        """What guides a pass; where there is a hires fix, a refiner goes on in its pass, as by default in A1111."""
        guide = self._plans.guide(schedule, second=second, first=first, before=before)
        refining, plans = self._refining, self._refined
        if refining is None or plans is None or second != (self._request.hires is not None):
            return guide
        return SwitchedGuide(
            guide,
            refining,
            lambda: plans.guide(schedule, second=second, first=first, before=before),
            at=refining.first_call(schedule, before),
        )

    def _legs_of(self, past: TakenUp) -> list[_Leg]:
        """The recorded passes, and the one in which the walk goes on, or the new one that begins there."""
        legs = [
            _Leg(schedule=past.recorded_schedule(record), second=record.plan.second, record=record)
            for record in past.whole
        ]
        schedule, record, second = past.recorded_schedule(past.record), past.record, past.second
        first = next((leg.schedule for leg in reversed(legs) if not leg.second), None) if second else None
        wants_momentum = self._request.guidance is GuidanceMethod.APG or bool(record.momentum)
        cut = _Leg(schedule=schedule, second=second, record=record, projected=bool(record.momentum))
        if past.is_done:
            return [*legs, cut]
        if past.goes_the_same_way(self._plans):
            guide = self._guide(schedule, second=second, first=first, before=past.calls_before(schedule))
            going_on = replace(
                cut, record=past.record_to_go_on(), guide=guide, turn=past.turn, projected=wants_momentum
            )
            return [*legs, going_on]
        begin = self._plans.schedule(second=second, begin=0).nearest_step(past.sigma)
        anew = self._plans.schedule(second=second, begin=begin)
        guide = self._guide(anew, second=second, first=first, before=past.calls_before(anew))
        new = _Leg(
            schedule=anew, second=second, begin=lambda walk: past.converted(walk, anew), guide=guide,
            projected=self._request.guidance is GuidanceMethod.APG,
        )  # fmt: skip
        return [*legs, cut, new]

    def _walked(self, leg: _Leg, before: Pass | None) -> Steps[Step, None, Pass]:
        """One pass; returns it where it ends."""
        if leg.record is not None:
            walk = yield from self._replayed(leg, leg.record)
        else:
            assert leg.begin is not None
            latents, turn = leg.begin(before)
            walk = Pass(leg.schedule, latents)
            self._recorder.begin_pass(leg.schedule.plan(second=leg.second), latents)
            self._turn(walk, turn)
        if leg.guide is None:
            return walk
        turn = leg.turn(walk) if leg.turn else None
        if turn is not None:
            self._turn(walk, turn)
        assert walk.holds is not None
        guide = leg.guide
        guide.extra_channels = walk.holds.seen
        predict = self._hooks.wrapped(guide, walk, self._about(leg.schedule, second=leg.second))
        for step in walk.walked(predict):
            self._record(leg, step, guide.momentum, guide.last_parts)
            yield step
        return walk

    def _replayed(self, leg: _Leg, record: PassRecord) -> Steps[Step, None, Pass]:
        walk = Pass(leg.schedule, record.start)
        self._recorder.begin_pass(record.plan, record.start)
        for turn, end in record.stretches():
            self._turn(walk, turn)
            for step in walk.walked(record.predict, end):
                momentum = record.momentum[step.index] if record.momentum else None
                self._record(leg, step, momentum, record.parts[step.index] if record.parts else None)
                yield step
        if leg.guide is not None and record.momentum:
            leg.guide.momentum = record.momentum[-1]
        return walk

    def _turn(self, walk: Pass, turn: Turn) -> None:
        walk.turn(turn)
        self._recorder.turn(turn)

    def _record(
        self,
        leg: _Leg,
        step: Step,
        momentum: torch.Tensor | None,
        parts: tuple[torch.Tensor, torch.Tensor] | None,
    ) -> None:
        if leg.projected and momentum is None:
            # To remember nothing is to remember a guidance of no length.
            momentum = torch.zeros_like(step.prediction, dtype=torch.float32)
        self._recorder.moved(
            step.prediction,
            momentum if leg.projected else None,
            parts if self._recorder.wants_parts else None,
            step.movement,
        )
        if self._hooks.see_steps:
            self._hooks.saw(step, self._about(leg.schedule, second=leg.second))

    def _about(self, schedule: NoiseSchedule, *, second: bool) -> WalkedPass:
        """What extensions are told of a pass."""
        request, size = self._plans.request_of(second=second), self._plans.size_of(second=second)
        return WalkedPass(request, self._group.seeds, schedule, second=second, size=size)

    def _begun(
        self, schedule: NoiseSchedule, start: Callable[[list[torch.Generator]], WalkStart], *, second: bool = False
    ) -> tuple[Latents, Turn]:
        """A start from fresh generators, as extensions leave it, and what holds from there on."""
        generators = picture_generators(self._group.seeds)
        begun = start(generators)
        turn = Turn(call=0, generators=generator_states(generators), seen=begun.seen, kept=begun.kept)
        return self._hooks.processed(begun.latents, self._about(schedule, second=second)), turn

    def _start(self, schedule: NoiseSchedule, generators: list[torch.Generator]) -> WalkStart:
        """Where the first pass begins."""
        family, request, source, draw = self._family, self._request, self._source, self._draw(generators)
        if source is None:
            return start_from_noise(
                family, schedule, width=request.width, height=request.height, generators=generators, draw=draw
            )
        if source.area is None or source.mask is None:
            clean = self._encoded(source, generators)
            return start_from_latents(family, schedule, clean, generators=generators, draw=draw)
        masked = MaskedPicture(
            picture=as_tensor([source.picture]),
            mask=as_mask(source.area.mask),
            content=source.mask.content,
            blurred=source.mask.blur > 0,
            soft=source.mask.soft,
        )
        return start_from_masked(
            family, schedule, masked, strength=source.start.strength,
            clean=lambda: self._encoded(source, generators), generators=generators, draw=draw,
        )  # fmt: skip

    def _second_start(self, schedule: NoiseSchedule, latents: Latents, generators: list[torch.Generator]) -> WalkStart:
        hires = self._request.hires
        assert hires is not None
        size = hires_size(self._request, hires, multiple=self._family.info.size_multiple)
        clean = enlarged_latents(self._family, latents, size, hires.upscaler, generators)
        return start_from_latents(self._family, schedule, clean, generators=generators, draw=self._draw(generators))

    def _encoded(self, source: SourcePicture, generators: list[torch.Generator]) -> Latents:
        """The source's latents, one for each picture of the group, at the walk's size."""
        return source_latents(self._family, self._request, source, generators, seeds=self._group.seeds)

    def _draw(self, generators: list[torch.Generator]) -> Draw:
        request, info = self._request, self._family.info
        from_width, from_height = request.seed_resize_width, request.seed_resize_height

        def draw(height: int, width: int) -> Latents:
            noise = draw_noise(
                seeds=self._group.seeds,
                generators=generators,
                shape=(info.latent_channels, height, width),
                dtype=self._family.dtype,
                source=request.noise_source,
                variation_seeds=self._group.variation_seeds,
                variation_strength=request.variation_strength,
                resize_from=(from_height // info.latent_scale, from_width // info.latent_scale)
                if from_width and from_height
                else None,
                turns=[each.noise_turns for each in self._group.alone],
            )
            return noise.to(self._family.device)

        return draw
