"""Neighbours of a picture: its noise, turned a little towards that of other seeds."""

import hashlib

from webui.errors import InvalidRequest
from webui.generation.limits import RANDOM_SEED
from webui.generation.noise_turns import NoiseTurn
from webui.generation.request import GenerationRequest

MAX_NEIGHBOURS = 24
"""A square of five, without its centre."""


def neighbours(request: GenerationRequest, spread: float, count: int, round: int) -> tuple[GenerationRequest, ...]:
    """Requests whose noise is that of a request, turned by a share of the way to another seed's.

    The seeds follow from the request's own noise and the round alone, so that the same question has the same answer.

    Args:
        request: the centre, with its seed fixed.
        spread: how far each lies from it: 0 is the centre itself, 1 another picture altogether.
        count: how many.
        round: which set of so many; each is another one.

    Raises:
        InvalidRequest: the seed is not fixed, or the path to here has as many turns as there can be.
    """
    if request.seed == RANDOM_SEED:
        raise InvalidRequest("seed: it must be fixed, so that there is a picture in the middle.", field="seed")
    centre = request.with_changes(points=(), batch_size=1, batch_count=1)
    return tuple(
        centre.with_changes(
            noise_turns=[*centre.noise_turns, NoiseTurn(seed=_seed(centre, round, index), share=spread)]
        )
        for index in range(count)
    )


def _seed(request: GenerationRequest, round: int, index: int) -> int:
    noise = request.model_dump_json(include={"seed", "variation_seed", "variation_strength", "noise_turns"})
    return int.from_bytes(hashlib.sha256(f"{noise} {round} {index}".encode()).digest()[:4])
