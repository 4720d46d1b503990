"""What the routes of the explorer take."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from webui.exploring.beyond import MAX_ON_A_LINE
from webui.exploring.idea_map import MAX_MAP_IDEAS, Coordinate, IdeaMap
from webui.exploring.neighbours import MAX_NEIGHBOURS
from webui.exploring.projection import ProjectionWay
from webui.generation.blend import BlendWay
from webui.generation.limits import Prompt, Share
from webui.generation.points import MAX_POINTS
from webui.generation.request import Emphasis, GenerationRequest

MAX_ON_MAP = 100
"""How many points of a map are asked for at once: the largest grid has 81."""

_Expression = Annotated[str, Field(max_length=400_000)]
"""As long as its prompts make it; what is beside them is limited where it is read."""
_Names = Annotated[dict[Annotated[str, Field(max_length=40)], Prompt], Field(max_length=64)]
_ModelName = Annotated[str, Field(max_length=500)] | None


class ExploreBody(BaseModel):
    """A body of which no other field is taken."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True)


class IdeasBody(ExploreBody):
    """Prompts to place by their meaning."""

    prompts: Annotated[tuple[Prompt, ...], Field(min_length=1, max_length=MAX_MAP_IDEAS)]
    projection: ProjectionWay = ProjectionWay.PCA
    model: _ModelName = None
    clip_skip: int = Field(default=1, ge=1, le=12)
    emphasis: Emphasis = Emphasis.ORIGINAL


class WeightsBody(ExploreBody):
    """Points of a map: places on it, or the weights of its ideas."""

    map: IdeaMap
    at: Annotated[tuple[tuple[Coordinate, Coordinate], ...], Field(max_length=MAX_ON_MAP)] | None = None
    weights: (
        Annotated[
            tuple[Annotated[tuple[float, ...], Field(max_length=MAX_MAP_IDEAS)], ...], Field(max_length=MAX_ON_MAP)
        ]
        | None
    ) = None
    """In the place of `at`: one for each idea."""

    @model_validator(mode="after")
    def _one_or_the_other(self) -> Self:
        if (self.at is None) == (self.weights is None):
            raise ValueError("give either places as 'at' or 'weights'")
        return self


class VectorBody(ExploreBody):
    """A request, whose blend or prompt is looked at, and prompts to compare it with."""

    request: GenerationRequest
    ideas: Annotated[tuple[Prompt, ...], Field(max_length=MAX_MAP_IDEAS)] = ()


class PicturesBody(ExploreBody):
    """Requests for a picture each, which differ only in what may differ within one walk."""

    requests: Annotated[tuple[GenerationRequest, ...], Field(min_length=1, max_length=MAX_POINTS)]


class ExpressionBody(ExploreBody):
    """An expression, and the prompts that names in it stand for."""

    text: _Expression
    names: _Names = {}
    way: BlendWay = BlendWay.LINEAR


class BeyondBody(ExploreBody):
    """A line from one expression along another, or toward another, and where on it."""

    request: GenerationRequest
    base: _Expression
    direction: _Expression | None = None
    toward: _Expression | None = None
    """In the place of a direction: where factor 1 arrives."""
    factors: Annotated[
        tuple[Annotated[float, Field(ge=-1000.0, le=1000.0)], ...], Field(min_length=1, max_length=MAX_ON_A_LINE)
    ]
    names: _Names = {}
    way: BlendWay = BlendWay.LINEAR

    @model_validator(mode="after")
    def _one_or_the_other(self) -> Self:
        if (self.direction is None) == (self.toward is None):
            raise ValueError("give either a 'direction' or an expression 'toward' which it leads")
        return self


class NeighboursBody(ExploreBody):
    """A picture in the middle, and how far from it its neighbours lie."""

    request: GenerationRequest
    spread: Share
    count: int = Field(default=8, ge=1, le=MAX_NEIGHBOURS)
    round: int = Field(default=0, ge=0, le=1_000_000)
