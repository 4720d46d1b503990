"""What the routes of the latent inspector take."""

from typing import Annotated, Literal

from pydantic import Field

from webui.generation.latent_edits import LatentEdits
from webui.generation.limits import Side
from webui.generation.ways import PictureId, TrajectoryId
from webui.server.explore_bodies import ExploreBody

_Model = Annotated[str | None, Field(max_length=500)]


class OfPicture(ExploreBody):
    """A picture as the encoder sees it; without a size its own, or about the model's where it is far larger."""

    kind: Literal["picture"] = "picture"
    picture: PictureId
    width: Side | None = None
    height: Side | None = None


class OfRecording(ExploreBody):
    """Where the walk of a recording's picture of that number ended."""

    kind: Literal["recording"] = "recording"
    trajectory: TrajectoryId
    picture: Annotated[int, Field(ge=0, le=7)] = 0


SourceBody = Annotated[OfPicture | OfRecording, Field(discriminator="kind")]


class LatentsBody(ExploreBody):
    """What is looked at, and the edits on it in their order; the model is the recording's own or the default one."""

    source: SourceBody
    edits: LatentEdits = ()
    model: _Model = None


class DistanceBody(ExploreBody):
    """Two pictures to compare; the other one, without a size, is brought to the size of the first."""

    one: SourceBody
    other: SourceBody
    model: _Model = None


class NearestBody(ExploreBody):
    """A picture, among how many of the newest ones is looked for what is near to it, and how many are told."""

    picture: PictureId
    among: int = Field(default=200, ge=1, le=500)
    count: int = Field(default=12, ge=1, le=100)
    model: _Model = None
