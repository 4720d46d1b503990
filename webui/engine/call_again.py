"""Makes one call of a recorded walk again, with a model: what it said with and without the prompt, where it looked."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property

import torch

from webui.diffusion.attention_maps import AttentionMaps
from webui.diffusion.conditioning import Part
from webui.diffusion.families.base import Family, PromptEmbedding, PromptReader
from webui.diffusion.guidance import Guide
from webui.diffusion.mixing import Mixing
from webui.diffusion.prompt_words import PromptWord
from webui.diffusion.samplers import NoiseSchedule
from webui.diffusion.text_encoder import EmbeddingLookup
from webui.diffusion.trajectory import schedule_of
from webui.engine.open_recordings import OpenRecording
from webui.engine.pass_plans import PassPlans
from webui.errors import ViewUnavailable
from webui.model_manager.lora.applied import ModelNetworks

_PLACES_AT_ONCE = {"cpu": 4 * 64 * 64}
_PLACES_AT_ONCE_ELSEWHERE = 16 * 64 * 64
"""Places of latents in one call of the network, in all its predictions: as much memory as a batch of pictures takes."""

_MOST_AT_ONCE = 16


class CallAgain:
    """The call that follows a position of a recording, for one of its pictures; at the end the last call.

    Args:
        recording: what was recorded.
        picture: which of its pictures.
        step: the position, which the recording has.
        family: the model.
        embeddings: finds textual inversions.
        networks: the LoRAs on the model.
    """

    def __init__(
        self,
        recording: OpenRecording,
        picture: int,
        step: int,
        *,
        family: Family,
        embeddings: EmbeddingLookup,
        networks: ModelNetworks | None = None,
    ) -> None:
        states = recording.states(picture)
        trajectory = self._trajectory = recording.trajectory
        position = min(step, trajectory.positions - 1)
        self._number, self._call = trajectory.place_of(position)
        self._family = family
        self._embeddings = embeddings
        self._networks = networks
        self._request = trajectory.header.request_of(picture)
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

    @cached_property
    def words(self) -> list[list[PromptWord]]:
        """The words that hold at this call, for each part of the prompt (between its ANDs).

        Raises:
            InvalidRequest: the model cannot do what the request asks of it.
        """
        return [self._reader.words(part.text) for part in self._texts]

    @property
    def at_once(self) -> int:
        """How many predictions one call of the network should make: few enough for its memory, and to end soon."""
        height, width = self._latents.shape[-2:]
        places = _PLACES_AT_ONCE.get(self._family.device.type, _PLACES_AT_ONCE_ELSEWHERE)
        return min(max(places // (height * width), 1), _MOST_AT_ONCE)

    def weight(self, part: int) -> float:
        """What a part of the prompt counts."""
        return self._texts[part].weight

    @torch.inference_mode()
    def attention(self, part: int) -> torch.Tensor:
        """The share of each token of a part of the prompt at each place, (tokens, h, w), float32 on the CPU.

        Raises:
            ViewUnavailable: the model has no cross-attention.
        """
        maps = AttentionMaps(*self._latents.shape[-2:])
        with self._family.recorded_attention(maps):
            self._predict([self._texts[part].embedding])
        return maps.mean()

    @torch.inference_mode()
    def without(self, part: int, left_out: Sequence[PromptWord | None]) -> list[torch.Tensor]:
        """What one call of the network says to a part of the prompt, without each of these words (None: to all of it).

        Returns:
            For each of `left_out`, of which there are at most `at_once`, (channels, h, w), float32 on the CPU.
        """
        whole = self._texts[part]
        self._hold_networks()
        mixing = Mixing(self._reader)
        return self._predict(
            [
                whole.embedding
                if word is None
                else mixing.moved(self._reader.without(whole.text, word), whole.concepts)
                for word in left_out
            ]
        )

    def _predict(self, embeddings: Sequence[PromptEmbedding]) -> list[torch.Tensor]:
        self._hold_networks()
        seen = self._latents if self._seen is None else torch.cat([self._latents, self._seen], dim=1)
        rows = PromptEmbedding.joined(embeddings)
        with self._tiled():
            said = self._family.predict(seen.expand(len(rows), -1, -1, -1), self._timestep, rows)
        return list(said.float().cpu())

    @cached_property
    def _texts(self) -> Sequence[Part]:
        with torch.inference_mode():
            return self._guide().conditioning(self._call).parts

    @cached_property
    def _reader(self) -> PromptReader:
        second = self._trajectory.passes[self._number].plan.second
        return self._family.read_prompts(self._plans.reading(second=second))

    @cached_property
    def _plans(self) -> PassPlans:
        return PassPlans(self._request, family=self._family, embeddings=self._embeddings, networks=self._networks)

    def _hold_networks(self) -> None:
        """Other questions and jobs may have put other LoRAs on the model since the last call."""
        second = self._trajectory.passes[self._number].plan.second
        self._plans.hold_networks(self._schedule(self._number), self._call, second=second)

    def _guide(self) -> Guide:
        """The guide of the pass, as the walk had it.

        Raises:
            InvalidRequest: the model cannot do what the request asks of it.
        """
        passes = [record.plan for record in self._trajectory.passes]
        plan = passes[self._number]
        schedule = self._schedule(self._number)
        of_kind = next(each for each in passes if each.second == plan.second)
        left_out = round(of_kind.begin / of_kind.steps * schedule.steps)
        before = max(0, schedule.step_number(0) - left_out * schedule.scheduler.order)
        firsts = [number for number in range(self._number) if not passes[number].second]
        first = self._schedule(firsts[-1]) if plan.second and firsts else None
        return self._plans.guide(schedule, first=first, second=plan.second, before=before)

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
        return self._family.tiled() if self._request.tiling else nullcontext()
