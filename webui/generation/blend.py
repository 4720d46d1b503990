"""Blended conditioning: ideas with weights in the place of one prompt, and concept sliders.

What they do to the embeddings is in `webui.diffusion.blending`.
"""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from webui.generation.limits import Prompt, Share
from webui.generation.networks import take_networks
from webui.generation.prompt import split_and

MAX_IDEAS = 16
MAX_SLIDERS = 16
MAX_WEIGHT = 20.0
_NEARLY_NOTHING = 1e-9


class BlendWay(StrEnum):
    """How the embeddings of ideas become one."""

    LINEAR = "linear"
    """The sum of weight times embedding, for any weights: concept arithmetic."""
    SPHERICAL = "spherical"
    """Along arcs, token by token (Buss & Fillmore 2001; of two ideas slerp, Shoemake 1985); weights count as shares."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Idea(_Value):
    """A prompt in a blend, with its schedules and brackets, and how much it counts.

    It is one part (no AND) and names no networks, as those change the whole model: the request's prompt names them.
    """

    prompt: Prompt = ""
    weight: float = Field(default=1.0, ge=-MAX_WEIGHT, le=MAX_WEIGHT)

    @field_validator("prompt")
    @classmethod
    def _one_part(cls, prompt: str) -> str:
        return _without_parts(prompt, "an idea")


class Blend(_Value):
    """Ideas whose embeddings together are what the picture is conditioned on.

    Ideas of the same prompt are added up. Those of weight 0 do not count. A single one of weight 1 is that prompt, to
    the last bit.
    """

    ideas: Annotated[tuple[Idea, ...], Field(min_length=1, max_length=MAX_IDEAS)]
    way: BlendWay = BlendWay.LINEAR

    @field_validator("ideas")
    @classmethod
    def _each_once(cls, ideas: tuple[Idea, ...]) -> tuple[Idea, ...]:
        weights: dict[str, float] = {}
        for idea in ideas:
            weights[idea.prompt] = weights.get(idea.prompt, 0.0) + idea.weight
        return ideas if len(weights) == len(ideas) else tuple(_weighing(*idea) for idea in weights.items())

    @model_validator(mode="after")
    def _weighs_something(self) -> Self:
        if not self.counted:
            raise ValueError("all weights are 0, so that nothing is left of the blend")
        if self.way is BlendWay.SPHERICAL and abs(sum(idea.weight for idea in self.ideas)) < _NEARLY_NOTHING:
            raise ValueError("the weights of a spherical blend are shares, and these add up to 0; blend linearly")
        return self

    @property
    def counted(self) -> tuple[Idea, ...]:
        """The ideas that have a weight."""
        return tuple(idea for idea in self.ideas if idea.weight != 0)


class Slider(_Value):
    """A concept that is turned up or down: `value` times the way from `low` to `high` is added to the conditioning.

    It holds from the share `start` of the walk up to `end`. `name` is only told.
    """

    name: Annotated[str, Field(max_length=100)] = ""
    low: Prompt
    high: Prompt
    value: float = Field(ge=-10.0, le=10.0)
    start: Share = 0.0
    end: Share = 1.0

    @field_validator("low", "high")
    @classmethod
    def _one_part(cls, prompt: str) -> str:
        return _without_parts(prompt, "a slider")


Sliders = Annotated[tuple[Slider, ...], Field(max_length=MAX_SLIDERS)]


def _weighing(prompt: str, weight: float) -> Idea:
    if abs(weight) > MAX_WEIGHT:
        raise ValueError(f"'{prompt[:40]}' would weigh {weight:g} in all, and at most {MAX_WEIGHT:g} can be")
    return Idea(prompt=prompt, weight=weight)


def _without_parts(prompt: str, whose: str) -> str:
    if take_networks(prompt)[1]:
        raise ValueError(f"{whose} cannot name networks, as in <lora:name:1>; write them into the prompt itself")
    parts = split_and(prompt)
    if len(parts) > 1:
        raise ValueError(f"{whose} cannot have parts that are joined by AND; blend them as two")
    if parts[0][1] != 1.0:
        raise ValueError(f"{whose} cannot end in a weight, as in '{prompt[-20:]}'; the weight belongs behind it")
    return prompt
