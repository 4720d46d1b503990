"""Makes one call of a recorded walk again, with a model: what it said with and without the prompt, where it looked."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import numpy as np
import torch

from webui.diffusion.attention_maps import AttentionMaps
from webui.diffusion.conditioning import Part
from webui.diffusion.families.base import Family
from webui.diffusion.guidance import Guide
from webui.diffusion.prompt_encoding import EmbeddingLookup, PromptEncoder
from webui.diffusion.prompt_words import PromptWord
from webui.diffusion.samplers import NoiseSchedule
from webui.diffusion.trajectory import schedule_of
from webui.engine.open_recordings import OpenRecording
from webui.engine.pass_plans import PassPlans
from webui.errors import ViewUnavailable


@dataclass(frozen=True, slots=True)
class WordMap:
    """A word, where it is looked at (h, w) as shares of all attention, and its part of the whole, 0 to 1."""

    text: str
    map: np.ndarray
    share: float


class CallAgain:
    """The call that follows a position of a recording, for one of its pictures; at the end the last call.

    Args:
        recording: what was recorded.
        picture: which of its pictures.
        step: the position, which the recording has.
        family: the model.
        embeddings: finds textual inversions.
    """

    def __init__(
        self, recording: OpenRecording, picture: int, step: int, *, family: Family, embeddings: EmbeddingLookup
    ) -> None:
        states = recording.states(picture)
        trajectory = self._trajectory = recording.trajectory
        position = min(step, trajectory.positions - 1)
        self._number, self._call = trajectory.place_of(position)
        self._family = family
        self._embeddings = embeddings
        self._latents = states.noisy[position][None].to(family.device, family.dtype)
        self._seen = self._extra_channels(picture)
        self._timestep = torch.tensor(trajectory.passes[self._number].plan.timesteps[self._call]).to(family.device)

    @torch.inference_mode()
    def parts(self) -> tuple[torch.Tensor, torch.Tensor]:
        """What the model says with the prompt and without it, (channels, h, w) each; the same one twice if unguided.

        Raises:
            InvalidRequest: the model cannot do what the request asks of it.
        """
        guide = self._guide()
        guide.extra_channels = self._seen
        with self._tiled():
            guide(self._latents, self._timestep, self._call)
        assert guide.last_parts is not None
        conditional, negative = guide.last_parts
        return conditional[0].float().cpu(), negative[0].float().cpu()

    @torch.inference_mode()
    def words(self) -> list[WordMap]:
        """Where each word of the prompt that holds at this call is looked at.

        Raises:
            InvalidRequest: the model cannot do what the request asks of it.
            ViewUnavailable: it has no cross-attention.
        """
        request = self._trajectory.header.request
        reader = PromptEncoder(
            self._family.text, emphasis=request.emphasis, clip_skip=request.clip_skip, embeddings=self._embeddings
        )
        found: list[WordMap] = []
        for part in self._guide().conditioning(self._call).parts:
            maps = self._maps(part)
            found.extend(_word_map(word, maps) for word in reader.words(part.text))
        return found

    def _maps(self, part: Part) -> torch.Tensor:
        """(tokens, h, w)."""
        seen = self._latents if self._seen is None else torch.cat([self._latents, self._seen], dim=1)
        maps = AttentionMaps(*self._latents.shape[-2:])
        with self._tiled(), self._family.recorded_attention(maps):
            self._family.predict(seen, self._timestep, part.embedding)
        return maps.mean()

    def _guide(self) -> Guide:
        """The guide of the pass, as the walk had it.

        Raises:
            InvalidRequest: the model cannot do what the request asks of it.
        """
        passes = [record.plan for record in self._trajectory.passes]
        plan = passes[self._number]
        plans = PassPlans(self._trajectory.header.request, family=self._family, count=1, embeddings=self._embeddings)
        schedule = self._schedule(self._number)
        of_kind = next(each for each in passes if each.second == plan.second)
        left_out = round(of_kind.begin / of_kind.steps * schedule.steps)
        before = max(0, schedule.step_number(0) - left_out * schedule.scheduler.order)
        firsts = [number for number in range(self._number) if not passes[number].second]
        first = self._schedule(firsts[-1]) if plan.second and firsts else None
        return plans.guide(schedule, first=first, second=plan.second, before=before)

    def _schedule(self, number: int) -> NoiseSchedule:
        model = self._trajectory.header.model
        config: Mapping[str, object] = model.scheduler_config
        return schedule_of(self._trajectory.passes[number].plan, config, self._family.device, model.family)

    def _extra_channels(self, picture: int) -> torch.Tensor | None:
        """What an inpainting model sees beside the latents.

        Raises:
            ViewUnavailable: this model is one, and the recording is another kind's.
        """
        if not self._family.info.inpainting:
            return None
        turns = [turn for turn in self._trajectory.passes[self._number].turns if turn.call <= self._call]
        seen = turns[-1].seen
        if seen is None:
            raise ViewUnavailable(
                "An inpainting model sees a mask, and this recording has none.",
                hint="Choose a model of the same kind as the recording's.", field="model",
            )  # fmt: skip
        return seen[picture : picture + 1].to(self._family.device, self._family.dtype)

    def _tiled(self) -> AbstractContextManager[None]:
        return self._family.tiled() if self._trajectory.header.request.tiling else nullcontext()


def _word_map(word: PromptWord, maps: torch.Tensor) -> WordMap:
    whole = maps[list(word.tokens)].sum(0)
    return WordMap(word.text, whole.numpy(), float(whole.mean()))
