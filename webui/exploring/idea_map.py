"""The map of ideas: prompts on a plane, and the request for the picture at each of its points."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field

from webui.errors import InvalidRequest
from webui.exploring.blended_request import blended_request
from webui.exploring.plane import Place, PlaneWeights, inverse_distance_weights, is_inside, triangle_weights
from webui.generation.blend import BlendWay
from webui.generation.invalid_values import validated
from webui.generation.limits import Prompt
from webui.generation.request import GenerationRequest

MIN_MAP_IDEAS, MAX_MAP_IDEAS = 3, 12

Coordinate = Annotated[float, Field(ge=-100.0, le=100.0)]
"""Of a point on the map; what a projection gives lies between -1 and 1."""


class Weighing(StrEnum):
    """How ideas are weighed at a point of the map."""

    INVERSE_DISTANCE = "inverse distance"
    """All ideas, by one over their distance to a power (Shepard 1968)."""
    BARYCENTRIC = "barycentric"
    """The three ideas around the point; extended beyond them, with weights below 0."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class MapIdea(_Value):
    """A prompt and its place."""

    prompt: Prompt
    x: Coordinate
    y: Coordinate


class IdeaMap(_Value):
    """Ideas on a plane.

    `power` is that of the inverse distances, `way` how the ideas' embeddings become one; `request` says what all
    points share: everything but the prompt and its blend.

    Raises:
        InvalidRequest: from `parse`, naming the field that cannot be used.
    """

    ideas: Annotated[tuple[MapIdea, ...], Field(min_length=MIN_MAP_IDEAS, max_length=MAX_MAP_IDEAS)]
    weighing: Weighing = Weighing.INVERSE_DISTANCE
    power: Annotated[float, Field(ge=0.1, le=20.0)] = 2.0
    way: BlendWay = BlendWay.LINEAR
    request: GenerationRequest = GenerationRequest()

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Self:
        """A map from JSON values.

        Raises:
            InvalidRequest: the first value that cannot be used, in a sentence that names its field.
        """
        return validated(cls, values)

    def weights(self, x: float, y: float) -> PlaneWeights:
        """How much each idea counts at a point; at an idea's own place it is that idea alone."""
        places: list[Place] = [(idea.x, idea.y) for idea in self.ideas]
        if self.weighing is Weighing.BARYCENTRIC:
            weights = triangle_weights(places, (x, y))
        else:
            weights = inverse_distance_weights(places, (x, y), self.power)
        return PlaneWeights(weights, is_inside(places, (x, y)))

    def request_at(self, x: float, y: float) -> GenerationRequest:
        """The request for the picture at a point.

        Raises:
            InvalidRequest: the point is so far outside that its weights are too large, or ideas cannot be blended.
        """
        return self.request_of(self.weights(x, y).weights)

    def request_of(self, weights: Sequence[float]) -> GenerationRequest:
        """The request for the picture in which the ideas have these weights, one for each of them.

        Raises:
            InvalidRequest: there are other than one weight for each idea, all are 0, or ideas cannot be blended.
        """
        if len(weights) != len(self.ideas):
            raise InvalidRequest(
                f"weights: there are {len(weights)} for {len(self.ideas)} ideas.", field="weights",
                hint="Give one for each idea, in their order.",
            )  # fmt: skip
        by_prompt: dict[str, float] = {}
        for idea, weight in zip(self.ideas, weights, strict=True):
            by_prompt[idea.prompt] = by_prompt.get(idea.prompt, 0.0) + weight
        return blended_request(self.request, by_prompt, self.way)
