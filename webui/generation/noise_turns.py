"""Turns of the noise: from a seed's noise towards that of another one, along an arc through all of the picture."""

from collections.abc import Callable, Iterable
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from webui.generation.limits import MAX_SEED, RANDOM_SEED, Share

MAX_TURNS = 64
"""In one request, those within others too."""
MAX_DEPTH = 3


class NoiseTurn(BaseModel):
    """The noise is turned by `share` towards the noise of `seed`, which has a variation and turns of its own.

    A share of 0 leaves it as it is, 1 gives exactly the other one; below 0 and above 1 it goes on beyond the ends.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    seed: int = Field(ge=RANDOM_SEED, le=MAX_SEED)
    share: float = Field(ge=-1.0, le=2.0)
    variation_seed: int = Field(default=0, ge=RANDOM_SEED, le=MAX_SEED)
    variation_strength: Share = 0.0
    turns: tuple["NoiseTurn", ...] = Field(default=(), max_length=MAX_TURNS)

    @model_validator(mode="after")
    def _not_too_deep(self) -> Self:
        if _depth(self) > MAX_DEPTH:
            raise ValueError(f"turns can lie at most {MAX_DEPTH} deep within each other")
        return self


def _not_too_many(turns: tuple[NoiseTurn, ...]) -> tuple[NoiseTurn, ...]:
    if _count(turns) > MAX_TURNS:
        raise ValueError(f"there can be at most {MAX_TURNS} turns, those within others too")
    return turns


NoiseTurns = Annotated[tuple[NoiseTurn, ...], AfterValidator(_not_too_many)]
"""Turns that follow each other."""


def with_drawn_seeds(turns: tuple[NoiseTurn, ...], draw: Callable[[], int]) -> tuple[NoiseTurn, ...]:
    """The turns with a drawn seed wherever one asks for a random one."""
    return tuple(
        turn.model_copy(
            update={
                "seed": draw() if turn.seed == RANDOM_SEED else turn.seed,
                "variation_seed": draw() if turn.variation_seed == RANDOM_SEED else turn.variation_seed,
                "turns": with_drawn_seeds(turn.turns, draw),
            }
        )
        for turn in turns
    )


def _count(turns: Iterable[NoiseTurn]) -> int:
    return sum(1 + _count(turn.turns) for turn in turns)


def _depth(turn: NoiseTurn) -> int:
    return 1 + max((_depth(inner) for inner in turn.turns), default=0)
