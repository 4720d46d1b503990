"""Makes one call of a recorded walk again, with a model: what it said with and without the prompt, where it looked."""

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from itertools import chain, islice

import numpy as np
import torch

from webui.diffusion.attention_maps import AttentionMaps
from webui.diffusion.families.base import Family
from webui.diffusion.guidance import Guide
from webui.diffusion.prompt_encoding import EmbeddingLookup, PromptEncoder
from webui.diffusion.prompt_words import PromptWord
from webui.diffusion.samplers import NoiseSchedule
from webui.diffusion.trajectory import schedule_of
from webui.engine.looks import Wanted, always
from webui.engine.open_recordings import OpenRecording
from webui.engine.pass_plans import PassPlans
from webui.errors import LookGivenUp, ViewUnavailable

_MOST_AT_ONCE = 4
"""Predictions in one call of the network: as much memory as a small batch takes."""

MOST_TRIED = 75
"""Words that are left out one after the other: as many as one text encoder reads at once."""


@dataclass(frozen=True, slots=True)
class WordMap:
    """A word, how much it counts at each place (h, w), and its share of all that counts, 0 to 1."""

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
        self.untried = 0
        """Words that were too many to be tried."""
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
        reader, found = self._reader(), list[WordMap]()
        for part in self._guide().conditioning(self._call).parts:
            maps = AttentionMaps(*self._latents.shape[-2:])
            with self._family.recorded_attention(maps):
                self._predict([part.embedding])
            mean = maps.mean()
            found.extend(_word_map(word, mean) for word in reader.words(part.text))
        return found

    @torch.inference_mode()
    def influences(self, wanted: Wanted = always) -> list[WordMap]:
        """What each word changes: how far the prediction lies from that of the prompt without the word.

        One prediction more for each of the first `MOST_TRIED` words. Attention tells where a network looks, this what
        comes of it: networks put attention on places and words that carry nothing (Darcet et al. 2024, 'Vision
        transformers need registers').

        Raises:
            LookGivenUp: it is not wanted any more.
            InvalidRequest: the model cannot do what the request asks of it.
        """
        reader, found = self._reader(), list[tuple[str, torch.Tensor]]()
        for part in self._guide().conditioning(self._call).parts:
            there = reader.words(part.text)
            words = there[: MOST_TRIED - len(found)]
            self.untried += len(there) - len(words)
            left_out = (reader.without(part.text, word) for word in words)
            whole, *others = self._predict(chain([part.embedding], left_out), wanted)
            changes = [part.weight * (whole - other).square().mean(0).sqrt() for other in others]
            found.extend((word.text, change.abs()) for word, change in zip(words, changes, strict=True))
        total = sum(float(change.mean()) for _, change in found) or 1.0
        return [WordMap(text, change.numpy(), float(change.mean()) / total) for text, change in found]

    def _predict(self, embeddings: Iterable[torch.Tensor], wanted: Wanted = always) -> list[torch.Tensor]:
        """What the model says for each embedding (1, tokens, width), float32 (channels, h, w) on the CPU."""
        asked = iter(embeddings)
        seen = self._latents if self._seen is None else torch.cat([self._latents, self._seen], dim=1)
        said: list[torch.Tensor] = []
        with self._tiled():
            while several := list(islice(asked, _MOST_AT_ONCE)):
                if not wanted():
                    raise LookGivenUp("Nobody waits for this view any more.")
                rows = torch.cat(several)
                said.extend(self._family.predict(seen.expand(len(rows), -1, -1, -1), self._timestep, rows))
        return [each.float().cpu() for each in said]

    def _reader(self) -> PromptEncoder:
        request = self._trajectory.header.request
        return PromptEncoder(
            self._family.text, emphasis=request.emphasis, clip_skip=request.clip_skip, embeddings=self._embeddings
        )

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
