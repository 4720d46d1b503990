"""Lines through the space of prompts: from a blend along a direction, and past where it leads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from webui.errors import InvalidRequest
from webui.exploring.blended_request import blended_request
from webui.generation.blend import Blend, BlendWay, Idea
from webui.generation.expression import written
from webui.generation.request import GenerationRequest

MAX_ON_A_LINE = 64


@dataclass(frozen=True, slots=True)
class OnTheLine:
    """A place on a line: how many directions from its base, its blend as an expression, and its request."""

    factor: float
    text: str
    request: GenerationRequest


def line_beyond(
    request: GenerationRequest, base: Blend, direction: Blend, factors: Sequence[float], way: BlendWay
) -> tuple[OnTheLine, ...]:
    """The places base + factor * direction; at factor 0 it is the base alone.

    Raises:
        InvalidRequest: nothing is left of the blend at a factor, or one of its weights is too large there.
    """
    return tuple(_place(request, _sum(base, factor, direction), factor, way) for factor in factors)


def direction_between(base: Blend, end: Blend) -> Blend:
    """The direction that leads from one blend to another: at factor 1 it has arrived, beyond 1 it goes on.

    Raises:
        InvalidRequest: they are the same.
    """
    weights = _sum(end, -1.0, base)
    if not any(weights.values()):
        raise InvalidRequest("toward: it is the base itself, so that no direction leads there.", field="toward")
    return Blend(ideas=_ideas(weights))


def _place(request: GenerationRequest, weights: Mapping[str, float], factor: float, way: BlendWay) -> OnTheLine:
    try:
        made = blended_request(request, weights, way)
    except InvalidRequest as error:
        raise InvalidRequest(
            f"{error.message} That is at the factor {factor:g}.", hint=error.hint, field="factors"
        ) from error
    text = written(made.blend or Blend(ideas=_ideas(weights)))
    return OnTheLine(factor, text, made)


def _sum(base: Blend, factor: float, direction: Blend) -> dict[str, float]:
    """The weights of base + factor * direction, by prompt."""
    weights = {idea.prompt: 0.0 for idea in (*base.ideas, *direction.ideas)}
    for blend, share in ((base, 1.0), (direction, factor)):
        for idea in blend.ideas:
            weights[idea.prompt] += share * idea.weight
    return weights


def _ideas(weights: Mapping[str, float]) -> tuple[Idea, ...]:
    return tuple(Idea(prompt=prompt, weight=weight) for prompt, weight in weights.items() if weight != 0)
